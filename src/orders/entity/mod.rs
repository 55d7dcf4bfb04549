//! Purchases, orders, their lines and moves.

pub mod event;
pub mod line;
pub mod order;
pub mod purchase;

//! Purchases, orders, their lines and moves, and what happens around them.

pub mod act;
pub mod conversation;
pub mod dispute;
pub mod dispute_post;
pub mod event;
pub mod file;
pub mod line;
pub mod message;
pub mod order;
pub mod purchase;
pub mod return_line;
pub mod returns;
pub mod shipment;
pub mod shipment_line;

//! Carts and their lines.

pub mod cart;
pub mod line;

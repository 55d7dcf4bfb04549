//! Searching products.

pub mod analysis;
pub mod eval;

//! Shops and the decisions about them.

pub mod review;
pub mod vendor;

//! Shops and the decisions about them.

pub mod merge;
pub mod review;
pub mod vendor;

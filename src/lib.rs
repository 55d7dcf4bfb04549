//! Lapak, the backend of a regency e-marketplace.

pub mod platform;
pub mod search;

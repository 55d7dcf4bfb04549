//! Shops, what they say about themselves, and the decisions about them.

pub mod area;
pub mod bank_account;
pub mod merge;
pub mod paper;
pub mod payment_settings;
pub mod profile;
pub mod review;
pub mod storefront;
pub mod vendor;

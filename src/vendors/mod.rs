//! Shops, what the office decides about them, and who the signed-in person is to them.
//!
//! Tables: `vendors`, `vendor_profiles`, `vendor_papers`, `vendor_bank_accounts`,
//! `vendor_storefronts`, `vendor_areas`, `vendor_reviews`, `vendor_merges`.
//! Invariants: a shop moves only as [`model::Act`] says, and each move is a row of `vendor_reviews`; one NIB and one NIK, one shop;
//! identity numbers are encrypted and masked in every answer; a change that buyers can see goes to the index feed.

pub mod entity;
pub mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod query;
pub mod service;

pub use error::VendorError;
pub use http::routes;

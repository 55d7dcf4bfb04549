//! Taxes: which are due on a sale, on what base, and who remits them.
//!
//! Tables: `tax_rules` (dated rules), `order_taxes` (what was due when an order was placed, frozen), `tax_profiles`,
//! `tax_statements` and `tax_exemptions` (what shops declare), `tax_years` (what they sold in a year).
//! `model` is pure: rules and facts in, taxes out. Nothing here is tax advice; every rate is data with a date.

pub mod entity;
mod error;
pub mod http;
pub mod model;
pub mod query;
pub mod service;

pub use error::TaxError;
pub use http::routes;

//! What operators and machines that watch the service see: health, metrics, jobs.
//!
//! Owns no table; reads `jobs` and makes a dead one due again.

mod error;
mod http;
mod invariants;
mod query;
mod service;

pub use http::{Check, checks, metrics, routes};

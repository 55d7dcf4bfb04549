//! What operators and machines that watch the service see: health, metrics, jobs.
//!
//! Owns no table; reads `jobs` and makes a dead one due again, reads the audit trail, and says which rows are sealed.
//! Invariant: what is sealed never changes.

mod error;
mod http;
mod invariants;
mod jobs;
mod model;
mod query;
mod service;

pub use http::{Check, checks, metrics, routes};
pub use jobs::{seal_all, seal_new};
pub use model::SEALED;
pub use query::verify_seals;

//! What is known about a person, gathered from all features: handed out as one archive, and forgotten (UU PDP).
//!
//! Owns no table. What is exported and what is erased of a table is said by the feature that owns it, or here beside the others.

mod error;
mod http;
mod model;
mod query;
mod service;

pub use error::ReportError;
pub use http::routes;

//! Use cases that span orders and payments: quote, place, settle, cancel, decline, deliver, receive, expire, refund.
//!
//! Owns no table. Within a purchase everything happens in one order, so that nothing deadlocks and nothing interleaves:
//! payment, then orders by id, then stock by variant, then ledger accounts by id.

mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod service;

pub use error::CheckoutError;
pub use http::routes;

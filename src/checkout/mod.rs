//! Use cases that span orders and payments: quote, place, settle, cancel, decline, deliver, receive, expire, refund.
//!
//! Owns no table. Within a purchase everything happens in one order, so that nothing deadlocks and nothing interleaves:
//! cart, payment, then orders by id, then stock by variant, then plans of meals by product, then their days by product and
//! day, then ledger accounts by id. An order that is written also holds on to the products, variants and shops that its lines
//! name, in no order: whoever waits for any of the above must not lock those against it (`FOR NO KEY UPDATE` is fine,
//! `FOR UPDATE` is not).

mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod query;
pub mod service;

pub use error::CheckoutError;
pub use http::routes;

//! Orders: what was bought, frozen as it was sold, and how far it has come.
//!
//! Tables: `purchases`, `orders`, `order_lines`, `order_events`. Every move is in the table of `model.rs`, is made by a
//! guarded update, writes an event, and tells the buyer and the shop (`news.rs`) in the same transaction.
//! What also touches money is in `checkout`.

pub mod entity;
mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod news;
pub mod query;
pub mod service;

pub use error::OrderError;
pub use http::routes;

//! Carts: what somebody wants to buy, of a signed-in person or of whoever holds the cart's secret.
//!
//! Tables: `carts`, `cart_lines`. A person has at most one open cart; a cart that became a purchase never changes again.
//! Nothing is reserved here: stock is promised at checkout.

pub mod entity;
mod error;
pub mod http;
mod model;
pub mod query;
pub mod service;

pub use error::CartError;
pub use http::routes;
pub use model::{Access, Basket, Line, LineFault, goods_total};

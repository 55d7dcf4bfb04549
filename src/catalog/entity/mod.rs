//! Categories, products, variants, stock and the feed of the index.

pub mod category;
pub mod image;
pub mod movement;
pub mod product;
pub mod review;
pub mod stock;
pub mod variant;

// The feed is written by shops too, so it lives further down.
pub use crate::platform::feed as change;

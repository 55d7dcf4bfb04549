//! Categories, products, variants, stock and the feed of the index.

pub mod category;
pub mod change;
pub mod image;
pub mod movement;
pub mod product;
pub mod stock;
pub mod variant;

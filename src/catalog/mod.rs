//! Products, their variants and pictures, the category tree and stock.
//!
//! Tables: `categories`, `products`, `product_images`, `variants`, `stock`, `stock_movements`. The index feed is `platform::feed`.

pub mod changes;
pub mod entity;
pub mod price;
pub mod stock;

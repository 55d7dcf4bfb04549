//! Products, their variants and pictures, the category tree and stock.
//!
//! Tables: `categories`, `products`, `product_images`, `variants`, `stock`, `stock_movements`, `catalog_changes`.

pub mod changes;
pub mod entity;
pub mod stock;

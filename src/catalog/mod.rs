//! Products, their variants and pictures, the category tree and stock.
//!
//! Tables: `categories`, `products`, `product_reviews`, `product_images`, `product_waiting_images`, `variants`, `stock`, `stock_movements`,
//! `stock_alerts`, `stock_counts`, `stock_count_lines`, `product_schedules`, `product_revisions`, `banned_words`,
//! `content_reports`, `product_translations`, `product_slugs`. Lists of products: `product_imports`, `product_import_notes`,
//! `product_picture_sources`.
//! What categories say: `category_attributes`, `product_attribute_values`. Prices: `price_history`. Bundles: `bundle_parts`.
//! Portions of a day: `meal_plans`, `meal_days`.
//! The index feed is `platform::feed`.
//!
//! A product is seen by the public while it is published and its shop is active or unclaimed. Its version counts the
//! edits of what its members and the public read and see; stock and moves of the status have their own rules and leave it
//! alone. Every change writes a row of the feed in its transaction.
//!
//! A new title leaves the slug alone, so that links keep working. Who wants another slug renames the product: the old one
//! leads to it for ever (the answer carries the slug of today), and no other product gets it.

pub mod changes;
pub mod cli;
pub mod demo;
pub mod entity;
pub mod error;
mod http;
pub mod import;
pub mod jobs;
pub mod model;
pub mod portions;
pub mod price;
pub mod query;
pub mod service;
pub mod stock;

pub use http::routes;

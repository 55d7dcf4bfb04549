//! Categories and their attributes, products, variants, prices, stock, portions of a day, and the feed of the index.

pub mod alert;
pub mod attribute;
pub mod attribute_value;
pub mod banned_word;
pub mod bundle_part;
pub mod category;
pub mod count;
pub mod count_line;
pub mod image;
pub mod import;
pub mod import_note;
pub mod meal_day;
pub mod meal_plan;
pub mod movement;
pub mod picture_source;
pub mod price;
pub mod product;
pub mod report;
pub mod review;
pub mod revision;
pub mod schedule;
pub mod slug;
pub mod stock;
pub mod translation;
pub mod variant;
pub mod waiting_image;

// The feed is written by shops too, so it lives further down.
pub use crate::platform::feed as change;

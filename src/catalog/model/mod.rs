//! The pure rules of the catalogue: what a product, a variant, a price tier and a category tree may be.

pub mod attributes;
pub mod combine;
pub mod comparable;
pub mod content;
pub mod definition;
pub mod diff;
pub mod draft;
pub mod figures;
pub mod goods;
pub mod life;
pub mod meal;
pub mod media;
pub mod patch;
pub mod personal;
pub mod tier;
pub mod tongue;
pub mod tree;
pub mod unit;
pub mod words;

pub use attributes::Attributes;
pub use draft::{NewProduct, NewVariant, ProductFields};
pub use patch::{ProductPatch, VariantPatch};
pub use tier::Tiers;
pub use tongue::Tongue;
pub use tree::Tree;

use crate::kernel::Rupiah;
use crate::kernel::fields::{Fault, number};

/// Most variants of a product.
pub const MAX_VARIANTS: usize = 100;
/// Most pictures of a product.
pub const MAX_IMAGES: usize = 10;
/// Highest price: Rp 1 trillion.
pub const MAX_PRICE: i64 = 1_000_000_000_000;
/// Most pieces on hand.
pub const MAX_STOCK: i64 = 1_000_000;
/// The public learns whether there is enough, not how much there is.
pub const MAX_SHOWN: i32 = 99;

/// A price of at least Rp 1.
pub fn price(rupiah: i64) -> Result<Rupiah, Fault> {
    let rupiah = number(rupiah, 1, MAX_PRICE)?;
    // Within the bounds above it always is an amount.
    Rupiah::new(rupiah).map_err(|_| Fault::new("out-of-range", "Harga di luar batas.", "Price out of range."))
}

/// A whole number that fits a column.
pub fn small(value: i64, min: i32, max: i32) -> Result<i32, Fault> {
    let value = number(value, i64::from(min), i64::from(max))?;
    Ok(i32::try_from(value).unwrap_or(max))
}

/// Pieces on hand.
pub fn stock(pieces: i64) -> Result<i32, Fault> {
    small(pieces, 0, i32::try_from(MAX_STOCK).unwrap_or(i32::MAX))
}

//! What a product shows of the prices of its variants: the lowest, the highest, and the lowest per measure.

use chrono::{DateTime, Utc};

use super::NewVariant;
use super::unit::{Content, UnitPrice, lowest};
use crate::catalog::entity::variant;
use crate::catalog::price::{asked, on_sale};
use crate::kernel::Rupiah;

/// A variant as far as figures go.
#[derive(Clone, Copy, Debug)]
pub struct Priced {
    price: Rupiah,
    unit_price: Option<UnitPrice>,
}

/// The figures of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub price_min: Rupiah,
    pub price_max: Rupiah,
    pub unit_price: Option<UnitPrice>,
}

impl Priced {
    fn new(price: Rupiah, content: Option<Content>) -> Self {
        Self { price, unit_price: content.and_then(|content| content.unit_price(price)) }
    }

    /// A stored variant, at the price that is asked now.
    pub fn stored(row: &variant::Model, product_unit: &str, now: DateTime<Utc>) -> Self {
        let sale = on_sale(row.sale_price, (row.sale_from, row.sale_to), now);
        let content = Content::stored(row.content_amount, row.content_unit.as_deref(), product_unit);
        Self::new(asked(row.price, sale), content)
    }

    /// A variant that is about to be written.
    pub fn fresh(new: &NewVariant, product_unit: &str) -> Self {
        Self::new(new.price, new.goods.content.or_else(|| Content::stored(None, None, product_unit)))
    }

    /// The price of a comparable measure.
    pub fn unit_price(&self) -> Option<UnitPrice> {
        self.unit_price
    }

    /// The price that is asked.
    pub fn price(&self) -> Rupiah {
        self.price
    }
}

impl Figures {
    /// Of all variants.
    pub fn of(variants: impl Iterator<Item = Priced> + Clone) -> Self {
        let prices = variants.clone().map(|one| one.price);
        Self {
            price_min: prices.clone().min().unwrap_or_default(),
            price_max: prices.max().unwrap_or_default(),
            unit_price: lowest(variants.map(|one| one.unit_price)),
        }
    }
}

//! Edits of a product.

use super::goods::{GoodsPatch, VariantGoodsPatch};
use super::{Attributes, NewVariant, Tiers};
use crate::catalog::entity::product::StockMode;
use crate::catalog::entity::variant;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Rupiah, VariantId};

/// What to change; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProductPatch {
    pub title: Option<String>,
    pub description: Option<String>,
    /// Slug.
    pub category: Option<String>,
    pub attributes: Option<Attributes>,
    pub unit: Option<String>,
    pub min_order: Option<i32>,
    pub lead_time_days: Option<i32>,
    pub stock_mode: Option<StockMode>,
    pub goods: GoodsPatch,
    /// In the order of the request.
    pub variants: Vec<VariantPatch>,
}

/// A variant to add or to change.
#[derive(Clone, Debug)]
pub enum VariantPatch {
    /// One more.
    Add(NewVariant),
    /// Changes of one that exists.
    Change(VariantChange),
}

/// Changes of a variant; `None` stays as it is.
#[derive(Clone, Debug)]
pub struct VariantChange {
    pub id: VariantId,
    pub price: Option<Rupiah>,
    pub tiers: Option<Tiers>,
    pub sku: Option<String>,
    /// `Some(None)` takes it away.
    pub weight_g: Option<Option<i32>>,
    pub options: Option<Attributes>,
    pub goods: VariantGoodsPatch,
}

impl ProductPatch {
    /// True if something changes that a category has rules for.
    pub fn changes_said(&self) -> bool {
        self.category.is_some()
            || self.attributes.is_some()
            || self.variants.iter().any(|variant| match variant {
                VariantPatch::Add(_) => true,
                VariantPatch::Change(change) => change.options.is_some(),
            })
    }
}

impl VariantChange {
    /// Writes the changes into a row; faults are relative to the variant.
    pub fn apply(&self, row: &mut variant::Model) -> Result<(), FieldError> {
        if let Some(price) = self.price {
            row.price = price;
        }
        if let Some(tiers) = &self.tiers {
            row.tiers = tiers.encode();
        }
        if let Some(sku) = &self.sku {
            row.sku.clone_from(sku);
        }
        if let Some(weight_g) = self.weight_g {
            row.weight_g = weight_g;
        }
        if let Some(options) = &self.options {
            row.options = options.encode();
        }
        if let Some(content) = self.goods.content {
            row.content_amount = content.map(|content| content.amount);
            row.content_unit = content.map(|content| content.unit.name.to_owned());
        }
        if let Some(parts) = &self.goods.parts {
            row.is_bundle = !parts.is_empty();
        }
        if row.sale_price.is_some_and(|sale| sale >= row.price) {
            return Err(sale_not_lower().at("/price"));
        }
        // A new price may fall below tiers that were not sent along.
        Tiers::decode(&row.tiers)
            .below(row.price)
            .map_err(|fault| fault.at(if self.tiers.is_some() { "/tiers/0/price" } else { "/price" }))
    }
}

/// 422: a sale must be cheaper than what is usually asked.
pub fn sale_not_lower() -> Fault {
    Fault::new(
        "sale-not-lower",
        "Harga promo harus lebih murah dari harga biasa.",
        "The sale price must be lower than the usual price.",
    )
}

/// 422: the product has no such variant.
pub fn unknown_variant() -> Fault {
    Fault::new("unknown-variant", "Varian ini bukan milik produk ini.", "The product has no such variant.")
}

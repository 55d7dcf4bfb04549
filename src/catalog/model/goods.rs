//! How goods are sold beyond a price and a count: in steps, made for somebody, measured, made of parts.

use super::personal::PersonalField;
use super::unit::Content;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::VariantId;
use crate::kernel::fields::{Fault, number};

/// Most pieces of one article at once: the highest least order, step and tier that a shop may set, and what a cart takes.
pub const MAX_PIECES: i32 = 100_000;
/// Most different parts of a bundle.
pub const MAX_PARTS: usize = 30;

/// Of a product.
#[derive(Clone, Debug)]
pub struct Goods {
    /// Where it is taxed otherwise than its category.
    pub tax_class: Option<TaxClass>,
    /// By how much quantities grow from the least one.
    pub quantity_step: i32,
    /// What a buyer may have made.
    pub personalisation: Vec<PersonalField>,
}

impl Default for Goods {
    fn default() -> Self {
        Self { tax_class: None, quantity_step: 1, personalisation: Vec::new() }
    }
}

/// Changes of [`Goods`]; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct GoodsPatch {
    pub tax_class: Option<TaxClass>,
    pub quantity_step: Option<i32>,
    pub personalisation: Option<Vec<PersonalField>>,
}

/// Of a variant.
#[derive(Clone, Debug, Default)]
pub struct VariantGoods {
    /// What is in one.
    pub content: Option<Content>,
    /// What a bundle is made of; nothing else has parts.
    pub parts: Vec<Part>,
}

/// Changes of [`VariantGoods`]; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct VariantGoodsPatch {
    /// `Some(None)` takes it away.
    pub content: Option<Option<Content>>,
    pub parts: Option<Vec<Part>>,
}

/// So many of another variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub variant_id: VariantId,
    pub quantity: i32,
}

/// By how much quantities grow.
pub fn step(pieces: i64) -> Result<i32, Fault> {
    number(pieces, 1, i64::from(MAX_PIECES)).map(|pieces| i32::try_from(pieces).unwrap_or(1))
}

/// Whether a quantity is one of least, least + step, least + 2 steps ...
pub fn in_steps(quantity: i32, least: i32, step: i32) -> bool {
    quantity >= least && (quantity - least) % step.max(1) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_grow_in_steps() {
        let good: Vec<i32> = (0..30).filter(|quantity| in_steps(*quantity, 10, 5)).collect();
        assert_eq!(good, [10, 15, 20, 25]);
        assert!((1..9).all(|quantity| in_steps(quantity, 1, 1)));
        assert!(step(0).is_err() && step(12).is_ok());
    }
}

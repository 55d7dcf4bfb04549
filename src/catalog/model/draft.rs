//! A new product, checked as a whole before anything is written.

use std::collections::BTreeMap;

use serde_json::Value;

use super::goods::{Goods, MAX_PIECES, VariantGoods};
use super::{Attributes, MAX_VARIANTS, Tiers, price, small, stock};
use crate::catalog::entity::product::StockMode;
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::{FieldError, Rupiah};

/// What a product is made of, apart from its variants.
#[derive(Clone, Debug)]
pub struct ProductFields {
    /// 3 to 150 characters.
    pub title: String,
    /// Plain text.
    pub description: String,
    /// Slug of the category.
    pub category: String,
    /// Named texts.
    pub attributes: Attributes,
    /// What one is: pcs, porsi, rim.
    pub unit: String,
    /// Least quantity of an order.
    pub min_order: i32,
    /// Days to make it.
    pub lead_time_days: i32,
    /// How stock is kept.
    pub stock_mode: StockMode,
    /// How it is sold beyond that.
    pub goods: Goods,
}

/// A product that is about to be written.
#[derive(Clone, Debug)]
pub struct NewProduct {
    /// Everything but the variants.
    pub fields: ProductFields,
    /// At least one.
    pub variants: Vec<NewVariant>,
}

/// A variant that is about to be written.
#[derive(Clone, Debug)]
pub struct NewVariant {
    /// Of one piece.
    pub price: Rupiah,
    /// Falling prices.
    pub tiers: Tiers,
    /// On hand at the start.
    pub stock: i32,
    /// Made up when absent.
    pub sku: Option<String>,
    /// One sales unit, packed.
    pub weight_g: Option<i32>,
    /// What tells it from the other variants.
    pub options: Attributes,
    /// What is in it.
    pub goods: VariantGoods,
}

/// A variant as a request has it; pointers are relative to it.
#[derive(Debug, Default)]
pub struct RawVariant {
    /// Rupiah.
    pub price: i64,
    /// On hand.
    pub stock: Option<i64>,
    /// Of the shop.
    pub sku: Option<String>,
    /// Grams.
    pub weight_g: Option<i64>,
    /// Names and values.
    pub options: BTreeMap<String, Value>,
    /// `(min_quantity, price)`.
    pub tiers: Vec<(i64, i64)>,
}

impl NewVariant {
    /// Checks a variant; faults are found all at once.
    pub fn parse(raw: RawVariant) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut fields = Fields::new();
        let base = fields.take("/price", price(raw.price));
        let pieces = fields.take("/stock", stock(raw.stock.unwrap_or(0)));
        let sku = fields.take_opt("/sku", raw.sku.as_deref().map(sku));
        let weight_g = fields.take_opt("/weight_g", raw.weight_g.map(weight));
        let options = nested(&mut faults, "/options", Attributes::parse_options(raw.options));
        let tiers = nested(&mut faults, "/tiers", Tiers::parse(&raw.tiers));
        if let (Some(base), Some(tiers)) = (base, &tiers) {
            fields.take("/tiers/0/price", tiers.below(base));
        }
        faults.splice(0..0, fields.into_errors());
        match (base, pieces, sku, weight_g, options, tiers) {
            (Some(price), Some(stock), Some(sku), Some(weight_g), Some(options), Some(tiers))
                if faults.is_empty() =>
            {
                Ok(Self { price, tiers, stock, sku, weight_g, options, goods: VariantGoods::default() })
            }
            _ => Err(faults),
        }
    }
}

/// The title of a product.
pub fn title(value: &str) -> Result<String, Fault> {
    text(value, 3, 150, false)
}

/// The description of a product.
pub fn description(value: &str) -> Result<String, Fault> {
    text(value, 0, 10_000, true)
}

/// What one is.
pub fn unit(value: &str) -> Result<String, Fault> {
    text(value, 1, 30, false)
}

/// A stock-keeping number of the shop.
pub fn sku(value: &str) -> Result<String, Fault> {
    text(value, 1, 60, false)
}

/// Grams, at most ten tons.
pub fn weight(grams: i64) -> Result<i32, Fault> {
    small(grams, 0, 10_000_000)
}

/// Least quantity of an order.
pub fn min_order(pieces: i64) -> Result<i32, Fault> {
    small(pieces, 1, MAX_PIECES)
}

/// Days to make it.
pub fn lead_time(days: i64) -> Result<i32, Fault> {
    small(days, 0, 365)
}

/// Keeps faults found inside, under the pointer of the whole.
pub fn nested<T>(
    faults: &mut Vec<FieldError>,
    pointer: &str,
    parsed: Result<T, Vec<FieldError>>,
) -> Option<T> {
    parsed
        .map_err(|inner| {
            faults.extend(inner.into_iter().map(|mut fault| {
                fault.pointer.insert_str(0, pointer);
                fault
            }));
        })
        .ok()
}

/// Checks what only shows when all variants stand together: how many, told apart how, and no SKU twice.
pub fn check_set(variants: &[(&Attributes, Option<&str>)]) -> Result<(), Vec<FieldError>> {
    let mut fields = Fields::new();
    if variants.is_empty() {
        fields.push("/variants", no_variant());
    }
    if variants.len() > MAX_VARIANTS {
        fields.push("/variants", too_many_variants());
    }
    for (index, (options, sku)) in variants.iter().enumerate() {
        let before = &variants[..index];
        let place = |member: &str| format!("/variants/{index}/{member}");
        if before.iter().any(|(other, _)| other == options) {
            fields.push(place("options"), same_options());
        } else if before.first().is_some_and(|(first, _)| !first.names().eq(options.names())) {
            fields.push(place("options"), other_names());
        }
        if sku.is_some() && before.iter().any(|(_, other)| other == sku) {
            fields.push(place("sku"), same_sku());
        }
    }
    if fields.any() { Err(fields.into_errors()) } else { Ok(()) }
}

fn no_variant() -> Fault {
    Fault::new("required", "Paling sedikit satu varian.", "At least one variant is required.")
}

fn too_many_variants() -> Fault {
    Fault::new(
        "too-many",
        format!("Paling banyak {MAX_VARIANTS} varian."),
        format!("At most {MAX_VARIANTS} variants."),
    )
}

fn same_options() -> Fault {
    Fault::new(
        "options-not-distinct",
        "Pilihan sama dengan varian lain.",
        "Another variant has the same options.",
    )
}

fn other_names() -> Fault {
    Fault::new(
        "options-not-alike",
        "Semua varian harus memakai nama pilihan yang sama.",
        "All variants must have the same names of options.",
    )
}

fn same_sku() -> Fault {
    Fault::new("sku-not-distinct", "SKU sama dengan varian lain.", "Another variant has the same SKU.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn options(value: Value) -> Attributes {
        Attributes::parse_options(serde_json::from_value(value).unwrap()).unwrap()
    }

    fn codes(variants: &[(&Attributes, Option<&str>)]) -> Vec<(String, &'static str)> {
        let faults = check_set(variants).unwrap_err();
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn every_fault_of_a_variant_is_named() {
        let raw = RawVariant {
            price: 0,
            stock: Some(-1),
            sku: Some(String::new()),
            weight_g: Some(-5),
            options: serde_json::from_value(json!({"warna": ""})).unwrap(),
            tiers: vec![(1, 10)],
        };
        let pointers: Vec<String> =
            NewVariant::parse(raw).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
        let expected = ["/price", "/stock", "/sku", "/weight_g", "/options/warna", "/tiers/0/min_quantity"];
        assert_eq!(pointers, expected);
        let steep = RawVariant { price: 100, tiers: vec![(2, 100)], ..RawVariant::default() };
        assert_eq!(NewVariant::parse(steep).unwrap_err()[0].pointer, "/tiers/0/price");
    }

    #[test]
    fn prices_stay_within_bounds() {
        for rupiah in [i64::MIN, -1, 0, 1_000_000_000_001, i64::MAX] {
            assert!(price(rupiah).is_err(), "{rupiah}");
        }
        assert!(price(1).is_ok() && price(1_000_000_000_000).is_ok());
    }

    #[test]
    fn variants_are_told_apart() {
        let (red, blue) = (options(json!({"warna": "merah"})), options(json!({"warna": "biru"})));
        let none = Attributes::default();
        assert!(check_set(&[(&none, None)]).is_ok());
        assert!(check_set(&[(&red, Some("a")), (&blue, Some("b"))]).is_ok());
        assert_eq!(codes(&[])[0].1, "required");
        assert_eq!(
            codes(&[(&red, Some("a")), (&red, Some("a"))]),
            [
                ("/variants/1/options".to_owned(), "options-not-distinct"),
                ("/variants/1/sku".to_owned(), "sku-not-distinct")
            ]
        );
        assert_eq!(codes(&[(&red, None), (&none, None)])[0].1, "options-not-alike");
        let many: Vec<Attributes> = (0..=MAX_VARIANTS).map(|n| options(json!({"no": n}))).collect();
        let many: Vec<_> = many.iter().map(|options| (options, None)).collect();
        assert_eq!(codes(&many), [("/variants".to_owned(), "too-many")]);
    }
}

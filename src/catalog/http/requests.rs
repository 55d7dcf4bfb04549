//! What requests look like, and how they become commands.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::goods::{self, ContentIn, OptionIn, PartIn};
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::product::StockMode;
use crate::catalog::model::draft::{self, RawVariant, check_set, nested};
use crate::catalog::model::goods::VariantGoodsPatch;
use crate::catalog::model::patch::VariantChange;
use crate::catalog::model::personal::PersonalField;
use crate::catalog::model::{
    Attributes, NewProduct, NewVariant, ProductFields, ProductPatch, Tiers, VariantPatch, price,
};
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Fields, Problem, VariantId};

/// A new product.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProduct {
    /// 3 to 150 characters.
    #[schema(example = "Keripik tempe pedas 250 g")]
    title: String,
    /// Plain text, at most 10,000 characters.
    description: String,
    /// Slug of a category.
    #[schema(example = "keripik")]
    category: String,
    /// Named texts, e.g. `bahan`, `pirt`, `halal`, `tkdn`; numbers and yes/no are kept as texts, several choices are
    /// separated by `|`. What the category defines is checked when the product is published.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    attributes: BTreeMap<String, Value>,
    /// What one is; `pcs` when absent.
    #[schema(example = "bungkus")]
    unit: Option<String>,
    /// Least quantity of an order; 1 when absent.
    #[schema(minimum = 1, maximum = 100_000)]
    min_order: Option<i64>,
    /// Days to make it; 0 when absent.
    #[schema(minimum = 0, maximum = 365)]
    lead_time_days: Option<i64>,
    /// `tracked` when absent.
    stock_mode: Option<StockMode>,
    /// Where it is taxed otherwise than its category.
    pub(super) tax_class: Option<TaxClass>,
    /// By how much quantities grow from the least one; 1 when absent.
    #[schema(minimum = 1, maximum = 100_000)]
    pub(super) quantity_step: Option<i64>,
    /// What a buyer may have made, e.g. an engraving.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub(super) personalisation: Vec<PersonalField>,
    /// Makes a variant for each combination of values; then `variants` holds one, the template.
    #[serde(default)]
    #[schema(max_items = 5)]
    options: Vec<OptionIn>,
    /// 1 to 100; they are told apart by their options.
    #[schema(min_items = 1, max_items = 100)]
    variants: Vec<CreateVariant>,
}

/// A new variant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateVariant {
    /// Rupiah for one, taxes included.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    price: i64,
    /// On hand; 0 when absent.
    #[schema(minimum = 0, maximum = 1_000_000)]
    stock: Option<i64>,
    /// Made up when absent; a shop has each once.
    sku: Option<String>,
    /// Packed.
    #[schema(minimum = 0, maximum = 10_000_000)]
    weight_g: Option<i64>,
    /// What tells it from the others, e.g. `{"warna": "merah", "ukuran": "40"}`.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    options: BTreeMap<String, Value>,
    /// Lower prices from a quantity on.
    #[serde(default)]
    tiers: Vec<TierIn>,
    /// How much is in one; the price per kg, liter, sheet ... follows from it.
    pub(super) content: Option<ContentIn>,
    /// What a bundle is made of; its stock is that of its parts.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub(super) parts: Vec<PartIn>,
}

/// A lower price from a quantity on.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierIn {
    #[schema(minimum = 2, maximum = 100_000)]
    min_quantity: i64,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    price: i64,
}

/// Changes of a product; what is absent stays as it is.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProduct {
    /// 3 to 150 characters.
    title: Option<String>,
    /// Plain text, at most 10,000 characters.
    description: Option<String>,
    /// Slug of a category.
    category: Option<String>,
    /// All attributes anew.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    attributes: Option<BTreeMap<String, Value>>,
    /// What one is.
    unit: Option<String>,
    /// Least quantity of an order.
    #[schema(minimum = 1, maximum = 100_000)]
    min_order: Option<i64>,
    /// Days to make it.
    #[schema(minimum = 0, maximum = 365)]
    lead_time_days: Option<i64>,
    /// How stock is kept.
    stock_mode: Option<StockMode>,
    /// Where it is taxed otherwise than its category.
    tax_class: Option<TaxClass>,
    #[schema(minimum = 1, maximum = 100_000)]
    quantity_step: Option<i64>,
    /// All fields anew.
    #[schema(max_items = 10)]
    personalisation: Option<Vec<PersonalField>>,
    /// With an id: changes of that variant. Without: one more variant, which needs a price.
    #[serde(default)]
    #[schema(max_items = 100)]
    variants: Vec<UpdateVariant>,
}

/// Changes of a variant, or a new one.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateVariant {
    /// Absent for a new variant.
    id: Option<VariantId>,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    price: Option<i64>,
    /// Only of a new variant; later counts have their own address.
    #[schema(minimum = 0, maximum = 1_000_000)]
    stock: Option<i64>,
    sku: Option<String>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 10_000_000)]
    weight_g: Option<Option<i64>>,
    /// All options anew.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    options: Option<BTreeMap<String, Value>>,
    /// All tiers anew.
    tiers: Option<Vec<TierIn>>,
    /// How much is in one; `null` takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ContentIn>)]
    content: Option<Option<ContentIn>>,
    /// All parts of a bundle anew.
    #[schema(max_items = 30)]
    parts: Option<Vec<PartIn>>,
}

/// Tells `null` from absence.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStock {
    /// Pieces that can still be sold, and those reserved for unpaid orders. Pieces of paid or accepted orders are sold already,
    /// even while they wait on the shelf: whoever counts leaves them out (`to_hand_over` of the stock), or does a stocktaking.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub on_hand: i64,
    /// Why it changed.
    pub reason: CountReason,
}

/// Why a shop changes a count.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountReason {
    /// Counted again.
    Count,
    /// Goods came in.
    Receipt,
    /// Goods were lost or spoiled.
    Loss,
    /// A mistake was put right.
    Correction,
}

impl From<CountReason> for Reason {
    fn from(reason: CountReason) -> Self {
        match reason {
            CountReason::Count => Self::Count,
            CountReason::Receipt => Self::Receipt,
            CountReason::Loss => Self::Loss,
            CountReason::Correction => Self::Correction,
        }
    }
}

fn pairs(tiers: &[TierIn]) -> Vec<(i64, i64)> {
    tiers.iter().map(|tier| (tier.min_quantity, tier.price)).collect()
}

impl From<CreateVariant> for RawVariant {
    fn from(variant: CreateVariant) -> Self {
        Self {
            price: variant.price,
            stock: variant.stock,
            sku: variant.sku,
            weight_g: variant.weight_g,
            options: variant.options,
            tiers: pairs(&variant.tiers),
        }
    }
}

impl CreateProduct {
    /// Checks everything; all faults are named at once.
    pub fn parse(mut self) -> Result<NewProduct, Problem> {
        let mut faults = Vec::new();
        let mut fields = Fields::new();
        let title = fields.take("/title", draft::title(&self.title));
        let description = fields.take("/description", draft::description(&self.description));
        let unit = fields.take("/unit", draft::unit(self.unit.as_deref().unwrap_or("pcs")));
        let min_order = fields.take("/min_order", draft::min_order(self.min_order.unwrap_or(1)));
        let lead_time = fields.take("/lead_time_days", draft::lead_time(self.lead_time_days.unwrap_or(0)));
        let goods = goods::goods(&mut self, &mut faults);
        let attributes = nested(&mut faults, "/attributes", Attributes::parse(self.attributes));
        let before = faults.len();
        let (given, options) = (std::mem::take(&mut self.variants), std::mem::take(&mut self.options));
        let variants = goods::variants(given, options, &mut faults);
        if faults.len() == before {
            nested(&mut faults, "", check_all(&variants));
        }
        faults.splice(0..0, fields.into_errors());
        match (title, description, unit, min_order, lead_time, attributes) {
            (Some(title), Some(description), Some(unit), Some(min_order), Some(days), Some(attributes))
                if faults.is_empty() =>
            {
                let fields = ProductFields {
                    title,
                    description,
                    category: self.category,
                    attributes,
                    unit,
                    min_order,
                    lead_time_days: days,
                    stock_mode: self.stock_mode.unwrap_or(StockMode::Tracked),
                    goods,
                };
                Ok(NewProduct { fields, variants })
            }
            _ => Err(Problem::invalid(faults)),
        }
    }
}

fn check_all(variants: &[NewVariant]) -> Result<(), Vec<FieldError>> {
    let set: Vec<_> = variants.iter().map(|variant| (&variant.options, variant.sku.as_deref())).collect();
    check_set(&set)
}

impl UpdateProduct {
    /// Checks everything that can be checked without the product.
    pub fn parse(self) -> Result<ProductPatch, Problem> {
        let mut faults = Vec::new();
        let mut fields = Fields::new();
        let title = fields.take_opt("/title", self.title.as_deref().map(draft::title));
        let description =
            fields.take_opt("/description", self.description.as_deref().map(draft::description));
        let unit = fields.take_opt("/unit", self.unit.as_deref().map(draft::unit));
        let min_order = fields.take_opt("/min_order", self.min_order.map(draft::min_order));
        let lead_time = fields.take_opt("/lead_time_days", self.lead_time_days.map(draft::lead_time));
        let attributes = self
            .attributes
            .and_then(|attributes| nested(&mut faults, "/attributes", Attributes::parse(attributes)));
        let goods =
            goods::goods_patch((self.tax_class, self.quantity_step, self.personalisation), &mut faults);
        let variants = (0..)
            .zip(self.variants)
            .filter_map(|(index, variant)| {
                nested(&mut faults, &format!("/variants/{index}"), variant.parse())
            })
            .collect();
        faults.splice(0..0, fields.into_errors());
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        Ok(ProductPatch {
            title: title.flatten(),
            description: description.flatten(),
            category: self.category,
            attributes,
            unit: unit.flatten(),
            min_order: min_order.flatten(),
            lead_time_days: lead_time.flatten(),
            stock_mode: self.stock_mode,
            goods,
            variants,
        })
    }
}

impl UpdateVariant {
    fn parse(self) -> Result<VariantPatch, Vec<FieldError>> {
        match self.id {
            Some(id) => self.parse_change(id).map(VariantPatch::Change),
            None => self.parse_new().map(VariantPatch::Add),
        }
    }

    fn parse_new(self) -> Result<NewVariant, Vec<FieldError>> {
        let Some(price) = self.price else {
            let fault = Fault::new("required", "Wajib diisi.", "Must not be empty.");
            return Err(vec![fault.at("/price")]);
        };
        goods::new_variant(CreateVariant {
            price,
            stock: self.stock,
            sku: self.sku,
            weight_g: self.weight_g.flatten(),
            options: self.options.unwrap_or_default(),
            tiers: self.tiers.unwrap_or_default(),
            content: self.content.flatten(),
            parts: self.parts.unwrap_or_default(),
        })
    }

    fn parse_change(self, id: VariantId) -> Result<VariantChange, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut fields = Fields::new();
        let base = fields.take_opt("/price", self.price.map(price));
        let sku = fields.take_opt("/sku", self.sku.as_deref().map(draft::sku));
        let weight_g =
            self.weight_g.map(|grams| fields.take_opt("/weight_g", grams.map(draft::weight)).flatten());
        if self.stock.is_some() {
            fields.push("/stock", stock_elsewhere());
        }
        let options = self
            .options
            .and_then(|options| nested(&mut faults, "/options", Attributes::parse_options(options)));
        let tiers = self.tiers.and_then(|tiers| nested(&mut faults, "/tiers", Tiers::parse(&pairs(&tiers))));
        let content = self.content.map(|content| nested(&mut faults, "", goods::content(content)).flatten());
        let parts = self.parts.and_then(|parts| nested(&mut faults, "", goods::parts(&parts)));
        faults.splice(0..0, fields.into_errors());
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(VariantChange {
            id,
            price: base.flatten(),
            tiers,
            sku: sku.flatten(),
            weight_g,
            options,
            goods: VariantGoodsPatch { content, parts },
        })
    }
}

fn stock_elsewhere() -> Fault {
    Fault::new(
        "stock-elsewhere",
        "Stok varian yang sudah ada diubah lewat alamat stok.",
        "The stock of an existing variant is set at its own address.",
    )
}

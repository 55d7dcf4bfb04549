//! Requests about how goods are sold: measured, in steps, made for somebody, in combinations, of parts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::requests::{CreateProduct, CreateVariant};
use crate::catalog::model::combine::combinations;
use crate::catalog::model::draft::{NewVariant, RawVariant, nested};
use crate::catalog::model::goods::{Goods, GoodsPatch, MAX_PARTS, Part, VariantGoods, step};
use crate::catalog::model::personal::{PersonalField, check_fields};
use crate::catalog::model::unit::Content;
use crate::kernel::fields::{Fault, Fields, number};
use crate::kernel::{FieldError, VariantId};

/// How much is in one.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentIn {
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    amount: i64,
    /// `gram`, `ons`, `kg`, `ml`, `liter`, `cm`, `meter`, `lembar`, `rim`, `pcs`, `lusin`, `kodi`, `gros`, `pasang`, `porsi` ...
    #[schema(example = "gram")]
    unit: String,
}

/// So many of another variant of the shop.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartIn {
    variant_id: VariantId,
    #[schema(minimum = 1, maximum = 1000)]
    quantity: i64,
}

/// An option and its values.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionIn {
    #[schema(example = "ukuran")]
    pub name: String,
    #[schema(min_items = 1, max_items = 100)]
    pub values: Vec<String>,
}

/// Checks a content; pointers are relative to the variant.
pub fn content(content: Option<ContentIn>) -> Result<Option<Content>, Vec<FieldError>> {
    let Some(raw) = content else {
        return Ok(None);
    };
    let mut fields = Fields::new();
    let (amount, unit) = Content::parse(raw.amount, &raw.unit);
    match (fields.take("/content/amount", amount), fields.take("/content/unit", unit)) {
        (Some(amount), Some(unit)) => Ok(Some(Content { amount, unit })),
        _ => Err(fields.into_errors()),
    }
}

/// Checks the parts of a bundle; pointers are relative to the variant.
pub fn parts(raw: &[PartIn]) -> Result<Vec<Part>, Vec<FieldError>> {
    let mut fields = Fields::new();
    if raw.len() > MAX_PARTS {
        fields.push("/parts", Fault::new("too-many", "Terlalu banyak bagian.", "Too many parts."));
    }
    let mut parts: Vec<Part> = Vec::with_capacity(raw.len());
    for (index, part) in raw.iter().enumerate() {
        let quantity = fields.take(&format!("/parts/{index}/quantity"), number(part.quantity, 1, 1000));
        if parts.iter().any(|other| other.variant_id == part.variant_id) {
            let twice = Fault::new("not-distinct", "Bagian disebut dua kali.", "This part is named twice.");
            fields.push(format!("/parts/{index}/variant_id"), twice);
        }
        let quantity = quantity.and_then(|quantity| i32::try_from(quantity).ok()).unwrap_or(1);
        parts.push(Part { variant_id: part.variant_id, quantity });
    }
    if fields.any() { Err(fields.into_errors()) } else { Ok(parts) }
}

/// Checks what a new variant is beyond its price and stock.
pub fn variant_goods(of: Option<ContentIn>, made_of: &[PartIn]) -> Result<VariantGoods, Vec<FieldError>> {
    let mut faults = Vec::new();
    let content = nested(&mut faults, "", content(of)).flatten();
    let parts = nested(&mut faults, "", parts(made_of)).unwrap_or_default();
    if faults.is_empty() { Ok(VariantGoods { content, parts }) } else { Err(faults) }
}

/// Checks what a new product is beyond its title and so on.
pub fn goods(product: &mut CreateProduct, faults: &mut Vec<FieldError>) -> Goods {
    let steps = nested(faults, "", quantity_step(product.quantity_step));
    let personal = std::mem::take(&mut product.personalisation);
    let personal = nested(faults, "/personalisation", check_fields(personal));
    Goods {
        tax_class: product.tax_class,
        quantity_step: steps.flatten().unwrap_or(1),
        personalisation: personal.unwrap_or_default(),
    }
}

/// Checks changes of the same.
pub fn goods_patch(
    change: (Option<crate::catalog::entity::category::TaxClass>, Option<i64>, Option<Vec<PersonalField>>),
    faults: &mut Vec<FieldError>,
) -> GoodsPatch {
    let (tax_class, steps, personal) = change;
    GoodsPatch {
        tax_class,
        quantity_step: nested(faults, "", quantity_step(steps)).flatten(),
        personalisation: personal
            .and_then(|personal| nested(faults, "/personalisation", check_fields(personal))),
    }
}

fn quantity_step(steps: Option<i64>) -> Result<Option<i32>, Vec<FieldError>> {
    let checked = steps.map(step).transpose();
    checked.map_err(|fault| vec![fault.at("/quantity_step")])
}

/// The variants of a new product: as they are given, or one for each combination of the options.
pub fn variants(
    given: Vec<CreateVariant>,
    options: Vec<OptionIn>,
    faults: &mut Vec<FieldError>,
) -> Vec<NewVariant> {
    let all: Vec<NewVariant> = (0..)
        .zip(given)
        .filter_map(|(index, raw)| nested(faults, &format!("/variants/{index}"), new_variant(raw)))
        .collect();
    if options.is_empty() || !faults.is_empty() {
        return all;
    }
    let Ok([one]) = <[NewVariant; 1]>::try_from(all) else {
        faults.push(one_template().at("/variants"));
        return Vec::new();
    };
    nested(faults, "/options", each_combination(&one, options)).unwrap_or_default()
}

/// One variant like the template for each combination of the options.
pub fn each_combination(
    template: &NewVariant,
    options: Vec<OptionIn>,
) -> Result<Vec<NewVariant>, Vec<FieldError>> {
    let options: Vec<_> = options.into_iter().map(|option| (option.name, option.values)).collect();
    let with = |options| NewVariant { options, sku: None, ..template.clone() };
    Ok(combinations(&options)?.into_iter().map(with).collect())
}

/// Checks a new variant with everything it is.
pub fn new_variant(mut raw: CreateVariant) -> Result<NewVariant, Vec<FieldError>> {
    let mut faults = Vec::new();
    let made_of = std::mem::take(&mut raw.parts);
    let goods = nested(&mut faults, "", variant_goods(raw.content.take(), &made_of));
    let variant = nested(&mut faults, "", NewVariant::parse(RawVariant::from(raw)));
    match (variant, goods) {
        (Some(variant), Some(goods)) => Ok(NewVariant { goods, ..variant }),
        _ => Err(faults),
    }
}

fn one_template() -> Fault {
    Fault::new(
        "one-template",
        "Dengan daftar pilihan, isi tepat satu varian sebagai contoh.",
        "With options, give exactly one variant as the template.",
    )
}

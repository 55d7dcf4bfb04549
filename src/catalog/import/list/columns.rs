//! The columns of a shop's own list of products: one line per variant, the same to read and to write.
//!
//! This table is the only place that names them. A field that is added here is exported and imported.
//!
//! What no column can be, and why: the slug of a product (`produk` holds it, to say which lines belong together, but a slug
//! leads to one product for ever and is only changed by renaming it), a sale (its price before is proof of what was asked, not
//! a wish), single days of a plan (orders hang on them), the threshold of the low-stock notice and what others said (reviews,
//! ratings, reports, decisions of officers).

use serde_json::{Value, json};

use super::shape::Shape;
use crate::catalog::entity::{stock, variant};
use crate::catalog::model::meal::{self, Plan};
use crate::catalog::model::personal::stored_fields;
use crate::catalog::model::{Attributes, Tiers, Tongue};
use crate::catalog::query::listed::Listed;

/// One line of a list while it is written.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub of: &'a Listed,
    pub variant: &'a variant::Model,
    pub stock: &'a stock::Model,
}

/// What a column is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Says which lines are variants of one product.
    Key,
    /// A member of the product in a request.
    Product,
    /// A member of the variant in a request.
    Variant,
    /// What is on hand.
    Stock,
    /// A text in another language.
    Texts,
    /// A member of the plan of a daily product.
    Plan,
    /// Whether the public sees it.
    Status,
    /// Pictures.
    Pictures,
}

/// One column: its name, what it holds, and where that comes from.
pub struct Column {
    pub name: &'static str,
    pub part: Part,
    /// Its member in requests.
    pub member: &'static str,
    pub shape: Shape,
    /// Whether an empty cell takes away what was there; else it says nothing.
    pub clears: bool,
    pub stored: fn(&Line<'_>) -> Value,
}

const fn column(
    name: &'static str,
    (part, member): (Part, &'static str),
    (shape, clears): (Shape, bool),
    stored: fn(&Line<'_>) -> Value,
) -> Column {
    Column { name, part, member, shape, clears, stored }
}

const KEEPS: bool = false;
const CLEARS: bool = true;
const MODES: Shape = Shape::Code(&["tracked", "made_to_order", "daily"]);
const TAXES: Shape = Shape::Code(&["ppn_standard", "ppn_luxury", "ppn_exempt", "pbjt_food", "none"]);
const STATUSES: Shape = Shape::Code(&["draft", "published", "archived", "scheduled", "in_review", "on_hold"]);

use Part::{Key, Pictures, Plan as Meals, Product, Status, Stock, Texts, Variant};

/// Every column, in the order of the file.
pub const LISTING: &[Column] = &[
    column("produk", (Key, ""), (Shape::Text, KEEPS), |line| json!(line.of.product.slug)),
    column("sku", (Variant, "sku"), (Shape::Text, KEEPS), |line| json!(line.variant.sku)),
    column("judul", (Product, "title"), (Shape::Text, KEEPS), |line| json!(line.of.product.title)),
    column("deskripsi", (Product, "description"), (Shape::Text, CLEARS), |line| {
        json!(line.of.product.description)
    }),
    column("kategori", (Product, "category"), (Shape::Slug, KEEPS), |line| json!(line.of.category)),
    column("atribut", (Product, "attributes"), (Shape::Pairs, CLEARS), |line| {
        json!(Attributes::decode(&line.of.product.attributes).into_map())
    }),
    column("satuan", (Product, "unit"), (Shape::Text, KEEPS), |line| json!(line.of.product.unit)),
    column("min_order", (Product, "min_order"), (Shape::Whole, KEEPS), |line| {
        json!(line.of.product.min_order)
    }),
    column("kelipatan", (Product, "quantity_step"), (Shape::Whole, KEEPS), |line| {
        json!(line.of.product.quantity_step)
    }),
    column("lead_time_hari", (Product, "lead_time_days"), (Shape::Whole, KEEPS), |line| {
        json!(line.of.product.lead_time_days)
    }),
    column("mode_stok", (Product, "stock_mode"), (MODES, KEEPS), |line| json!(line.of.product.stock_mode)),
    column("kelas_pajak", (Product, "tax_class"), (TAXES, KEEPS), |line| json!(line.of.product.tax_class)),
    column("personalisasi", (Product, "personalisation"), (Shape::Fields, CLEARS), |line| {
        json!(stored_fields(&line.of.product.personalisation))
    }),
    column("pilihan", (Variant, "options"), (Shape::Pairs, CLEARS), |line| {
        json!(Attributes::decode(&line.variant.options).into_map())
    }),
    column("harga", (Variant, "price"), (Shape::Whole, KEEPS), |line| json!(line.variant.price.get())),
    column("harga_grosir", (Variant, "tiers"), (Shape::Tiers, CLEARS), |line| {
        json!(Tiers::decode(&line.variant.tiers).into_list())
    }),
    column("stok", (Stock, "stock"), (Shape::Whole, KEEPS), on_hand),
    column("berat_gram", (Variant, "weight_g"), (Shape::Whole, KEEPS), |line| json!(line.variant.weight_g)),
    column("isi", (Variant, "content"), (Shape::Content, KEEPS), content),
    column("isi_paket", (Variant, "parts"), (Shape::Parts, CLEARS), |line| {
        line.of
            .parts_of(line.variant.id)
            .map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity}))
            .collect()
    }),
    column("porsi_harian", (Meals, "weekdays"), (Shape::Numbers, KEEPS), |line| {
        plan(line).map_or(Value::Null, |plan| json!(plan.weekdays))
    }),
    column("batas_pesan", (Meals, "cutoff"), (Shape::Cutoff, CLEARS), cutoff),
    column("jam_antar", (Meals, "windows"), (Shape::Windows, CLEARS), |line| {
        plan(line).map_or(json!([]), |plan| plan.windows.iter().map(|window| json!(window.text())).collect())
    }),
    column("kecamatan_antar", (Meals, "districts"), (Shape::Texts(';'), CLEARS), |line| {
        plan(line).map_or(json!([]), |plan| json!(plan.districts))
    }),
    column("judul_en", (Texts, "en/title"), (Shape::Text, CLEARS), |line| title(line, Tongue::En)),
    column("deskripsi_en", (Texts, "en/description"), (Shape::Text, CLEARS), |line| {
        description(line, Tongue::En)
    }),
    column("judul_de", (Texts, "de/title"), (Shape::Text, CLEARS), |line| title(line, Tongue::De)),
    column("deskripsi_de", (Texts, "de/description"), (Shape::Text, CLEARS), |line| {
        description(line, Tongue::De)
    }),
    column("gambar", (Pictures, "images"), (Shape::Texts('|'), KEEPS), |line| json!(line.of.addresses)),
    column("gambar_alt", (Pictures, "alts"), (Shape::Texts('|'), CLEARS), |line| json!(line.of.alts())),
    column("status", (Status, "status"), (STATUSES, KEEPS), |line| json!(line.of.product.status)),
    column("tayang_pada", (Status, "publish_at"), (Shape::Time, KEEPS), |line| {
        json!(line.of.publish_at.map(|at| at.to_rfc3339()))
    }),
];

/// The column of a member of a request.
pub fn of_member(part: Part, member: &str) -> Option<&'static Column> {
    LISTING.iter().find(|column| column.part == part && column.member == member)
}

/// A bundle has what its parts allow.
fn on_hand(line: &Line<'_>) -> Value {
    if line.variant.is_bundle { Value::Null } else { json!(line.stock.on_hand) }
}

fn content(line: &Line<'_>) -> Value {
    match (line.variant.content_amount, &line.variant.content_unit) {
        (Some(amount), Some(unit)) => json!({"amount": amount, "unit": unit}),
        _ => Value::Null,
    }
}

/// Only of what is sold by the day now: setting a plan makes it so.
fn plan(line: &Line<'_>) -> Option<Plan> {
    line.of.plan.as_ref().filter(|_| line.of.is_daily()).map(Plan::of)
}

fn cutoff(line: &Line<'_>) -> Value {
    match plan(line).map(|plan| plan.cutoff_columns()) {
        Some((Some(hours), _, _)) => json!({"cutoff_hours": hours}),
        Some((None, Some(days), Some(minute))) => {
            json!({"cutoff_days": days, "cutoff_time": meal::clock(minute)})
        }
        _ => Value::Null,
    }
}

fn title(line: &Line<'_>, tongue: Tongue) -> Value {
    json!(line.of.text(tongue).map(|text| text.title.as_str()).unwrap_or_default())
}

fn description(line: &Line<'_>, tongue: Tongue) -> Value {
    json!(line.of.text(tongue).map(|text| text.description.as_str()).unwrap_or_default())
}

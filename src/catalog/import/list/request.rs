//! The request that the lines of a product are: a new product, an edit, texts, a plan. They are parsed by what parses requests.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::columns::{Column, LISTING, Line, Part, of_member};
use super::notes::Note;
use super::read::{Group, ListLine};
use crate::catalog::entity::{stock, variant};
use crate::catalog::http::meals::SetMealPlan;
use crate::catalog::http::names::ProductTranslations;
use crate::catalog::http::requests::{CreateProduct, UpdateProduct};
use crate::catalog::http::revisions::read_edit;
use crate::catalog::model::NewProduct;
use crate::catalog::model::content::Texts;
use crate::catalog::model::meal::{Plan, RawPlan};
use crate::catalog::query::listed::Listed;
use crate::catalog::service::Edit;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Problem, VariantId};

/// Variants of the shop by SKU, to name the parts of bundles.
pub type BySku = HashMap<String, VariantId>;

/// The new product that these lines are.
pub fn create(group: &Group, parts: &BySku) -> Result<NewProduct, Vec<Note>> {
    let mut request = members(group.first(), Part::Product);
    for (member, column) in [("title", "judul"), ("description", "deskripsi"), ("category", "kategori")] {
        // An empty one is refused by the same rule as a missing one.
        request.entry(member).or_insert_with(|| json!(group.first().raw(column)));
    }
    let mut variants = Vec::with_capacity(group.lines.len());
    for line in &group.lines {
        variants.push(new_variant(line, parts)?);
    }
    request.insert("variants".to_owned(), Value::Array(variants));
    let places: Vec<&ListLine> = group.lines.iter().collect();
    let body: CreateProduct = shaped(Value::Object(request), group)?;
    body.parse().map_err(|problem| placed(group, &places, problem))
}

/// What these lines change of a product that is there; `None` if nothing.
pub fn edit(group: &Group, stored: &Listed, parts: &BySku) -> Result<Option<Edit>, Vec<Note>> {
    let mut request = Map::new();
    if let Some((variant, stock)) = stored.variants.first() {
        request = differing(group.first(), Part::Product, &Line { of: stored, variant, stock });
    }
    if request.contains_key("category")
        && let Some(tax) = of_member(Part::Product, "tax_class").and_then(|column| group.first().says(column))
    {
        // Another category brings its own tax class, unless one is named.
        request.insert("tax_class".to_owned(), tax.clone());
    }
    let mut variants = Vec::new();
    let mut places = Vec::new();
    for line in &group.lines {
        let known = stored.variants.iter().find(|(variant, _)| variant.sku == line.sku());
        let said = match known {
            None => new_variant(line, parts)?,
            Some((variant, stock)) => {
                let mut said = differing(line, Part::Variant, &Line { of: stored, variant, stock });
                if said.is_empty() {
                    continue;
                }
                name_parts(line, &mut said, parts)?;
                said.insert("id".to_owned(), json!(variant.id));
                Value::Object(said)
            }
        };
        variants.push(said);
        places.push(line);
    }
    if !variants.is_empty() {
        request.insert("variants".to_owned(), Value::Array(variants));
    }
    if request.is_empty() { Ok(None) } else { parse_edit(group, &places, Value::Object(request)).map(Some) }
}

/// Parses an edit; `places` are the lines of its variants.
pub fn parse_edit(group: &Group, places: &[&ListLine], request: Value) -> Result<Edit, Vec<Note>> {
    let body: UpdateProduct = shaped(request.clone(), group)?;
    let patch = body.parse().map_err(|problem| placed(group, places, problem))?;
    Ok(Edit { patch, request, read: read_edit })
}

/// The texts in other languages, if these lines say others.
pub fn texts(group: &Group, stored: Option<&Listed>) -> Result<Option<Texts>, Vec<Note>> {
    let Some((before, after)) = before_and_after(group.first(), Part::Texts, stored) else {
        return Ok(None);
    };
    if before == after {
        return Ok(None);
    }
    let text = |tongue: &str| {
        let (title, description) =
            (&after[&format!("{tongue}/title")], &after[&format!("{tongue}/description")]);
        if title == "" && description == "" {
            Value::Null
        } else {
            json!({"title": title, "description": description})
        }
    };
    let body: ProductTranslations = shaped(json!({"en": text("en"), "de": text("de")}), group)?;
    body.parse().map(Some).map_err(|problem| placed(group, &[], problem))
}

/// The plan of a daily product, if these lines say another one.
pub fn plan(group: &Group, stored: Option<&Listed>) -> Result<Option<Plan>, Vec<Note>> {
    let Some((before, mut after)) = before_and_after(group.first(), Part::Plan, stored) else {
        return Ok(None);
    };
    if before == after || after.get("weekdays").is_none_or(Value::is_null) {
        return Ok(None);
    }
    let mode = of_member(Part::Product, "stock_mode").and_then(|column| group.first().says(column));
    if mode.is_some_and(|mode| mode != "daily") {
        let raw = group.first().raw("porsi_harian");
        return Err(vec![Note::new(group.first().line, "porsi_harian", raw, not_daily())]);
    }
    if let Some(Value::Object(cutoff)) = after.remove("cutoff") {
        after.extend(cutoff);
    }
    let body: SetMealPlan = shaped(Value::Object(after), group)?;
    let plan = Plan::parse(&RawPlan::from(body));
    plan.map(Some).map_err(|faults| placed(group, &[], Problem::invalid(faults)))
}

/// New counts of variants that are there, each with its line.
pub fn counts<'a>(group: &'a Group, stored: &'a Listed) -> Vec<(&'a ListLine, VariantId, i64)> {
    let Some(column) = of_member(Part::Stock, "stock") else {
        return Vec::new();
    };
    let counted = |line: &'a ListLine| {
        let known =
            |(variant, _): &&(variant::Model, stock::Model)| variant.sku == line.sku() && !variant.is_bundle;
        let (variant, stock) = stored.variants.iter().find(known)?;
        let wanted = line.says(column)?.as_i64()?;
        // What becomes a bundle in this very list has no shelf.
        let becomes_bundle = !line.raw("isi_paket").is_empty();
        (wanted != i64::from(stock.on_hand) && !becomes_bundle).then_some((line, variant.id, wanted))
    };
    group.lines.iter().filter_map(counted).collect()
}

/// What a line says of a part of its product.
fn members(line: &ListLine, part: Part) -> Map<String, Value> {
    let columns = LISTING.iter().filter(|column| column.part == part);
    columns.filter_map(|column| Some((column.member.to_owned(), line.says(column)?.clone()))).collect()
}

/// The same, only what is otherwise stored.
fn differing(line: &ListLine, part: Part, stored: &Line<'_>) -> Map<String, Value> {
    let mut said = members(line, part);
    said.retain(|member, value| {
        of_member(part, member).is_some_and(|column| like_read(column, stored) != *value)
    });
    said
}

/// What is stored, as it would be read from a list.
fn like_read(column: &Column, stored: &Line<'_>) -> Value {
    match (column.stored)(stored) {
        Value::String(text) => Value::String(text.replace("\r\n", "\n")),
        value => value,
    }
}

/// A part of a product as it is stored and as it is to be; `None` if the list has no column of it.
fn before_and_after(
    line: &ListLine,
    part: Part,
    stored: Option<&Listed>,
) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let said = members(line, part);
    if said.is_empty() {
        return None;
    }
    let first = stored.and_then(|of| of.variants.first().map(|(variant, stock)| Line { of, variant, stock }));
    let columns = LISTING.iter().filter(|column| column.part == part);
    let before: Map<String, Value> = columns
        .map(|column| {
            let value = first.as_ref().map_or_else(|| column.shape.empty(), |line| like_read(column, line));
            (column.member.to_owned(), value)
        })
        .collect();
    let mut after = before.clone();
    // Nothing said of when orders end is that they never do.
    if !line.raw("porsi_harian").is_empty() && line.raw("batas_pesan").is_empty() && line.has("batas_pesan") {
        after.insert("cutoff".to_owned(), Value::Null);
    }
    after.extend(said);
    Some((before, after))
}

fn new_variant(line: &ListLine, parts: &BySku) -> Result<Value, Vec<Note>> {
    let mut said = members(line, Part::Variant);
    said.extend(members(line, Part::Stock));
    if !said.contains_key("price") {
        let fault = Fault::new("required", "Wajib diisi.", "Must not be empty.");
        return Err(vec![Note::new(line.line, "harga", line.raw("harga"), fault)]);
    }
    name_parts(line, &mut said, parts)?;
    Ok(Value::Object(said))
}

/// Requests name parts by their ids, lists by their SKUs.
fn name_parts(line: &ListLine, said: &mut Map<String, Value>, by_sku: &BySku) -> Result<(), Vec<Note>> {
    let Some(Value::Array(parts)) = said.get_mut("parts") else {
        return Ok(());
    };
    for part in parts {
        let sku = part["sku"].as_str().unwrap_or_default();
        let Some(id) = by_sku.get(sku) else {
            return Err(vec![Note::new(line.line, "isi_paket", sku, unknown_part())]);
        };
        *part = json!({"variant_id": id, "quantity": part["quantity"]});
    }
    Ok(())
}

fn shaped<T: serde::de::DeserializeOwned>(request: Value, group: &Group) -> Result<T, Vec<Note>> {
    serde_json::from_value(request).map_err(|error| {
        let fault = Fault::new("shape", format!("Isian salah: {error}."), format!("Wrong shape: {error}."));
        vec![Note::new(group.first().line, "", "", fault)]
    })
}

/// Puts the faults of a request where they stand in the list. `places` are the lines of its variants.
pub fn placed(group: &Group, places: &[&ListLine], problem: Problem) -> Vec<Note> {
    if problem.errors.is_empty() {
        let fault = Fault { code: problem.code, detail: problem.detail };
        return vec![Note::new(group.first().line, "", "", fault)];
    }
    let note = |fault: FieldError| {
        let (line, column) = place(group, places, &fault.pointer);
        Note::new(line.line, column, line.raw(column), Fault { code: fault.code, detail: fault.detail })
    };
    problem.errors.into_iter().map(note).collect()
}

fn place<'a>(group: &'a Group, places: &[&'a ListLine], pointer: &str) -> (&'a ListLine, &'static str) {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let named = |part, member: &str| of_member(part, member).map(|column| column.name);
    match steps.as_slice() {
        ["variants", index, member, ..] => {
            let line = index.parse().ok().and_then(|index: usize| places.get(index).copied());
            let column = named(Part::Variant, member).or_else(|| named(Part::Stock, member));
            (line.unwrap_or(group.first()), column.unwrap_or(""))
        }
        [tongue @ ("en" | "de"), member, ..] => {
            (group.first(), named(Part::Texts, &format!("{tongue}/{member}")).unwrap_or(""))
        }
        ["publish_at", ..] => (group.first(), "tayang_pada"),
        ["cutoff_hours" | "cutoff_days" | "cutoff_time", ..] => (group.first(), "batas_pesan"),
        [member, ..] => {
            let column = named(Part::Product, member).or_else(|| named(Part::Plan, member));
            (group.first(), column.unwrap_or(""))
        }
        [] => (group.first(), ""),
    }
}

fn unknown_part() -> Fault {
    Fault::new("unknown-part", "SKU bagian tidak ditemukan.", "There is no article of this SKU.")
}

fn not_daily() -> Fault {
    Fault::new(
        "not-daily",
        "Porsi harian hanya untuk mode_stok daily.",
        "Portions of a day are for the stock mode daily only.",
    )
}

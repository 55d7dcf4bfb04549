//! Products as the engines get them, in four statements a batch.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use crate::catalog::entity::{product, translation, variant};
use crate::catalog::model::Tree;
use crate::catalog::query::{categories, public, relations};
use crate::kernel::{CategoryId, ProductId, Rupiah, VendorId, region};
use crate::platform::search::ProductDoc;
use crate::vendors::entity::vendor;

/// What became of a batch of changed products.
#[derive(Debug, Default)]
pub struct Documents {
    /// Products the public sees, as they are now.
    pub upserts: Vec<ProductDoc>,
    /// Products the public does not see (any more).
    pub deletes: Vec<Uuid>,
}

#[derive(FromQueryResult)]
struct ProductRow {
    id: ProductId,
    category_id: CategoryId,
    title: String,
    description: String,
    attributes: String,
    unit: String,
    in_stock: bool,
    price_min: Rupiah,
    price_max: Rupiah,
    rating: i32,
    created_at: DateTime<Utc>,
    published_at: Option<DateTime<Utc>>,
    vendor_id: VendorId,
    vendor_slug: String,
    vendor_name: String,
    district_code: String,
}

#[derive(FromQueryResult)]
struct VariantRow {
    product_id: ProductId,
    sku: String,
    options: String,
}

/// Reads products by id.
pub async fn load(db: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Documents, DbErr> {
    if ids.is_empty() {
        return Ok(Documents::default());
    }
    let rows = products(db, ids).await?;
    let mut variants: HashMap<ProductId, Vec<VariantRow>> = HashMap::new();
    for row in variants_of(db, ids).await? {
        variants.entry(row.product_id).or_default().push(row);
    }
    let mut translations: HashMap<ProductId, Vec<(String, String)>> = HashMap::new();
    let of = translation::Column::ProductId.is_in(ids.iter().copied());
    for row in translation::Entity::find().filter(of).all(db).await? {
        translations.entry(row.product_id).or_default().push((row.title, row.description));
    }
    let tree = categories::tree(db).await?;
    let seen: std::collections::HashSet<ProductId> = rows.iter().map(|row| row.id).collect();
    let upserts = rows.into_iter().map(|row| {
        let variants = variants.remove(&row.id).unwrap_or_default();
        let translations = translations.remove(&row.id).unwrap_or_default();
        ProductDoc { translations, ..document(row, &variants, &tree) }
    });
    Ok(Documents {
        upserts: upserts.collect(),
        deletes: ids.iter().filter(|id| !seen.contains(id)).map(|id| id.0).collect(),
    })
}

async fn products(db: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Vec<ProductRow>, DbErr> {
    use product::Column;
    public::visible()
        .columns([
            Column::Id,
            Column::CategoryId,
            Column::Title,
            Column::Description,
            Column::Attributes,
            Column::Unit,
            Column::PriceMin,
            Column::PriceMax,
            Column::Rating,
            Column::CreatedAt,
            Column::PublishedAt,
            Column::VendorId,
        ])
        .expr_as(relations::in_stock(), "in_stock")
        .column_as(vendor::Column::Slug, "vendor_slug")
        .column_as(vendor::Column::Name, "vendor_name")
        .column_as(vendor::Column::DistrictCode, "district_code")
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_model()
        .all(db)
        .await
}

async fn variants_of(db: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Vec<VariantRow>, DbErr> {
    use variant::Column;
    variant::Entity::find()
        .select_only()
        .columns([Column::ProductId, Column::Sku, Column::Options])
        .filter(Column::ProductId.is_in(ids.iter().copied()))
        .into_model()
        .all(db)
        .await
}

fn document(row: ProductRow, variants: &[VariantRow], tree: &Tree) -> ProductDoc {
    let path = tree.path(row.category_id);
    let names = path.iter().flat_map(|category| [&category.name_id, &category.name_en]);
    let mut options: Vec<String> =
        variants.iter().flat_map(|variant| facts(&variant.options).into_values()).collect();
    options.sort_unstable();
    options.dedup();
    ProductDoc {
        product_id: row.id.0,
        category_path: path.iter().map(|category| category.slug.clone()).collect(),
        category_names: names.filter(|name| !name.is_empty()).cloned().collect(),
        vendor_id: row.vendor_id.0,
        vendor_slug: row.vendor_slug,
        vendor_name: row.vendor_name,
        district_name: region::name_of(&row.district_code).unwrap_or_default().to_owned(),
        district_code: row.district_code,
        price_min: row.price_min.get(),
        price_max: row.price_max.get(),
        in_stock: row.in_stock,
        rating: row.rating,
        created_at_ms: row.published_at.unwrap_or(row.created_at).timestamp_millis(),
        attributes: facts(&row.attributes).into_iter().collect(),
        options,
        sku: variants.iter().map(|variant| variant.sku.clone()).collect(),
        title: row.title,
        description: row.description,
        translations: Vec::new(),
        unit: row.unit,
    }
}

/// A JSON object of texts; anything else in it is written out, and a broken one says nothing.
fn facts(json: &str) -> BTreeMap<String, String> {
    let object: BTreeMap<String, Value> = serde_json::from_str(json).unwrap_or_default();
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Array(values) => {
            let texts =
                values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            texts.collect::<Vec<_>>().join("|")
        }
        other => other.to_string(),
    };
    object.into_iter().map(|(name, value)| (name, text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::facts;

    #[test]
    fn facts_are_texts_whatever_was_stored() {
        let found = facts(r#"{"bahan":"katun","ukuran":["S","M"],"tkdn":41.5,"halal":null}"#);
        let pairs: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("bahan", "katun"), ("halal", ""), ("tkdn", "41.5"), ("ukuran", "S|M")]);
        assert!(facts("not json").is_empty());
    }
}

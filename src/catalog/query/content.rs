//! What the public reads and sees of products, in the members of `model::content`.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};

use crate::catalog::entity::{category, image, product, translation, variant};
use crate::catalog::model::Attributes;
use crate::catalog::model::content::{Place, Text, Texts};
use crate::catalog::model::personal::stored_fields;
use crate::catalog::model::tongue::Tongue;
use crate::kernel::ProductId;

/// The content of one product.
pub async fn content_of(db: &impl ConnectionTrait, product: &product::Model) -> Result<Value, DbErr> {
    Ok(contents(db, std::slice::from_ref(product)).await?.pop().unwrap_or_default())
}

/// The contents of some products, in their order; four statements.
pub async fn contents(db: &impl ConnectionTrait, products: &[product::Model]) -> Result<Vec<Value>, DbErr> {
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let categories = category::Entity::find()
        .filter(category::Column::Id.is_in(products.iter().map(|product| product.category_id)))
        .all(db)
        .await?;
    let variants = variant::Entity::find()
        .filter(variant::Column::ProductId.is_in(ids.iter().copied()))
        .order_by_asc(variant::Column::Position)
        .order_by_asc(variant::Column::Id)
        .all(db)
        .await?;
    let images = image::Entity::find()
        .filter(image::Column::ProductId.is_in(ids.iter().copied()))
        .order_by_asc(image::Column::Position)
        .all(db)
        .await?;
    let translations =
        translation::Entity::find().filter(translation::Column::ProductId.is_in(ids)).all(db).await?;
    Ok(products
        .iter()
        .map(|product| {
            let category = categories.iter().find(|category| category.id == product.category_id);
            let mut content = own(product, category);
            let of = variants.iter().filter(|row| row.product_id == product.id).map(variant_texts);
            content.insert("variants".to_owned(), of.collect());
            let images = images.iter().filter(|row| row.product_id == product.id);
            content.insert("images".to_owned(), json!(places(images)));
            let translations = translations.iter().filter(|row| row.product_id == product.id);
            content.insert("translations".to_owned(), json!(translated(translations)));
            Value::Object(content)
        })
        .collect())
}

fn own(product: &product::Model, category: Option<&category::Model>) -> Map<String, Value> {
    let content = json!({
        "title": product.title,
        "description": product.description,
        "category": category.map(|category| &category.slug),
        "attributes": Attributes::decode(&product.attributes).into_map(),
        "unit": product.unit,
        "personalisation": stored_fields(&product.personalisation),
        "slug": product.slug,
    });
    match content {
        Value::Object(content) => content,
        _ => Map::new(),
    }
}

fn variant_texts(row: &variant::Model) -> Value {
    json!({"id": row.id, "sku": row.sku, "options": Attributes::decode(&row.options).into_map()})
}

/// Pictures with what is to be seen on them.
pub fn places<'a>(images: impl IntoIterator<Item = &'a image::Model>) -> Vec<Place> {
    images.into_iter().map(|image| Place { id: image.id, alt: image.alt.clone() }).collect()
}

/// Translations by language.
pub fn translated<'a>(rows: impl IntoIterator<Item = &'a translation::Model>) -> Texts {
    let mut texts = Texts::default();
    for row in rows {
        let text = Some(Text { title: row.title.clone(), description: row.description.clone() });
        match row.lang {
            Tongue::En => texts.en = text,
            Tongue::De => texts.de = text,
            Tongue::Id => {}
        }
    }
    texts
}

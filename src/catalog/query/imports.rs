//! Imports of a shop and their reports, and its products as lines of a list.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::relations::stock_of_variant;
use crate::catalog::entity::{category, image, import, import_note, product, stock, variant};
use crate::catalog::error::CatalogError;
use crate::kernel::{Cursor, Page, ProductId, ProductImportId, VendorId};
use crate::web::query::PageOf;

/// Products of one round of statements.
const AT_ONCE: u64 = 500;

/// The imports of a shop, the newest first.
pub async fn list(
    conn: &impl ConnectionTrait,
    vendor_id: VendorId,
    page: &PageOf,
) -> Result<Page<import::Model>, DbErr> {
    let after = page.after.as_ref().map(|after| import::Column::Id.lt(ProductImportId(after.id)));
    let rows = import::Entity::find()
        .filter(import::Column::VendorId.eq(vendor_id))
        .filter(Condition::all().add_option(after))
        .order_by_desc(import::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// One import of a shop.
pub async fn find(
    conn: &impl ConnectionTrait,
    vendor_id: VendorId,
    id: ProductImportId,
) -> Result<import::Model, CatalogError> {
    let found = import::Entity::find_by_id(id).filter(import::Column::VendorId.eq(vendor_id)).one(conn);
    found.await?.ok_or(CatalogError::NotFound)
}

/// Why lines were not taken, in the order of the file.
pub async fn notes(
    conn: &impl ConnectionTrait,
    id: ProductImportId,
) -> Result<Vec<import_note::Model>, DbErr> {
    import_note::Entity::find()
        .filter(import_note::Column::ImportId.eq(id))
        .order_by_asc(import_note::Column::Line)
        .order_by_asc(import_note::Column::Id)
        .all(conn)
        .await
}

/// A product with everything that its lines say.
pub struct Exported {
    pub product: product::Model,
    pub category: String,
    pub variants: Vec<(variant::Model, stock::Model)>,
    pub images: Vec<image::Model>,
}

/// The next products of a shop, the oldest first, in three statements; none after the last.
pub async fn exported(
    conn: &impl ConnectionTrait,
    vendor_id: VendorId,
    after: Option<ProductId>,
) -> Result<Vec<Exported>, DbErr> {
    let after = after.map(|after| product::Column::Id.gt(after));
    let category: sea_orm::RelationDef = super::relations::category_of_product();
    let products = product::Entity::find()
        .join(JoinType::InnerJoin, category)
        .select_also(category::Entity)
        .filter(product::Column::VendorId.eq(vendor_id))
        .filter(Condition::all().add_option(after))
        .order_by_asc(product::Column::Id)
        .limit(AT_ONCE)
        .all(conn)
        .await?;
    let ids: Vec<ProductId> = products.iter().map(|(product, _)| product.id).collect();
    let found = variant::Entity::find()
        .join(JoinType::InnerJoin, stock_of_variant())
        .select_also(stock::Entity)
        .filter(variant::Column::ProductId.is_in(ids.iter().copied()))
        .order_by_asc(variant::Column::Position)
        .order_by_asc(variant::Column::Id)
        .all(conn)
        .await?;
    let mut variants: HashMap<ProductId, Vec<(variant::Model, stock::Model)>> = HashMap::new();
    for (variant, stock) in found {
        if let Some(stock) = stock {
            variants.entry(variant.product_id).or_default().push((variant, stock));
        }
    }
    let found = image::Entity::find()
        .filter(image::Column::ProductId.is_in(ids))
        .order_by_asc(image::Column::Position)
        .all(conn)
        .await?;
    let mut images: HashMap<ProductId, Vec<image::Model>> = HashMap::new();
    for image in found {
        images.entry(image.product_id).or_default().push(image);
    }
    let whole = |(product, category): (product::Model, Option<category::Model>)| Exported {
        category: category.map(|category| category.slug).unwrap_or_default(),
        variants: variants.remove(&product.id).unwrap_or_default(),
        images: images.remove(&product.id).unwrap_or_default(),
        product,
    };
    Ok(products.into_iter().map(whole).collect())
}

//! Reads. The public sees published products of shops that may be found; members see those of their own shop.

pub mod attributes;
pub mod bundles;
pub mod categories;
pub mod content;
pub mod imports;
pub mod listed;
pub mod listing;
pub mod meals;
pub mod member;
pub mod public;
pub mod relations;
pub mod shelf;
pub mod translations;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::{image, product, variant};
use super::error::CatalogError;
use crate::kernel::{ProductId, VariantId, VendorId};
use crate::vendors::entity::vendor;

/// True if this may be a slug; anything else is not worth a question, and NUL is one that PostgreSQL does not take.
fn is_slug(text: &str) -> bool {
    (1..=120).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A product of this shop.
pub async fn product_of(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    product::Entity::find_by_id(product_id)
        .filter(product::Column::VendorId.eq(vendor_id))
        .one(db)
        .await?
        .ok_or(CatalogError::NotFound)
}

/// True if everybody can see this product of the shop.
pub async fn is_offered(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<bool, DbErr> {
    let found = product::Entity::find_by_id(product_id)
        .filter(product::Column::VendorId.eq(vendor_id))
        .filter(product::Column::Status.eq(product::Status::Published))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// A product of any shop, for the office.
pub async fn any_product(
    db: &impl ConnectionTrait,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    product::Entity::find_by_id(product_id).one(db).await?.ok_or(CatalogError::NotFound)
}

/// A product of this shop, held until the transaction ends: whoever edits, decides or moves it waits. The shop is held
/// first, together with others who do so, so that nobody judges its papers meanwhile.
pub async fn held_product(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    vendor::Entity::find_by_id(vendor_id).lock_shared().one(txn).await?;
    product::Entity::find_by_id(product_id)
        .filter(product::Column::VendorId.eq(vendor_id))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(CatalogError::NotFound)
}

/// The same of any shop.
pub async fn held_product_of_any(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    let seen = any_product(txn, product_id).await?;
    held_product(txn, seen.vendor_id, product_id).await
}

/// A variant of this shop.
pub async fn variant_of(
    db: &impl ConnectionTrait,
    vendor_id: VendorId,
    variant_id: VariantId,
) -> Result<variant::Model, CatalogError> {
    variant::Entity::find_by_id(variant_id)
        .filter(variant::Column::VendorId.eq(vendor_id))
        .one(db)
        .await?
        .ok_or(CatalogError::NotFound)
}

/// The pictures of a product, in their order.
pub async fn images_of(db: &impl ConnectionTrait, product_id: ProductId) -> Result<Vec<image::Model>, DbErr> {
    image::Entity::find()
        .filter(image::Column::ProductId.eq(product_id))
        .order_by_asc(image::Column::Position)
        .all(db)
        .await
}

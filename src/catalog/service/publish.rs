//! Putting a product before the public, and taking it away.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{self, Column, Entity, Status};
use crate::catalog::error::CatalogError;
use crate::catalog::query::product_of;
use crate::kernel::{ProductId, VendorId};
use crate::vendors::entity::vendor;

/// Publishes a product, or hands it to an officer where the installation moderates. Doing it again changes nothing.
pub async fn publish(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let before = product_of(&txn, vendor_id, product_id).await?;
    let shop = vendor::Entity::find_by_id(vendor_id).one(&txn).await?;
    if shop.is_none_or(|shop| shop.status != vendor::Status::Active) {
        return Err(CatalogError::VendorNotActive);
    }
    let to = match before.status {
        Status::Published | Status::InReview => before.status,
        Status::Draft | Status::Archived if app.config.catalog.moderation => Status::InReview,
        Status::Draft | Status::Archived => Status::Published,
    };
    let product = set_status(&txn, before, to, app.now()).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// Takes a product away from the public. Doing it again changes nothing.
pub async fn archive(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let before = product_of(&txn, vendor_id, product_id).await?;
    let product = set_status(&txn, before, Status::Archived, app.now()).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// Moves a product from the status it was seen in, and tells the index.
pub(super) async fn set_status(
    txn: &DatabaseTransaction,
    mut product: product::Model,
    to: Status,
    now: DateTime<Utc>,
) -> Result<product::Model, CatalogError> {
    let from = product.status;
    if from == to {
        return Ok(product);
    }
    if to == Status::Published {
        product.published_at = Some(now);
    }
    product.status = to;
    product.updated_at = now;
    let row = product::ActiveModel {
        status: Set(to),
        updated_at: Set(now),
        published_at: Set(product.published_at),
        ..Default::default()
    };
    let moved = Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(product.id))
        .filter(Column::Status.eq(from))
        .exec(txn)
        .await?;
    if moved.rows_affected != 1 {
        return Err(CatalogError::WrongStatus(from));
    }
    changes::touched(txn, [product.id], now).await?;
    Ok(product)
}

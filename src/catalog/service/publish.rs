//! Putting a product before the public, at once or at a time, and taking it away.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::papers::settle_one;
use super::revise::abandon;
use super::values;
use super::words::check_product;
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{self, Column, Entity, Status};
use crate::catalog::entity::schedule;
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::jobs::PublishScheduled;
use crate::catalog::model::life::Mover;
use crate::catalog::query::{held_product, held_product_of_any};
use crate::kernel::{ProductId, VendorId};
use crate::platform::jobs::{NewJob, enqueue, forget_queued};
use crate::vendors::entity::vendor;

/// Publishes a product, or hands it to an officer where the installation moderates. Doing it again changes nothing.
pub async fn publish(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let product = publish_in(&txn, app, (vendor_id, product_id)).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// The same in a transaction of the caller.
pub(in crate::catalog) async fn publish_in(
    txn: &DatabaseTransaction,
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let mut before = held_product(txn, vendor_id, product_id).await?;
    check_shop(txn, vendor_id).await?;
    check_product(txn, &mut before).await?;
    let held = is_held_back(app, &before);
    let to = match before.status {
        Status::Published | Status::InReview | Status::OnHold => before.status,
        Status::Draft | Status::Archived if held => Status::InReview,
        // What is scheduled was looked at when it was scheduled.
        Status::Draft | Status::Archived | Status::Scheduled => Status::Published,
    };
    if to != before.status {
        values::check_stored(txn, &before).await?;
    }
    if to == Status::Published || before.status != to {
        forget_schedule(txn, product_id).await?;
    }
    let product = set_status(txn, before, (to, Mover::Shop), now).await?;
    settle_one(txn, app, product).await
}

/// Lets a product be published at a time to come. Where the installation moderates, an officer looks at it until then.
pub async fn schedule(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    publish_at: DateTime<Utc>,
) -> Result<product::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let product = schedule_in(&txn, app, (vendor_id, product_id), publish_at).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// The same in a transaction of the caller.
pub(in crate::catalog) async fn schedule_in(
    txn: &DatabaseTransaction,
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    publish_at: DateTime<Utc>,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let mut before = held_product(txn, vendor_id, product_id).await?;
    may_go_out(txn, &mut before).await?;
    let held = is_held_back(app, &before);
    let to = match before.status {
        Status::Scheduled | Status::InReview => before.status,
        _ if held => Status::InReview,
        _ => Status::Scheduled,
    };
    let row = schedule::ActiveModel { product_id: Set(product_id), publish_at: Set(publish_at) };
    let anew =
        OnConflict::column(schedule::Column::ProductId).update_column(schedule::Column::PublishAt).to_owned();
    schedule::Entity::insert(row).on_conflict(anew).exec_without_returning(txn).await?;
    let job = PublishScheduled { product_id };
    // However often a shop thinks better of it, one job waits.
    forget_queued::<App, _>(txn, &job).await?;
    enqueue(txn, vec![NewJob::at::<App, _>(now, publish_at, &job)?]).await?;
    set_status(txn, before, (to, Mover::Shop), now).await
}

/// Publishes what is due. A job that was overtaken by another time, or by the shop, does nothing.
pub async fn publish_due(app: &App, product_id: ProductId) -> Result<(), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut product = match held_product_of_any(&txn, product_id).await {
        Err(CatalogError::NotFound) => return Ok(()),
        held => held?,
    };
    let due = scheduled_for(&txn, product_id).await?;
    if due.is_none_or(|due| due > now) {
        return Ok(());
    }
    // An officer who is late publishes at once.
    if product.status != Status::Scheduled {
        return Ok(());
    }
    let to = match may_go_out(&txn, &mut product).await {
        Ok(()) => Status::Published,
        // The job tries again.
        Err(CatalogError::Db(error)) => return Err(error.into()),
        Err(_) => Status::Draft,
    };
    forget_schedule(&txn, product_id).await?;
    let product = set_status(&txn, product, (to, Mover::Clock), now).await?;
    settle_one(&txn, app, product).await?;
    app.commit(txn).await?;
    Ok(())
}

async fn may_go_out(txn: &DatabaseTransaction, product: &mut product::Model) -> Result<(), CatalogError> {
    check_shop(txn, product.vendor_id).await?;
    check_product(txn, product).await?;
    values::check_stored(txn, product).await
}

/// Takes a product away from the public. Doing it again changes nothing.
pub async fn archive(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    back(app, (vendor_id, product_id), (None, Status::Archived)).await
}

/// Makes a product a draft again: published, scheduled, in review or archived. Doing it again changes nothing.
pub async fn unpublish(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    back(app, (vendor_id, product_id), (None, Status::Draft)).await
}

/// Takes a product out of the archive. Doing it again changes nothing.
pub async fn unarchive(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    back(app, (vendor_id, product_id), (Some(Status::Archived), Status::Draft)).await
}

async fn back(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    (from, to): (Option<Status>, Status),
) -> Result<product::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let product = back_in(&txn, (vendor_id, product_id), (from, to), app.now()).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// The same in a transaction of the caller. `from`: only out of that status.
pub(in crate::catalog) async fn back_in(
    txn: &DatabaseTransaction,
    (vendor_id, product_id): (VendorId, ProductId),
    (from, to): (Option<Status>, Status),
    now: DateTime<Utc>,
) -> Result<product::Model, CatalogError> {
    let before = held_product(txn, vendor_id, product_id).await?;
    if from.is_some_and(|from| before.status != from && before.status != to) {
        return Err(CatalogError::WrongStatus(before.status));
    }
    forget_schedule(txn, product_id).await?;
    // What waits was written for the product that the public saw.
    abandon(txn, product_id, now).await?;
    set_status(txn, before, (to, Mover::Shop), now).await
}

/// True if an officer looks at a product before the public does.
fn is_held_back(app: &App, product: &product::Model) -> bool {
    product.needs_review || app.config.catalog.moderation.holds_back(product.published_at.is_some())
}

/// When a product is to be published, if it is.
pub(super) async fn scheduled_for(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<Option<DateTime<Utc>>, CatalogError> {
    Ok(schedule::Entity::find_by_id(product_id).one(txn).await?.map(|row| row.publish_at))
}

pub(super) async fn forget_schedule(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<(), CatalogError> {
    schedule::Entity::delete_by_id(product_id).exec(txn).await?;
    Ok(())
}

async fn check_shop(txn: &DatabaseTransaction, vendor_id: VendorId) -> Result<(), CatalogError> {
    let shop = vendor::Entity::find_by_id(vendor_id).one(txn).await?;
    match shop {
        Some(shop) if shop.status == vendor::Status::Active => Ok(()),
        _ => Err(CatalogError::VendorNotActive),
    }
}

/// Counts a change of what the public reads and sees of a held product, and tells the index. What was looked at before its
/// time has come is looked at again. Returns the version after it.
pub(super) async fn count_change(
    txn: &DatabaseTransaction,
    app: &App,
    product: product::Model,
    now: DateTime<Utc>,
) -> Result<i32, CatalogError> {
    let version = product.version + 1;
    let row = product::ActiveModel { version: Set(version), updated_at: Set(now), ..Default::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(product.id)).exec(txn).await?;
    changes::touched(txn, [product.id], now).await?;
    look_again(txn, app, product, now).await?;
    Ok(version)
}

/// What was looked at before its time has come is looked at again once it is another.
pub(super) async fn look_again(
    txn: &DatabaseTransaction,
    app: &App,
    product: product::Model,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    if app.config.catalog.moderation.looks_again(product.status) {
        set_status(txn, product, (Status::InReview, Mover::Shop), now).await?;
    }
    Ok(())
}

/// Moves a product that is held from its status, and tells the index.
pub(super) async fn set_status(
    txn: &DatabaseTransaction,
    mut product: product::Model,
    (to, mover): (Status, Mover),
    now: DateTime<Utc>,
) -> Result<product::Model, CatalogError> {
    let from = product.status;
    if from == to {
        return Ok(product);
    }
    if !from.may_become(to, mover) {
        return Err(CatalogError::WrongStatus(from));
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
    if from == Status::Published || to == Status::Published {
        changes::bundles_of(txn, &[product.id], now).await?;
    }
    Ok(product)
}

/// A time to come within a year.
pub fn check_publish_at(publish_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), ListingError> {
    let latest = now + chrono::Duration::days(365);
    if publish_at > now && publish_at <= latest { Ok(()) } else { Err(ListingError::PublishAt) }
}

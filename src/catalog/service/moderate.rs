//! An officer decides about a product: one in review, or one that the public should not see any longer.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::papers::settle_one;
use super::publish::{forget_schedule, scheduled_for, set_status};
use super::revise::abandon;
use super::told;
use super::values::check_stored;
use super::words::check_product;
use crate::app::App;
use crate::catalog::entity::product::{self, Status};
use crate::catalog::entity::review;
use crate::catalog::error::CatalogError;
use crate::catalog::jobs::ProductDecided;
use crate::catalog::model::life::Mover;
use crate::catalog::query::held_product_of_any;
use crate::kernel::{ProductId, ProductReviewId, UserId};
use crate::platform::audit::{self, Deed, Who};

/// What the officer decides.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Published, or back to the shop.
    pub approve: bool,
    /// Why; the shop reads it.
    pub note: Option<String>,
    /// The version that was looked at; another one is not decided about unseen.
    pub version: i32,
}

/// Writes the decision and moves the product.
pub async fn decide(
    app: &App,
    (actor, who): (UserId, &Who),
    product_id: ProductId,
    decision: Decision,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut before = held_product_of_any(&txn, product_id).await?;
    if before.status != Status::InReview {
        return Err(CatalogError::WrongStatus(before.status));
    }
    if decision.version != before.version {
        return Err(CatalogError::Stale);
    }
    if decision.approve {
        check_product(&txn, &mut before).await?;
        check_stored(&txn, &before).await?;
        mark(&txn, &mut before, false).await?;
    }
    let to = match scheduled_for(&txn, product_id).await? {
        _ if !decision.approve => Status::Draft,
        Some(publish_at) if publish_at > now => Status::Scheduled,
        _ => Status::Published,
    };
    if to != Status::Scheduled {
        forget_schedule(&txn, product_id).await?;
    }
    let action = if decision.approve { "product.approved" } else { "product.rejected" };
    write_down(&txn, app, (actor, who, action), (&before, to, decision.note), now).await?;
    let product = set_status(&txn, before, (to, Mover::Office), now).await?;
    let product = settle_one(&txn, app, product).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// Takes a product away from the public; it is looked at before the public sees it again.
pub async fn take_down(
    app: &App,
    (actor, who): (UserId, &Who),
    product_id: ProductId,
    note: String,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let product = take_down_in(&txn, app, (actor, who), (product_id, note), now).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// The same in the transaction of whoever has a reason for it.
pub(super) async fn take_down_in(
    txn: &DatabaseTransaction,
    app: &App,
    (actor, who): (UserId, &Who),
    (product_id, note): (ProductId, String),
    now: DateTime<Utc>,
) -> Result<product::Model, CatalogError> {
    let mut before = held_product_of_any(txn, product_id).await?;
    if !before.status.was_shown() {
        return Err(CatalogError::WrongStatus(before.status));
    }
    abandon(txn, product_id, now).await?;
    mark(txn, &mut before, true).await?;
    let seen = (&before, Status::Draft, Some(note));
    write_down(txn, app, (actor, who, "product.taken_down"), seen, now).await?;
    set_status(txn, before, (Status::Draft, Mover::Office), now).await
}

/// Whether a product is looked at before it is published, whatever the rule is.
async fn mark(
    txn: &DatabaseTransaction,
    product: &mut product::Model,
    needs_review: bool,
) -> Result<(), CatalogError> {
    if product.needs_review != needs_review {
        product.needs_review = needs_review;
        let row = product::ActiveModel { needs_review: Set(needs_review), ..Default::default() };
        product::Entity::update_many().set(row).filter(product::Column::Id.eq(product.id)).exec(txn).await?;
    }
    Ok(())
}

/// Keeps a decision, and tells the owners.
async fn write_down(
    txn: &DatabaseTransaction,
    app: &App,
    (actor, who, action): (UserId, &Who, &'static str),
    (before, to, note): (&product::Model, Status, Option<String>),
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let review_id = ProductReviewId::generate();
    let row = review::ActiveModel {
        id: Set(review_id),
        product_id: Set(before.id),
        from_status: Set(before.status),
        to_status: Set(to),
        note: Set(note),
        actor_id: Set(actor),
        created_at: Set(now),
    };
    review::Entity::insert(row).exec_without_returning(txn).await?;
    let detail = json!({"version": before.version});
    let deed = Deed { action, object: ("product", before.id.into()), detail };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    told::owners(txn, before.vendor_id, now, |owner_id| ProductDecided { review_id, owner_id }).await
}

//! Edits of published products that wait for an officer. What waits is the request itself; approving it makes the edit.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::{Value, json};

use super::edit::{Seen, apply};
use super::papers::settle_one;
use crate::app::App;
use crate::catalog::entity::product;
use crate::catalog::entity::revision::{self, Status};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::model::{ProductPatch, diff};
use crate::catalog::query::product_of;
use crate::kernel::{ProductId, ProductRevisionId, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};

/// Keeps an edit until somebody decides; a further edit is added to the one that waits.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    seen: &Seen,
    edit: Value,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let edit = diff::said(edit);
    if let Some(waiting) = pending(txn, seen.product_id).await? {
        let earlier = serde_json::from_str(&waiting.edit).unwrap_or_default();
        revision::Entity::update_many()
            .col_expr(revision::Column::Edit, Expr::value(diff::join(earlier, edit).to_string()))
            .col_expr(revision::Column::UpdatedAt, Expr::value(now))
            .filter(revision::Column::Id.eq(waiting.id))
            .exec(txn)
            .await?;
        return Ok(());
    }
    let row = revision::ActiveModel {
        id: Set(ProductRevisionId::generate()),
        product_id: Set(seen.product_id),
        vendor_id: Set(seen.vendor_id),
        status: Set(Status::Pending),
        edit: Set(edit.to_string()),
        note: Set(None),
        created_by: Set(seen.actor),
        created_at: Set(now),
        updated_at: Set(now),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    revision::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// What the edit says that waits, if there is one.
pub(in crate::catalog) async fn waiting_edit(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<Option<Value>, CatalogError> {
    let waiting = pending(txn, product_id).await?;
    Ok(waiting.map(|waiting| serde_json::from_str(&waiting.edit).unwrap_or_default()))
}

/// The edit that waits, if there is one; whoever else decides about it waits, too.
async fn pending(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<Option<revision::Model>, CatalogError> {
    Ok(revision::Entity::find()
        .filter(revision::Column::ProductId.eq(product_id))
        .filter(revision::Column::Status.eq(Status::Pending))
        .lock_exclusive()
        .one(txn)
        .await?)
}

/// Makes the edit that waits, on the product as it is now. `patch` is what the edit `id` says.
pub async fn approve_revision(
    app: &App,
    (by, who): (UserId, &Who),
    (product_id, id): (ProductId, ProductRevisionId),
    patch: ProductPatch,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let waiting = pending(&txn, product_id).await?.ok_or(ListingError::NothingWaits)?;
    // Somebody edited it while the officer looked.
    if waiting.id != id {
        return Err(CatalogError::Stale);
    }
    let before = product_of(&txn, waiting.vendor_id, product_id).await?;
    let seen =
        Seen { vendor_id: waiting.vendor_id, product_id, version: before.version, actor: waiting.created_by };
    apply(&txn, &before, &seen, patch, now).await?;
    end(&txn, &waiting, (Status::Approved, None), (Some(by), now)).await?;
    record(&txn, app, who, (&waiting, "product_revision.approved"), now).await?;
    let product = product_of(&txn, waiting.vendor_id, product_id).await?;
    // Another category may need other papers.
    let product = settle_one(&txn, app, product).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// Leaves the product as it is.
pub async fn reject_revision(
    app: &App,
    (by, who): (UserId, &Who),
    product_id: ProductId,
    note: String,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let waiting = pending(&txn, product_id).await?.ok_or(ListingError::NothingWaits)?;
    end(&txn, &waiting, (Status::Rejected, Some(note)), (Some(by), now)).await?;
    record(&txn, app, who, (&waiting, "product_revision.rejected"), now).await?;
    let product = product_of(&txn, waiting.vendor_id, product_id).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// The shop takes its edit back.
pub async fn withdraw_revision(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let product = product_of(&txn, vendor_id, product_id).await?;
    let waiting = pending(&txn, product_id).await?.ok_or(ListingError::NothingWaits)?;
    end(&txn, &waiting, (Status::Withdrawn, None), (None, app.now())).await?;
    app.commit(txn).await?;
    Ok(product)
}

async fn end(
    txn: &DatabaseTransaction,
    waiting: &revision::Model,
    (to, note): (Status, Option<String>),
    (by, now): (Option<UserId>, DateTime<Utc>),
) -> Result<(), CatalogError> {
    let ended = revision::Entity::update_many()
        .col_expr(revision::Column::Status, Expr::value(to))
        .col_expr(revision::Column::Note, Expr::value(note))
        .col_expr(revision::Column::DecidedBy, Expr::value(by))
        .col_expr(revision::Column::DecidedAt, Expr::value(now))
        .filter(revision::Column::Id.eq(waiting.id))
        .filter(revision::Column::Status.eq(Status::Pending))
        .exec(txn)
        .await?;
    if ended.rows_affected == 1 { Ok(()) } else { Err(ListingError::NothingWaits.into()) }
}

async fn record(
    txn: &DatabaseTransaction,
    app: &App,
    who: &Who,
    (waiting, action): (&revision::Model, &'static str),
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let detail = json!({"product_id": waiting.product_id, "vendor_id": waiting.vendor_id});
    let deed = Deed { action, object: ("product_revision", waiting.id.into()), detail };
    Ok(audit::record(txn, &app.sealer, who, deed, now).await?)
}

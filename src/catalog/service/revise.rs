//! Edits of published products that wait for an officer: what they are to change of what the public reads and sees.
//! Approving one makes it. Where a product and its edit are both held, the product is held first.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::{Value, json};

use super::edit::{Seen, apply};
use super::names::{put_slug, put_translations};
use super::papers::settle_one;
use super::waiting::{discard_waiting, put_images};
use super::words::refuse;
use super::{SKU, told};
use crate::app::App;
use crate::catalog::entity::product;
use crate::catalog::entity::revision::{self, Status};
use crate::catalog::error::{CatalogError, ListingError};
use crate::catalog::jobs::RevisionDecided;
use crate::catalog::model::content::{Beside, take_beside};
use crate::catalog::model::{ProductPatch, diff};
use crate::catalog::query::{held_product, held_product_of_any, product_of};
use crate::kernel::{ProductId, ProductRevisionId, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};

/// How a request that was kept is read again; nothing if it is none any more.
pub type ReadEdit = fn(Value) -> Option<ProductPatch>;

/// The edit that an officer looked at, in the version that was shown.
#[derive(Clone, Copy, Debug)]
pub struct SeenRevision {
    pub id: ProductRevisionId,
    pub version: i32,
}

/// Keeps a change of a held product until somebody decides; it is added to what waits already. Returns all that waits.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    (product, actor): (&product::Model, UserId),
    change: Value,
    now: DateTime<Utc>,
) -> Result<Value, CatalogError> {
    if let Some(waiting) = pending(txn, product.id).await? {
        let edit = diff::join(content_of(&waiting), change);
        revision::Entity::update_many()
            .col_expr(revision::Column::Edit, Expr::value(edit.to_string()))
            .col_expr(revision::Column::Version, Expr::col(revision::Column::Version).add(1))
            .col_expr(revision::Column::UpdatedBy, Expr::value(actor))
            .col_expr(revision::Column::UpdatedAt, Expr::value(now))
            .filter(revision::Column::Id.eq(waiting.id))
            .exec(txn)
            .await?;
        return Ok(edit);
    }
    let row = revision::ActiveModel {
        id: Set(ProductRevisionId::generate()),
        product_id: Set(product.id),
        vendor_id: Set(product.vendor_id),
        status: Set(Status::Pending),
        edit: Set(change.to_string()),
        note: Set(None),
        version: Set(1),
        created_by: Set(actor),
        updated_by: Set(actor),
        created_at: Set(now),
        updated_at: Set(now),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    revision::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(change)
}

/// What the edit says that waits, if there is one.
pub(in crate::catalog) async fn waiting_edit(
    txn: &DatabaseTransaction,
    product_id: ProductId,
) -> Result<Option<Value>, CatalogError> {
    Ok(pending(txn, product_id).await?.map(|waiting| content_of(&waiting)))
}

/// The edit of a held product that waits, if there is one.
pub(super) async fn pending(
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

/// What an edit is to change.
pub(super) fn content_of(waiting: &revision::Model) -> Value {
    serde_json::from_str(&waiting.edit).unwrap_or_default()
}

/// Makes the edit that waits, on the product as it is now.
pub async fn approve_revision(
    app: &App,
    (by, who): (UserId, &Who),
    product_id: ProductId,
    seen: SeenRevision,
    read: ReadEdit,
) -> Result<product::Model, CatalogError> {
    match approve(app, (by, who), product_id, seen, read).await {
        // Taken while the edit waited, or the product moved on.
        Err(CatalogError::Db(error)) if SKU.broken_by(&error) => Err(ListingError::DoesNotFit.into()),
        Err(CatalogError::Invalid(_) | CatalogError::Listing(ListingError::SlugTaken)) => {
            Err(ListingError::DoesNotFit.into())
        }
        done => done,
    }
}

async fn approve(
    app: &App,
    (by, who): (UserId, &Who),
    product_id: ProductId,
    seen: SeenRevision,
    read: ReadEdit,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (before, waiting) = looked_at(&txn, product_id, seen).await?;
    let edit = content_of(&waiting);
    refuse(&txn, &edit).await?;
    let (request, beside) = take_beside(edit);
    let patch = read(request).ok_or(ListingError::DoesNotFit)?;
    let version = before.version;
    let as_seen = Seen { vendor_id: before.vendor_id, product_id, version, actor: waiting.updated_by };
    apply(&txn, &before, &as_seen, patch, now).await?;
    lay(&txn, &before, beside, now).await?;
    end(&txn, &waiting, (Status::Approved, None), (Some(by), now)).await?;
    decided(&txn, app, who, (&before, &waiting, "product_revision.approved"), now).await?;
    let product = product_of(&txn, before.vendor_id, product_id).await?;
    // Another category may need other papers.
    let product = settle_one(&txn, app, product).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// Puts into place what waited beside the request.
async fn lay(
    txn: &DatabaseTransaction,
    product: &product::Model,
    beside: Beside,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    if let Some(texts) = beside.translations {
        put_translations(txn, product.id, &texts, now).await?;
    }
    if let Some(slug) = beside.slug {
        put_slug(txn, product, &slug, now).await?;
    }
    if let Some(places) = beside.images {
        put_images(txn, product.id, &places, now).await?;
    }
    Ok(())
}

/// Leaves the product as it is.
pub async fn reject_revision(
    app: &App,
    (by, who): (UserId, &Who),
    product_id: ProductId,
    seen: SeenRevision,
    note: String,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (product, waiting) = looked_at(&txn, product_id, seen).await?;
    end(&txn, &waiting, (Status::Rejected, Some(note)), (Some(by), now)).await?;
    decided(&txn, app, who, (&product, &waiting, "product_revision.rejected"), now).await?;
    app.commit(txn).await?;
    Ok(product)
}

/// A product and the edit of it, as an officer saw it.
async fn looked_at(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    seen: SeenRevision,
) -> Result<(product::Model, revision::Model), CatalogError> {
    let product = held_product_of_any(txn, product_id).await?;
    let waiting = pending(txn, product_id).await?.ok_or(ListingError::NothingWaits)?;
    // The shop added to it, or sent another one.
    if (waiting.id, waiting.version) != (seen.id, seen.version) {
        return Err(CatalogError::Stale);
    }
    Ok((product, waiting))
}

/// The shop takes its edit back.
pub async fn withdraw_revision(
    app: &App,
    vendor_id: VendorId,
    product_id: ProductId,
) -> Result<product::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let product = held_product(&txn, vendor_id, product_id).await?;
    if !abandon(&txn, product_id, now).await? {
        return Err(ListingError::NothingWaits.into());
    }
    app.commit(txn).await?;
    Ok(product)
}

/// Gives up what waits for a held product, if anything does.
pub(super) async fn abandon(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    now: DateTime<Utc>,
) -> Result<bool, CatalogError> {
    match pending(txn, product_id).await? {
        Some(waiting) => {
            end(txn, &waiting, (Status::Withdrawn, None), (None, now)).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Ends an edit; pictures that still wait are not needed any more.
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
    if ended.rows_affected != 1 {
        return Err(ListingError::NothingWaits.into());
    }
    discard_waiting(txn, waiting.product_id, now).await
}

/// Writes a decision down and tells the owners.
async fn decided(
    txn: &DatabaseTransaction,
    app: &App,
    who: &Who,
    (product, waiting, action): (&product::Model, &revision::Model, &'static str),
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let detail =
        json!({"product_id": product.id, "vendor_id": product.vendor_id, "version": waiting.version});
    let deed = Deed { action, object: ("product_revision", waiting.id.into()), detail };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    let revision_id = waiting.id;
    told::owners(txn, product.vendor_id, now, |owner_id| RevisionDecided { revision_id, owner_id }).await
}

//! Two shops become one, with their history.
//!
//! What may change moves: products, members, trainings, numbers, papers, what the shop says of itself. What is sealed or only grows stays as it was written and is
//! read along: orders and surveys of a shop are those of all shops that became it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, Iterable, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::{Value, json};

use crate::app::App;
use crate::catalog::entity::{alert, count, product, revision, variant};
use crate::catalog::service::settle_shop;
use crate::identity::entity::{invitation, membership};
use crate::kernel::{ProductId, TrainingId, UserId, VendorId, VendorMergeId};
use crate::office::entity::{claim, claim_code, participant, register};
use crate::office::error::{OfficeError, Refusal};
use crate::orders::entity::order;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::feed;
use crate::platform::sealed::Sealer;
use crate::vendors::VendorError;
use crate::vendors::entity::{merge, vendor};
use crate::vendors::service::{absorb, npwp, retire};
use crate::web::Caller;
use crate::web::authz::Scope;

/// Most SKUs that a refusal names.
const NAMED: u64 = 20;

/// What is to be merged, and why.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The shop that goes.
    pub from: VendorId,
    /// The shop that stays.
    pub into: VendorId,
    /// An officer's reason.
    pub reason: String,
}

/// Merges two shops, or says why not.
pub async fn merge(
    app: &App,
    (caller, who): (&Caller, &Who),
    wish: Merge,
) -> Result<(merge::Model, vendor::Model), OfficeError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (from, into) = lock(&txn, &wish).await?;
    let mut mine = [from.id, into.id].into_iter().flat_map(|id| caller.roles_in(Scope::Vendor, id.into()));
    if mine.next().is_some() {
        return Err(VendorError::OwnShop.into());
    }
    may_merge(&txn, &app.sealer, &from, &into).await?;
    let moved = follow(app, &txn, (&from, &into), now).await?;
    retire(&txn, from.id, (caller.user_id, &wish.reason), now).await?;
    let row = write(&txn, (&from, &wish), caller.user_id, &moved, now).await?;
    feed::vendor_changed(&txn, into.id, now).await?;
    let detail = json!({"from": from.id, "moved": moved});
    let deed = Deed { action: "vendor.merged", object: ("vendor", into.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    let kept = vendor::Entity::find_by_id(into.id).one(&txn).await?.ok_or(OfficeError::NotFound)?;
    app.commit(txn).await?;
    Ok((row, kept))
}

/// Both shops, locked in the order of their ids.
async fn lock(
    txn: &DatabaseTransaction,
    wish: &Merge,
) -> Result<(vendor::Model, vendor::Model), OfficeError> {
    let rows = vendor::Entity::find()
        .filter(vendor::Column::Id.is_in([wish.from, wish.into]))
        .order_by_asc(vendor::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    let find = |id: VendorId| rows.iter().find(|row| row.id == id).cloned();
    let from = find(wish.from).ok_or(OfficeError::NotFound)?;
    let into = find(wish.into).ok_or(OfficeError::Merge(Refusal::Unknown))?;
    if from.id == into.id { Err(OfficeError::Merge(Refusal::Itself)) } else { Ok((from, into)) }
}

async fn may_merge(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    from: &vendor::Model,
    into: &vendor::Model,
) -> Result<(), OfficeError> {
    use vendor::Status::{Active, Suspended, Unclaimed, Withdrawn};
    let gone = merge::Entity::find().filter(merge::Column::FromId.is_in([from.id, into.id]));
    let differ =
        |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
    let refusal = if gone.count(txn).await? > 0 {
        Some(Refusal::Merged)
    } else if !matches!(from.status, Active | Unclaimed) || matches!(into.status, Suspended | Withdrawn) {
        // What was stopped for a cause does not come back under another name.
        Some(Refusal::State)
    } else if differ(&from.nik_index, &into.nik_index)
        || differ(&from.nib, &into.nib)
        || differ(&npwp(sealer, from), &npwp(sealer, into))
    {
        Some(Refusal::Numbers)
    } else if into.status == Unclaimed && has_members(txn, from.id).await? {
        Some(Refusal::Direction)
    } else if under_way(txn, from.id).await? {
        Some(Refusal::OrdersUnderWay)
    } else {
        None
    };
    match refusal {
        Some(refusal) => Err(OfficeError::Merge(refusal)),
        None => no_sku_twice(txn, from.id, into.id).await,
    }
}

pub(super) async fn has_members(txn: &DatabaseTransaction, id: VendorId) -> Result<bool, DbErr> {
    Ok(membership::Entity::find().filter(members_of(id)).count(txn).await? > 0)
}

pub(super) fn members_of(id: VendorId) -> Condition {
    Condition::all()
        .add(membership::Column::Scope.eq(Scope::Vendor.name()))
        .add(membership::Column::ScopeId.eq(id.0))
}

pub(super) async fn under_way(txn: &DatabaseTransaction, id: VendorId) -> Result<bool, DbErr> {
    let open =
        order::Status::iter().filter(|status| !status.is_void() && *status != order::Status::Completed);
    let found = order::Entity::find()
        .filter(order::Column::VendorId.eq(id))
        .filter(order::Column::Status.is_in(open));
    Ok(found.count(txn).await? > 0)
}

async fn no_sku_twice(txn: &DatabaseTransaction, from: VendorId, into: VendorId) -> Result<(), OfficeError> {
    let twice: Vec<String> = variant::Entity::find()
        .select_only()
        .column(variant::Column::Sku)
        .filter(variant::Column::VendorId.is_in([from, into]))
        .group_by(variant::Column::Sku)
        .having(variant::Column::VendorId.count().gt(1))
        .order_by_asc(variant::Column::Sku)
        .limit(NAMED)
        .into_tuple()
        .all(txn)
        .await?;
    if twice.is_empty() { Ok(()) } else { Err(OfficeError::Merge(Refusal::Skus(twice))) }
}

/// Moves what may move, and tells what that was.
async fn follow(
    app: &App,
    txn: &DatabaseTransaction,
    (from, into): (&vendor::Model, &vendor::Model),
    now: DateTime<Utc>,
) -> Result<Value, OfficeError> {
    let products: Vec<ProductId> = product::Entity::find()
        .select_only()
        .column(product::Column::Id)
        .filter(product::Column::VendorId.eq(from.id))
        .into_tuple()
        .all(txn)
        .await?;
    product::Entity::update_many()
        .col_expr(product::Column::VendorId, Expr::value(into.id))
        .filter(product::Column::VendorId.eq(from.id))
        .exec(txn)
        .await?;
    variant::Entity::update_many()
        .col_expr(variant::Column::VendorId, Expr::value(into.id))
        .filter(variant::Column::VendorId.eq(from.id))
        .exec(txn)
        .await?;
    let members = move_members(txn, from.id, into.id).await?;
    let trainings = move_trainings(txn, from.id, into.id, now).await?;
    move_listings(txn, from.id, into.id, now).await?;
    move_papers(txn, from.id, into.id, now).await?;
    let facts = absorb(txn, &app.sealer, (from, into), now).await?;
    settle_shop(txn, app, into.id, now).await?;
    Ok(json!({"products": products, "members": members, "trainings": trainings, "facts": facts}))
}

/// What waits for somebody about the products. A stocktaking that is open is of two shelves now: it begins anew.
async fn move_listings(
    txn: &DatabaseTransaction,
    from: VendorId,
    into: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    revision::Entity::update_many()
        .col_expr(revision::Column::VendorId, Expr::value(into))
        .filter(revision::Column::VendorId.eq(from))
        .exec(txn)
        .await?;
    alert::Entity::update_many()
        .col_expr(alert::Column::VendorId, Expr::value(into))
        .filter(alert::Column::VendorId.eq(from))
        .exec(txn)
        .await?;
    count::Entity::update_many()
        .col_expr(count::Column::Status, Expr::value(count::Status::Cancelled))
        .col_expr(count::Column::EndedAt, Expr::value(now))
        .filter(count::Column::VendorId.eq(from))
        .filter(count::Column::Status.eq(count::Status::Open))
        .exec(txn)
        .await?;
    void_invitations(txn, from, now).await
}

/// Nobody joins a shop any more by an invitation that lies about.
pub(super) async fn void_invitations(
    txn: &DatabaseTransaction,
    shop: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use invitation::Column;
    invitation::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(Column::Scope.eq(Scope::Vendor.name()))
        .filter(Column::ScopeId.eq(shop.0))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// Who works in both keeps the role in the shop that stays.
async fn move_members(
    txn: &DatabaseTransaction,
    from: VendorId,
    into: VendorId,
) -> Result<Vec<UserId>, DbErr> {
    let there = membership::Entity::find().filter(members_of(into)).all(txn).await?;
    let there: BTreeSet<UserId> = there.into_iter().map(|row| row.user_id).collect();
    let coming = membership::Entity::find().filter(members_of(from)).lock_exclusive().all(txn).await?;
    let coming: Vec<UserId> =
        coming.into_iter().map(|row| row.user_id).filter(|user| !there.contains(user)).collect();
    membership::Entity::update_many()
        .col_expr(membership::Column::ScopeId, Expr::value(into.0))
        .filter(members_of(from))
        .filter(membership::Column::UserId.is_in(coming.iter().copied()))
        .exec(txn)
        .await?;
    membership::Entity::delete_many().filter(members_of(from)).exec(txn).await?;
    Ok(coming)
}

async fn move_trainings(
    txn: &DatabaseTransaction,
    from: VendorId,
    into: VendorId,
    now: DateTime<Utc>,
) -> Result<Vec<TrainingId>, DbErr> {
    use participant::Column;
    let taken = participant::Entity::find().filter(Column::VendorId.eq(from)).all(txn).await?;
    let ids: Vec<TrainingId> = taken.into_iter().map(|row| row.training_id).collect();
    if !ids.is_empty() {
        let rows = ids.iter().map(|id| participant::ActiveModel {
            training_id: Set(*id),
            vendor_id: Set(into),
            created_at: Set(now),
        });
        let once = OnConflict::columns([Column::TrainingId, Column::VendorId]).do_nothing().to_owned();
        participant::Entity::insert_many(rows)
            .on_conflict(once)
            .try_insert()
            .exec_without_returning(txn)
            .await?;
        participant::Entity::delete_many().filter(Column::VendorId.eq(from)).exec(txn).await?;
    }
    Ok(ids)
}

/// What the list says of the shop, its claim, and codes that are still about.
async fn move_papers(
    txn: &DatabaseTransaction,
    from: VendorId,
    into: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    claim_code::Entity::update_many()
        .col_expr(claim_code::Column::UsedAt, Expr::value(now))
        .filter(claim_code::Column::VendorId.eq(from))
        .filter(claim_code::Column::UsedAt.is_null())
        .exec(txn)
        .await?;
    if claim::Entity::find_by_id(into).one(txn).await?.is_none() {
        claim::Entity::update_many()
            .col_expr(claim::Column::VendorId, Expr::value(into))
            .filter(claim::Column::VendorId.eq(from))
            .exec(txn)
            .await?;
    }
    // Sealed columns are sealed for their row, so only what is open moves.
    let there = register::Entity::find_by_id(into).one(txn).await?;
    if let (None, Some(row)) = (there, register::Entity::find_by_id(from).one(txn).await?) {
        let row = register::Model { vendor_id: into, owner_sealed: None, email_sealed: None, ..row };
        register::Entity::insert(register::ActiveModel::from(row)).exec_without_returning(txn).await?;
    }
    Ok(())
}

async fn write(
    txn: &DatabaseTransaction,
    (from, wish): (&vendor::Model, &Merge),
    user_id: UserId,
    moved: &Value,
    now: DateTime<Utc>,
) -> Result<merge::Model, OfficeError> {
    let row = merge::Model {
        id: VendorMergeId::generate(),
        from_id: from.id,
        into_id: wish.into,
        current_id: wish.into,
        slug: from.slug.clone(),
        reason: wish.reason.clone(),
        moved: moved.to_string(),
        merged_by: user_id,
        created_at: now,
    };
    // What became the shop that goes is now the one that stays.
    merge::Entity::update_many()
        .col_expr(merge::Column::CurrentId, Expr::value(wish.into))
        .filter(merge::Column::CurrentId.eq(from.id))
        .exec(txn)
        .await?;
    merge::Entity::insert(merge::ActiveModel::from(row.clone())).exec_without_returning(txn).await?;
    Ok(row)
}

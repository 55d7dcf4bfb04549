//! Somebody becomes the owner of a shop of the office's list: once.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::codes::{phone_hash, void};
use super::letters::letter_hashes;
use crate::app::App;
use crate::identity;
use crate::identity::entity::user;
use crate::identity::model::Device;
use crate::identity::service::{proof, throttle};
use crate::kernel::{UserId, VendorId};
use crate::office::entity::claim::{self, Method};
use crate::office::entity::claim_code::{Column, Entity, Kind, Model};
use crate::office::error::OfficeError;
use crate::office::jobs::TellClaimed;
use crate::office::model::code;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{NewJob, enqueue};
use crate::vendors::VendorError;
use crate::vendors::entity::vendor;
use crate::vendors::query::named;
use crate::vendors::service::claim as claim_vendor;
use crate::web::Role;

/// Tries of one code that was sent.
const TRIES: i32 = 5;

/// Claims a shop with a code: of a letter, or with the shop named, one that was sent to its phone.
pub async fn by_code(
    app: &App,
    (user_id, who): (UserId, &Who),
    device: &Device,
    (shop, typed): (Option<&str>, &str),
) -> Result<vendor::Model, OfficeError> {
    let guess = proof::admit_signed_in(app, user_id, device, who).await?;
    let (now, typed) = (app.now(), code::typed(typed));
    let txn = app.db.begin().await?;
    let found = match (code::is_printed(&typed), shop) {
        (true, _) => printed(app, &txn, (user_id, &typed), now).await?,
        (false, Some(shop)) => sent(app, &txn, (shop, &typed), now).await?,
        (false, None) => None,
    };
    let Some(found) = found else {
        // The try was counted.
        app.commit(txn).await?;
        return Err(OfficeError::ClaimRefused);
    };
    if !take(&txn, &found, user_id, now).await? {
        return Err(OfficeError::ClaimRefused);
    }
    let method = if found.kind == Kind::Letter { Method::Letter } else { Method::Phone };
    let claimed = own(app, (&txn, who), found.vendor_id, (user_id, method), now).await?;
    throttle::clear(&txn, &guess).await?;
    app.commit(txn).await?;
    Ok(claimed)
}

/// Gives a shop to somebody who stands before the officer.
pub async fn on_the_spot(
    app: &App,
    (officer, who): (UserId, &Who),
    vendor_id: VendorId,
    owner: UserId,
) -> Result<vendor::Model, OfficeError> {
    if officer == owner {
        return Err(VendorError::OwnShop.into());
    }
    let now = app.now();
    let txn = app.db.begin().await?;
    let account = user::Entity::find_by_id(owner).one(&txn).await?;
    if account.is_none_or(|account| account.status != user::Status::Active) {
        return Err(OfficeError::NoSuchUser);
    }
    if vendor::Entity::find_by_id(vendor_id).one(&txn).await?.is_none() {
        return Err(OfficeError::NotFound);
    }
    let claimed = own(app, (&txn, who), vendor_id, (owner, Method::Officer), now).await?;
    app.commit(txn).await?;
    Ok(claimed)
}

async fn printed(
    app: &App,
    txn: &DatabaseTransaction,
    (claimant, typed): (UserId, &str),
    now: DateTime<Utc>,
) -> Result<Option<Model>, OfficeError> {
    let found = Entity::find()
        .filter(Column::Hash.is_in(letter_hashes(app, typed)))
        .filter(Column::Kind.eq(Kind::Letter))
        // Who printed a letter has read its code.
        .filter(Column::CreatedBy.ne(claimant))
        .filter(live(now))
        .one(txn)
        .await?;
    Ok(found)
}

/// The try counts before it is compared; the caller commits also when it was wrong.
async fn sent(
    app: &App,
    txn: &DatabaseTransaction,
    (shop, typed): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Option<Model>, OfficeError> {
    let Some(which) = named(shop) else {
        return Ok(None);
    };
    let waits = vendor::Column::Status.eq(vendor::Status::Unclaimed);
    let Some(shop) = vendor::Entity::find().filter(which).filter(waits).one(txn).await? else {
        return Ok(None);
    };
    let tried = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::VendorId.eq(shop.id))
        .filter(Column::Kind.eq(Kind::Phone))
        .filter(Column::Attempts.lt(TRIES))
        .filter(live(now))
        .exec_with_returning(txn)
        .await?;
    Ok(tried.into_iter().find(|row| row.hash == phone_hash(app, row.id, typed)))
}

fn live(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::UsedAt.is_null()).add(Column::ExpiresAt.gt(now))
}

async fn take(
    txn: &DatabaseTransaction,
    found: &Model,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<bool, OfficeError> {
    let taken = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .col_expr(Column::UsedBy, Expr::value(user_id))
        .filter(Column::Id.eq(found.id))
        .filter(live(now))
        .exec(txn)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// The status of the shop lets one of many through.
async fn own(
    app: &App,
    (txn, who): (&DatabaseTransaction, &Who),
    vendor_id: VendorId,
    (owner, method): (UserId, Method),
    now: DateTime<Utc>,
) -> Result<vendor::Model, OfficeError> {
    let claimed = match claim_vendor(txn, vendor_id, owner, now).await {
        Err(VendorError::State { .. }) if method != Method::Officer => return Err(OfficeError::ClaimRefused),
        claimed => claimed?,
    };
    void(txn, Condition::all().add(Column::VendorId.eq(vendor_id)), now).await?;
    identity::grant(txn, owner, Role::VendorOwner, vendor_id.into(), now).await?;
    let row = claim::ActiveModel {
        vendor_id: Set(vendor_id),
        user_id: Set(owner),
        method: Set(method),
        phone: Set(claimed.phone.clone()),
        created_at: Set(now),
    };
    claim::Entity::insert(row).exec_without_returning(txn).await?;
    enqueue(txn, vec![NewJob::now(now, &TellClaimed { vendor_id })?]).await?;
    let detail = json!({"owner": owner, "method": method});
    let deed = Deed { action: "vendor.claimed", object: ("vendor", vendor_id.into()), detail };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    Ok(claimed)
}

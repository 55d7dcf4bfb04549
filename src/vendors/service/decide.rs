//! Moves of a shop, each written down.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::json;

use crate::app::App;
use crate::kernel::{UserId, VendorId, VendorReviewId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::feed;
use crate::vendors::entity::{review, vendor};
use crate::vendors::error::VendorError;
use crate::vendors::model::{Act, Decision};
use crate::vendors::query;
use crate::web::Caller;
use crate::web::authz::Scope;

/// Moves a shop, if its status allows it.
pub async fn decide(
    app: &App,
    (caller, who): (&Caller, &Who),
    id: VendorId,
    decision: Decision,
) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = query::find(&txn, id).await?.ok_or(VendorError::NotFound)?;
    if decision.act != Act::Submit && caller.roles_in(Scope::Vendor, id.into()).next().is_some() {
        return Err(VendorError::OwnShop);
    }
    let moved = shift(&txn, &vendor, decision.act, now).await?;
    write_down(&txn, &vendor, &moved, (caller.user_id, decision.note), now).await?;
    let deed = Deed {
        action: decision.act.deed(),
        object: ("vendor", id.into()),
        detail: json!({"from": vendor.status, "to": moved.status}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    if vendor.status.is_public() || moved.status.is_public() {
        feed::vendor_changed(&txn, id, now).await?;
    }
    app.commit(txn).await?;
    Ok(moved)
}

/// The condition on the status lets only one of two decisions through.
pub(super) async fn shift(
    txn: &DatabaseTransaction,
    vendor: &vendor::Model,
    act: Act,
    now: DateTime<Utc>,
) -> Result<vendor::Model, VendorError> {
    let refused = || VendorError::State { status: vendor.status, act };
    let to = act.leads(vendor.status).ok_or_else(refused)?;
    let mut changes = vendor::ActiveModel {
        status: Set(to),
        version: Set(vendor.version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    match act {
        Act::Submit => changes.submitted_at = Set(Some(now)),
        Act::Verify => changes.verified_at = Set(Some(now)),
        _ => {}
    }
    let moved = vendor::Entity::update_many()
        .set(changes)
        .filter(vendor::Column::Id.eq(vendor.id))
        .filter(vendor::Column::Status.eq(vendor.status))
        .filter(vendor::Column::Version.eq(vendor.version))
        .exec_with_returning(txn)
        .await?;
    moved.into_iter().next().ok_or_else(refused)
}

pub(super) async fn write_down(
    txn: &DatabaseTransaction,
    from: &vendor::Model,
    to: &vendor::Model,
    (actor_id, note): (UserId, Option<String>),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = review::ActiveModel {
        id: Set(VendorReviewId::generate()),
        vendor_id: Set(from.id),
        from_status: Set(from.status),
        to_status: Set(to.status),
        note: Set(note),
        actor_id: Set(actor_id),
        created_at: Set(now),
    };
    review::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

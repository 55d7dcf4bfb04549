//! Moves of a shop, each written down.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::{papers, profile};
use crate::app::App;
use crate::kernel::{FieldError, UserId, VendorId, VendorReviewId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::feed;
use crate::platform::jobs::{NewJob, enqueue};
use crate::platform::person;
use crate::vendors::entity::vendor::Status;
use crate::vendors::entity::{profile as profile_row, review, vendor};
use crate::vendors::error::VendorError;
use crate::vendors::jobs::VendorMoved;
use crate::vendors::model::{Act, Decision, Present, missing};
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
    if !decision.act.is_owners() && caller.roles_in(Scope::Vendor, id.into()).next().is_some() {
        return Err(VendorError::OwnShop);
    }
    if decision.act == Act::Reinstate && query::became(&txn, id).await?.is_some() {
        return Err(VendorError::State { status: vendor.status, act: decision.act });
    }
    let moved = shift(&txn, &vendor, decision.act, now).await?;
    if decision.act == Act::Submit {
        complete(app, &txn, &vendor).await?;
    }
    let fields: Vec<&str> = decision.reasons.iter().map(|reason| reason.pointer.as_str()).collect();
    let mut detail = json!({"from": vendor.status, "to": moved.status, "fields": fields});
    if decision.act == Act::Withdraw {
        let key = person::key(&txn, &app.sealer, caller.user_id, now).await?;
        detail["given_up"] = papers::committed(&app.sealer, &key, &vendor);
    }
    let deed = Deed { action: decision.act.deed(), object: ("vendor", id.into()), detail };
    let review_id = write_down(&txn, &vendor, &moved, (caller.user_id, decision), now).await?;
    enqueue(&txn, vec![NewJob::now(now, &VendorMoved { review_id })?]).await?;
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    if vendor.status.is_public() || moved.status.is_public() {
        feed::vendor_changed(&txn, id, now).await?;
    }
    app.commit(txn).await?;
    Ok(moved)
}

/// Refuses a shop that lacks what its legal form needs.
async fn complete(app: &App, txn: &DatabaseTransaction, vendor: &vendor::Model) -> Result<(), VendorError> {
    let said = query::profile(txn, vendor.id).await?;
    let faults = lacks(app, vendor, said.as_ref());
    if faults.is_empty() { Ok(()) } else { Err(VendorError::Incomplete(faults)) }
}

fn lacks(app: &App, vendor: &vendor::Model, said: Option<&profile_row::Model>) -> Vec<FieldError> {
    let present = Present {
        phone: !vendor.phone.is_empty(),
        address: !vendor.address_line.is_empty(),
        nik: papers::nik(&app.sealer, vendor).is_some(),
        nib: vendor.nib.is_some(),
        npwp: papers::npwp(&app.sealer, vendor).is_some(),
        signer: said.is_some_and(|row| profile::signer(&app.sealer, row).is_some()),
    };
    missing(vendor.legal_form, present, app.config.vendors.identity_required)
}

/// A shop as its row and its business say.
pub(super) type Whole<'a> = (&'a vendor::Model, Option<&'a profile_row::Model>);

/// Refuses a change after which a verified shop lacks what its legal form needs. What it lacked before, as a shop of the
/// office's list may, stands in the way of nothing.
pub(super) fn stays_complete(app: &App, before: Whole<'_>, after: Whole<'_>) -> Result<(), VendorError> {
    if before.0.verified_at.is_none() {
        return Ok(());
    }
    let lacked = lacks(app, before.0, before.1);
    let mut faults = lacks(app, after.0, after.1);
    faults.retain(|fault| !lacked.iter().any(|old| old.pointer == fault.pointer));
    if faults.is_empty() { Ok(()) } else { Err(VendorError::Incomplete(faults)) }
}

/// The condition on the status lets only one of two decisions through.
pub(super) async fn shift(
    txn: &DatabaseTransaction,
    vendor: &vendor::Model,
    act: Act,
    now: DateTime<Utc>,
) -> Result<vendor::Model, VendorError> {
    let refused = || VendorError::State { status: vendor.status, act };
    let mut to = act.leads_for(vendor.status, vendor.verified_at.is_some()).ok_or_else(refused)?;
    // What its owner had closed before the office stopped it, the owner opens again.
    if (act, to) == (Act::Reinstate, Status::Active)
        && query::stopped_from(txn, vendor.id).await? == Some(Status::Inactive)
    {
        to = Status::Inactive;
    }
    let mut changes = vendor::ActiveModel {
        status: Set(to),
        version: Set(vendor.version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    match act {
        Act::Submit => changes.submitted_at = Set(Some(now)),
        Act::Verify => changes.verified_at = Set(Some(now)),
        Act::Unclaim => changes.verified_at = Set(None),
        // The person and the business may open another one.
        Act::Withdraw => {
            (changes.nib, changes.nik_sealed, changes.nik_index) = (Set(None), Set(None), Set(None));
        }
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
    (actor_id, decision): (UserId, Decision),
    now: DateTime<Utc>,
) -> Result<VendorReviewId, DbErr> {
    let id = VendorReviewId::generate();
    let reasons = (!decision.reasons.is_empty()).then(|| serde_json::to_string(&decision.reasons));
    let row = review::ActiveModel {
        id: Set(id),
        vendor_id: Set(from.id),
        from_status: Set(from.status),
        to_status: Set(to.status),
        note: Set(decision.note),
        reasons: Set(reasons.transpose().map_err(|error| DbErr::Custom(error.to_string()))?),
        actor_id: Set(actor_id),
        created_at: Set(now),
    };
    review::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(id)
}

//! Changes of a shop by those who run it.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::decide::stays_complete;
use super::papers::{committed, holder_under_previous_keys, numbers_after, set_nib, set_nik, set_npwp};
use super::profile::to_be_reviewed;
use crate::app::App;
use crate::kernel::{UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::platform::feed;
use crate::platform::person;
use crate::platform::sealed::{SealError, Sealer};
use crate::vendors::entity::vendor::{self, Status};
use crate::vendors::error::VendorError;
use crate::vendors::model::{Address, Changes};
use crate::vendors::query;

const NIB: Unique = Unique { name: "vendors_nib", columns: "vendors.nib" };
const NIK: Unique = Unique { name: "vendors_nik", columns: "vendors.nik_index" };

/// Changes a shop that the caller has seen in version `seen`.
pub async fn edit(
    app: &App,
    (actor, who): (UserId, &Who),
    (id, seen): (VendorId, i32),
    changes: Changes,
) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = query::find(&txn, id).await?.ok_or(VendorError::NotFound)?;
    allowed(&vendor, seen)?;
    if changes.none() {
        return Ok(vendor);
    }
    if changes.touch_papers() {
        one_person(&app.sealer, &vendor, &changes)?;
        let nik = changes.nik.as_ref().and_then(Option::as_ref);
        let holder = holder_under_previous_keys(&txn, &app.sealer, nik).await?;
        if holder.is_some_and(|holder| holder.id != id) {
            return Err(VendorError::NikTaken);
        }
    }
    let given = changes.facts();
    let row = row_of(&app.sealer, &vendor, changes, now)?;
    let changed = update(&txn, &vendor, row).await?;
    let said = query::profile(&txn, id).await?;
    stays_complete(app, (&vendor, said.as_ref()), (&changed, said.as_ref()))?;
    if !given.is_empty() {
        let actor = person::key(&txn, &app.sealer, actor, now).await?;
        let (facts, deed) = facts_changed((&app.sealer, &actor), &vendor, &changed, given);
        if !facts.is_empty() {
            to_be_reviewed(&txn, &vendor, &facts, now).await?;
            audit::record(&txn, &app.sealer, who, deed, now).await?;
        }
    }
    if vendor.status.is_public() {
        feed::vendor_changed(&txn, id, now).await?;
    }
    app.commit(txn).await?;
    Ok(changed)
}

/// Which facts were changed, not only given again, and what they were and are: only as keyed hashes.
fn facts_changed(
    (sealer, person): (&Sealer, &Sealer),
    from: &vendor::Model,
    to: &vendor::Model,
    mut facts: Vec<&'static str>,
) -> (Vec<&'static str>, Deed) {
    let before = committed(sealer, person, from);
    let after = committed(sealer, person, to);
    facts.retain(|fact| before[*fact] != after[*fact]);
    let deed = Deed {
        action: "vendor.facts_changed",
        object: ("vendor", from.id.into()),
        detail: json!({"facts": facts, "before": before, "after": after, "status": from.status}),
    };
    (facts, deed)
}

fn allowed(vendor: &vendor::Model, seen: i32) -> Result<(), VendorError> {
    if vendor.version != seen {
        return Err(VendorError::Stale);
    }
    match vendor.status {
        Status::Draft | Status::NeedsFix | Status::Active | Status::Inactive => Ok(()),
        // Under review nothing changes beneath the officer's eyes.
        status => Err(VendorError::Locked(status)),
    }
}

fn one_person(sealer: &Sealer, vendor: &vendor::Model, changes: &Changes) -> Result<(), VendorError> {
    match numbers_after(sealer, vendor, changes) {
        (Some(npwp), Some(nik)) if !npwp.fits(&nik) => Err(VendorError::TwoPeople),
        _ => Ok(()),
    }
}

fn row_of(
    sealer: &Sealer,
    vendor: &vendor::Model,
    changes: Changes,
    now: DateTime<Utc>,
) -> Result<vendor::ActiveModel, SealError> {
    let mut row =
        vendor::ActiveModel { version: Set(vendor.version + 1), updated_at: Set(now), ..Default::default() };
    if let Some(name) = changes.name {
        row.name = Set(name);
    }
    if let Some(legal_form) = changes.legal_form {
        row.legal_form = Set(legal_form);
    }
    if let Some(phone) = changes.phone {
        row.phone = Set(phone.as_str().to_owned());
    }
    if let Some(description) = changes.description {
        row.description = Set(description);
    }
    if let Some(address) = changes.address {
        set_address(&mut row, address);
    }
    if let Some(nib) = changes.nib {
        set_nib(&mut row, nib.as_ref());
    }
    if let Some(npwp) = changes.npwp {
        set_npwp(sealer, vendor.id, &mut row, npwp.as_ref())?;
    }
    if let Some(nik) = changes.nik {
        set_nik(sealer, vendor.id, &mut row, nik.as_ref())?;
    }
    Ok(row)
}

fn set_address(row: &mut vendor::ActiveModel, address: Address) {
    row.address_line = Set(address.line);
    row.district_code = Set(address.district.as_str().to_owned());
    row.village_code = Set(address.village.map(|village| village.as_str().to_owned()));
    row.post_code = Set(address.post_code);
}

/// The condition on the version lets only one of two editors through.
async fn update(
    txn: &DatabaseTransaction,
    vendor: &vendor::Model,
    row: vendor::ActiveModel,
) -> Result<vendor::Model, VendorError> {
    let changed = vendor::Entity::update_many()
        .set(row)
        .filter(vendor::Column::Id.eq(vendor.id))
        .filter(vendor::Column::Version.eq(vendor.version))
        .exec_with_returning(txn)
        .await
        .map_err(taken)?;
    changed.into_iter().next().ok_or(VendorError::Stale)
}

pub(super) fn taken(error: DbErr) -> VendorError {
    if NIB.broken_by(&error) {
        VendorError::NibTaken
    } else if NIK.broken_by(&error) {
        VendorError::NikTaken
    } else {
        error.into()
    }
}

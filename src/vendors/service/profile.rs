//! What a shop says about its business, and which of its facts the office has still to look at.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

use super::decide::stays_complete;
use super::papers::place;
use crate::app::App;
use crate::kernel::VendorId;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{NewJob, enqueue};
use crate::platform::sealed::{SealError, Sealer};
use crate::vendors::entity::profile::Column;
use crate::vendors::entity::vendor::Status;
use crate::vendors::entity::{profile, vendor};
use crate::vendors::error::VendorError;
use crate::vendors::jobs::FactsReviewed;
use crate::vendors::model::Business;
use crate::vendors::query;
use crate::web::Caller;
use crate::web::authz::Scope;

/// The row of a shop that says nothing.
fn silent(id: VendorId, now: DateTime<Utc>) -> profile::ActiveModel {
    profile::ActiveModel {
        vendor_id: Set(id),
        sector: Set(None),
        kbli: Set(String::new()),
        capital: Set(None),
        turnover: Set(None),
        is_pkp: Set(false),
        export_ready: Set(false),
        export_countries: Set(String::new()),
        signer_sealed: Set(None),
        signer_title: Set(None),
        unreviewed: Set(String::new()),
        updated_at: Set(now),
    }
}

/// The row of a shop, locked; made if it said nothing yet.
pub async fn locked(
    txn: &DatabaseTransaction,
    id: VendorId,
    now: DateTime<Utc>,
) -> Result<profile::Model, VendorError> {
    profile::Entity::insert(silent(id, now))
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(txn)
        .await?;
    let found = profile::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    found.ok_or(VendorError::NotFound)
}

/// What the office's list says of a shop's business.
pub struct Listed {
    /// Whose.
    pub vendor_id: VendorId,
    /// One of the branches that the office counts in.
    pub sector: Option<String>,
    /// A line of business, five digits.
    pub kbli: Option<String>,
}

/// Fills in what shops do not say themselves; one statement, however many shops.
pub async fn fill_businesses(
    txn: &DatabaseTransaction,
    listed: impl IntoIterator<Item = Listed>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows = listed.into_iter().map(|shop| profile::ActiveModel {
        sector: Set(shop.sector),
        kbli: Set(shop.kbli.unwrap_or_default()),
        ..silent(shop.vendor_id, now)
    });
    let lacking = OnConflict::column(Column::VendorId)
        .value(Column::Sector, Expr::cust("COALESCE(vendor_profiles.sector, excluded.sector)"))
        .value(Column::Kbli, Expr::cust("COALESCE(NULLIF(vendor_profiles.kbli, ''), excluded.kbli)"))
        .to_owned();
    profile::Entity::insert_many(rows).on_conflict(lacking).exec_without_returning(txn).await?;
    Ok(())
}

/// Writes some columns of a shop's row.
pub async fn write(
    txn: &DatabaseTransaction,
    id: VendorId,
    mut row: profile::ActiveModel,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row.updated_at = Set(now);
    profile::Entity::update_many().set(row).filter(Column::VendorId.eq(id)).exec(txn).await?;
    Ok(())
}

/// Names of facts with more of them, each once.
pub(super) fn joined<'a>(names: &'a str, more: impl Iterator<Item = &'a str>) -> String {
    let all: BTreeSet<&str> = names.split_whitespace().chain(more).collect();
    all.into_iter().collect::<Vec<_>>().join(" ")
}

/// Sends facts of a verified shop back to the office; the shop stays as it is.
pub async fn to_be_reviewed(
    txn: &DatabaseTransaction,
    vendor: &vendor::Model,
    facts: &[&str],
    now: DateTime<Utc>,
) -> Result<(), VendorError> {
    // A shop that was stopped comes back verified.
    if facts.is_empty() || vendor.verified_at.is_none() {
        return Ok(());
    }
    let row = locked(txn, vendor.id, now).await?;
    let unreviewed = Set(joined(&row.unreviewed, facts.iter().copied()));
    write(txn, vendor.id, profile::ActiveModel { unreviewed, ..Default::default() }, now).await?;
    Ok(())
}

/// The same for facts that are not in the row of the shop, which gets a new version: who looked at it before has not seen them.
pub async fn send_back(
    txn: &DatabaseTransaction,
    vendor: &vendor::Model,
    facts: &[&str],
    now: DateTime<Utc>,
) -> Result<(), VendorError> {
    if vendor.verified_at.is_some() {
        next_version(txn, vendor, vendor.version, now).await?;
    }
    to_be_reviewed(txn, vendor, facts, now).await
}

/// A fact was decided upon by itself.
pub async fn looked_at(
    txn: &DatabaseTransaction,
    id: VendorId,
    fact: &str,
    now: DateTime<Utc>,
) -> Result<(), VendorError> {
    let row = locked(txn, id, now).await?;
    let rest: Vec<&str> = row.unreviewed.split_whitespace().filter(|name| *name != fact).collect();
    let unreviewed = Set(rest.join(" "));
    Ok(write(txn, id, profile::ActiveModel { unreviewed, ..Default::default() }, now).await?)
}

/// The condition on the version lets only one of two editors through.
pub async fn next_version(
    txn: &DatabaseTransaction,
    vendor: &vendor::Model,
    seen: i32,
    now: DateTime<Utc>,
) -> Result<vendor::Model, VendorError> {
    let row =
        vendor::ActiveModel { version: Set(vendor.version + 1), updated_at: Set(now), ..Default::default() };
    let changed = vendor::Entity::update_many()
        .set(row)
        .filter(vendor::Column::Id.eq(vendor.id))
        .filter(vendor::Column::Version.eq(seen))
        .exec_with_returning(txn)
        .await?;
    changed.into_iter().next().ok_or(VendorError::Stale)
}

/// Says anew what the business is. Who signs is identity: on a verified shop the office looks again.
pub async fn set_business(
    app: &App,
    who: &Who,
    (id, seen): (VendorId, i32),
    business: Business,
) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = query::find(&txn, id).await?.ok_or(VendorError::NotFound)?;
    if matches!(vendor.status, Status::Submitted | Status::InReview | Status::Suspended | Status::Withdrawn) {
        return Err(VendorError::Locked(vendor.status));
    }
    let changed = next_version(&txn, &vendor, seen, now).await?;
    let before = locked(&txn, id, now).await?;
    let signer = signer(&app.sealer, &before);
    if signer != business.signer {
        to_be_reviewed(&txn, &vendor, &["signer"], now).await?;
    }
    let detail = json!({"sector": business.sector, "is_pkp": business.is_pkp, "export_countries": business.export_countries,
        "signer_changed": signer != business.signer});
    write(&txn, id, row_of(&app.sealer, id, business)?, now).await?;
    let after = query::profile(&txn, id).await?;
    stays_complete(app, (&vendor, Some(&before)), (&vendor, after.as_ref()))?;
    let deed = Deed { action: "vendor.business_changed", object: ("vendor", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(changed)
}

fn row_of(sealer: &Sealer, id: VendorId, business: Business) -> Result<profile::ActiveModel, SealError> {
    let (name, title) = business.signer.unzip();
    let sealed = name.map(|name| seal_signer(sealer, id, &name)).transpose()?;
    Ok(profile::ActiveModel {
        sector: Set(business.sector),
        kbli: Set(business.kbli.join(" ")),
        capital: Set(business.capital),
        turnover: Set(business.turnover),
        is_pkp: Set(business.is_pkp),
        export_ready: Set(business.export_ready),
        export_countries: Set(business.export_countries.join(" ")),
        signer_sealed: Set(sealed),
        signer_title: Set(title),
        ..Default::default()
    })
}

/// The name of who signs, for the row of a shop.
pub fn seal_signer(sealer: &Sealer, id: VendorId, name: &str) -> Result<String, SealError> {
    sealer.seal(&place("signer", id), name)
}

/// Who signs for the shop: name and title. A name that no key opens counts as not given.
pub fn signer(sealer: &Sealer, row: &profile::Model) -> Option<(String, String)> {
    let name = sealer.open(&place("signer", row.vendor_id), row.signer_sealed.as_deref()?).ok()?;
    Some((name, row.signer_title.clone().unwrap_or_default()))
}

/// What the office says of facts that changed.
#[derive(Clone, Debug)]
pub struct Word {
    /// The version of the shop that was looked at.
    pub seen: i32,
    /// They are in order; otherwise they wait until they are put right.
    pub confirmed: bool,
    /// The owner reads it.
    pub note: Option<String>,
}

/// The office has looked at what changed.
pub async fn review_facts(
    app: &App,
    (caller, who): (&Caller, &Who),
    id: VendorId,
    word: Word,
) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    // Held, so that no fact changes between the look at the version and the word.
    let vendor = query::locked(&txn, id).await?.ok_or(VendorError::NotFound)?;
    if caller.roles_in(Scope::Vendor, id.into()).next().is_some() {
        return Err(VendorError::OwnShop);
    }
    if vendor.version != word.seen {
        return Err(VendorError::Stale);
    }
    let row = locked(&txn, id, now).await?;
    if row.unreviewed.is_empty() {
        return Err(VendorError::NothingToReview);
    }
    if word.confirmed {
        let cleared = profile::ActiveModel { unreviewed: Set(String::new()), ..Default::default() };
        write(&txn, id, cleared, now).await?;
    }
    let facts: Vec<&str> = row.unreviewed.split_whitespace().collect();
    let detail = json!({"facts": facts, "note": word.note.is_some()});
    let action = if word.confirmed { "vendor.facts_confirmed" } else { "vendor.facts_refused" };
    audit::record(&txn, &app.sealer, who, Deed { action, object: ("vendor", id.into()), detail }, now)
        .await?;
    let told = FactsReviewed { vendor_id: id, confirmed: word.confirmed, note: word.note };
    enqueue(&txn, vec![NewJob::now(now, &told)?]).await?;
    app.commit(txn).await?;
    Ok(vendor)
}

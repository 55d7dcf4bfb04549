//! New shops: by their owner, for somebody whom the office invites, or from the office's list.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set,
    TryInsertResult, TryIntoModel,
};

use super::papers::{holder_under_previous_keys, set_nib, set_nik, set_npwp};
use crate::app::App;
use crate::identity;
use crate::kernel::{Slug, UserId, VendorId};
use crate::platform::sealed::Sealer;
use crate::vendors::entity::vendor::{self, LegalForm, Status};
use crate::vendors::error::VendorError;
use crate::vendors::model::Facts;
use crate::web::Role;

/// Code of Kabupaten Bekasi.
const REGENCY: &str = "32.16";

/// A clean row of the office's list.
pub struct Imported {
    /// What the row says.
    pub facts: Facts,
    /// `unclaimed`, or `active` for data that is known good.
    pub status: Status,
    /// Key of the row, so that the same list can be imported again.
    pub source_key: String,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new shop.
    Created(VendorId),
    /// The row was imported before; nothing was changed.
    Known(VendorId),
}

/// Opens a shop that its owner goes on filling in.
pub async fn create(app: &App, owner: UserId, facts: Facts) -> Result<vendor::Model, VendorError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let vendor = create_draft(&txn, &app.sealer, facts, now).await?;
    identity::grant(&txn, owner, Role::VendorOwner, vendor.id.into(), now).await?;
    app.commit(txn).await?;
    Ok(vendor)
}

/// Writes a draft that has no owner yet.
pub async fn create_draft(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    facts: Facts,
    now: DateTime<Utc>,
) -> Result<vendor::Model, VendorError> {
    if holder_under_previous_keys(txn, sealer, facts.papers.nik.as_ref()).await?.is_some() {
        return Err(VendorError::NikTaken);
    }
    match insert(txn, new_row(sealer, facts, Status::Draft, now)?).await? {
        Inserted::New(vendor) => Ok(*vendor),
        Inserted::Known(_) => Err(VendorError::Stale),
    }
}

/// Writes one row of the office's list by the same rules; it has no owner until somebody claims it.
/// A row that is refused leaves the transaction usable.
pub async fn create_imported(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    imported: Imported,
    now: DateTime<Utc>,
) -> Result<Outcome, VendorError> {
    let holder = holder_under_previous_keys(txn, sealer, imported.facts.papers.nik.as_ref()).await?;
    match holder {
        // Its key may be a hash under that key.
        Some(holder) if holder.source_key.is_some() => return Ok(Outcome::Known(holder.id)),
        Some(_) => return Err(VendorError::NikTaken),
        None => {}
    }
    let mut row = new_row(sealer, imported.facts, imported.status, now)?;
    row.source_key = Set(Some(imported.source_key));
    row.verified_at = Set(imported.status.sells().then_some(now));
    Ok(match insert(txn, row).await? {
        Inserted::New(vendor) => Outcome::Created(vendor.id),
        Inserted::Known(id) => Outcome::Known(id),
    })
}

/// A shop of which a list says no more than its name.
pub struct Named {
    /// As on the signboard.
    pub name: String,
    /// Thirteen digits.
    pub nib: Option<String>,
    /// `unclaimed`, or `active` for data that is known good.
    pub status: Status,
}

/// Writes a shop that a list of products names; its telephone and address are filled in by whoever claims it.
pub async fn create_named(
    txn: &DatabaseTransaction,
    named: Named,
    now: DateTime<Utc>,
) -> Result<VendorId, VendorError> {
    let row = vendor::ActiveModel {
        id: Set(VendorId::generate()),
        slug: Set(Slug::of(&named.name).to_string()),
        legal_form: Set(LegalForm::of_name(&named.name)),
        name: Set(named.name),
        status: Set(named.status),
        phone: Set(String::new()),
        address_line: Set(String::new()),
        // Somewhere in the regency.
        district_code: Set(REGENCY.to_owned()),
        village_code: Set(None),
        post_code: Set(None),
        description: Set(String::new()),
        nib: Set(named.nib),
        npwp_sealed: Set(None),
        nik_sealed: Set(None),
        nik_index: Set(None),
        source_key: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        submitted_at: Set(None),
        verified_at: Set(named.status.sells().then_some(now)),
    };
    match insert(txn, row).await? {
        Inserted::New(vendor) => Ok(vendor.id),
        Inserted::Known(id) => Ok(id),
    }
}

fn new_row(
    sealer: &Sealer,
    facts: Facts,
    status: Status,
    now: DateTime<Utc>,
) -> Result<vendor::ActiveModel, VendorError> {
    let id = VendorId::generate();
    let mut row = vendor::ActiveModel {
        id: Set(id),
        slug: Set(Slug::of(&facts.name).to_string()),
        name: Set(facts.name),
        legal_form: Set(facts.legal_form),
        status: Set(status),
        phone: Set(facts.phone.as_str().to_owned()),
        address_line: Set(facts.address.line),
        district_code: Set(facts.address.district.as_str().to_owned()),
        village_code: Set(facts.address.village.map(|village| village.as_str().to_owned())),
        post_code: Set(facts.address.post_code),
        description: Set(facts.description),
        nib: Set(None),
        npwp_sealed: Set(None),
        nik_sealed: Set(None),
        nik_index: Set(None),
        source_key: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        submitted_at: Set(None),
        verified_at: Set(None),
    };
    set_nib(&mut row, facts.papers.nib.as_ref());
    set_npwp(sealer, id, &mut row, facts.papers.npwp.as_ref())?;
    set_nik(sealer, id, &mut row, facts.papers.nik.as_ref())?;
    Ok(row)
}

enum Inserted {
    New(Box<vendor::Model>),
    Known(VendorId),
}

/// Inserts a shop. What is unique is judged by the database, without an error that would end the transaction.
async fn insert(txn: &DatabaseTransaction, mut row: vendor::ActiveModel) -> Result<Inserted, VendorError> {
    if !inserted(txn, &row).await? {
        if let Some(known) = clash(txn, &row).await? {
            return Ok(Inserted::Known(known));
        }
        // Only the slug is left: another shop has the same name.
        let vendor = row.clone().try_into_model()?;
        row.slug = Set(Slug::of(&vendor.name).with_suffix(vendor.id.into()).to_string());
        if !inserted(txn, &row).await? {
            return Err(VendorError::Stale);
        }
    }
    Ok(Inserted::New(Box::new(row.try_into_model()?)))
}

async fn inserted(txn: &DatabaseTransaction, row: &vendor::ActiveModel) -> Result<bool, DbErr> {
    let inserted = vendor::Entity::insert(row.clone())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(txn)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// What of the row another shop has already: its key makes it the same row, a number is a refusal.
async fn clash(
    txn: &DatabaseTransaction,
    row: &vendor::ActiveModel,
) -> Result<Option<VendorId>, VendorError> {
    use vendor::Column;
    let wanted = |value: &ActiveValue<Option<String>>| value.try_as_ref().cloned().flatten();
    let (key, nib, nik) = (wanted(&row.source_key), wanted(&row.nib), wanted(&row.nik_index));
    let mut any = Condition::any();
    for (column, value) in [(Column::SourceKey, &key), (Column::Nib, &nib), (Column::NikIndex, &nik)] {
        if let Some(value) = value {
            any = any.add(column.eq(value.as_str()));
        }
    }
    if any.is_empty() {
        return Ok(None);
    }
    let others = vendor::Entity::find().filter(any).all(txn).await?;
    let same = |mine: &Option<String>, theirs: &Option<String>| mine.is_some() && mine == theirs;
    if let Some(other) = others.iter().find(|other| same(&key, &other.source_key)) {
        return Ok(Some(other.id));
    }
    if others.iter().any(|other| same(&nib, &other.nib)) {
        return Err(VendorError::NibTaken);
    }
    if others.iter().any(|other| same(&nik, &other.nik_index)) {
        return Err(VendorError::NikTaken);
    }
    Ok(None)
}

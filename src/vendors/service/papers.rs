//! Identity numbers at rest: encrypted for their row, found again by a keyed hash, shown masked.
//!
//! A number that no key opens counts as not given: it is asked for again, and the shop goes on.

use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use crate::kernel::VendorId;
use crate::platform::sealed::{SealError, Sealer};
use crate::vendors::entity::vendor;
use crate::vendors::model::{Changes, Nib, Nik, Npwp, mask};

const NIK: &str = "vendors.nik";

/// Identity numbers as they may be shown.
#[derive(Clone, Debug)]
pub struct Masked {
    /// `****` in the middle.
    pub npwp: Option<String>,
    /// The same.
    pub nik: Option<String>,
}

impl Masked {
    /// Those of a shop.
    pub fn of(sealer: &Sealer, vendor: &vendor::Model) -> Self {
        Self {
            npwp: npwp(sealer, vendor).as_deref().map(mask),
            nik: nik(sealer, vendor).as_deref().map(mask),
        }
    }
}

/// The NPWP of a shop in full.
pub fn npwp(sealer: &Sealer, vendor: &vendor::Model) -> Option<String> {
    open(sealer, vendor.id, "npwp", vendor.npwp_sealed.as_deref())
}

/// The NIK of a shop in full.
pub fn nik(sealer: &Sealer, vendor: &vendor::Model) -> Option<String> {
    open(sealer, vendor.id, "nik", vendor.nik_sealed.as_deref())
}

/// The numbers of a shop after a change, to compare them with each other.
pub fn numbers_after(
    sealer: &Sealer,
    vendor: &vendor::Model,
    changes: &Changes,
) -> (Option<Npwp>, Option<Nik>) {
    let npwp = match &changes.npwp {
        Some(npwp) => npwp.clone(),
        None => npwp(sealer, vendor).and_then(|number| Npwp::parse(&number).ok()),
    };
    let nik = match &changes.nik {
        Some(nik) => nik.clone(),
        None => nik(sealer, vendor).and_then(|number| Nik::parse(&number).ok()),
    };
    (npwp, nik)
}

fn open(sealer: &Sealer, id: VendorId, column: &str, sealed: Option<&str>) -> Option<String> {
    match sealer.open(&place(column, id), sealed?) {
        Ok(number) => Some(number),
        Err(error) => {
            tracing::warn!(vendor.id = %id, column, error = %error, "an identity number is unreadable");
            None
        }
    }
}

/// The facts of a shop that the office vouches for, for the audit trail. They may be of one person, and are committed to under the key of a person, so that
/// nobody can guess them once the key is destroyed.
pub fn committed(sealer: &Sealer, person: &Sealer, vendor: &vendor::Model) -> Value {
    let commit = |column: &str, sealed: Option<&str>| {
        let number = open(sealer, vendor.id, column, sealed);
        number.map(|number| person.index(&place(column, vendor.id), &number))
    };
    let hash = |column: &str, value: &str| person.index(&place(column, vendor.id), value);
    let address = [
        vendor.address_line.as_str(),
        vendor.district_code.as_str(),
        vendor.village_code.as_deref().unwrap_or_default(),
        vendor.post_code.as_deref().unwrap_or_default(),
    ];
    json!({
        "name": hash("name", &vendor.name),
        "phone": hash("phone", &vendor.phone),
        "address": hash("address", &address.join("\n")),
        "legal_form": vendor.legal_form,
        "nib": vendor.nib.as_ref().map(|nib| person.index(&place("nib", vendor.id), nib)),
        "npwp": commit("npwp", vendor.npwp_sealed.as_deref()),
        "nik": commit("nik", vendor.nik_sealed.as_deref()),
    })
}

pub(super) fn place(column: &str, id: VendorId) -> String {
    format!("vendors.{column}:{id}")
}

/// What is stored to find a NIK again.
pub fn nik_index(sealer: &Sealer, nik: &Nik) -> String {
    sealer.index(NIK, nik.expose())
}

/// What may be stored to find a NIK again: under the newest key, and under those before.
pub fn nik_indexes(sealer: &Sealer, nik: &Nik) -> Vec<String> {
    let mut indexes = sealer.previous_indexes(NIK, nik.expose());
    indexes.insert(0, nik_index(sealer, nik));
    indexes
}

/// Another shop that has this NIK under a key from before; the constraint cannot see that one.
pub async fn holder_under_previous_keys(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    nik: Option<&Nik>,
) -> Result<Option<vendor::Model>, DbErr> {
    let indexes = nik.map(|nik| sealer.previous_indexes(NIK, nik.expose())).unwrap_or_default();
    if indexes.is_empty() {
        return Ok(None);
    }
    vendor::Entity::find().filter(vendor::Column::NikIndex.is_in(indexes)).one(txn).await
}

/// Sets the NIB of a row.
pub fn set_nib(row: &mut vendor::ActiveModel, nib: Option<&Nib>) {
    row.nib = Set(nib.map(|nib| nib.as_str().to_owned()));
}

/// Sets the NPWP of a row.
pub fn set_npwp(
    sealer: &Sealer,
    id: VendorId,
    row: &mut vendor::ActiveModel,
    npwp: Option<&Npwp>,
) -> Result<(), SealError> {
    let sealed = npwp.map(|npwp| sealer.seal(&place("npwp", id), npwp.expose()));
    row.npwp_sealed = Set(sealed.transpose()?);
    Ok(())
}

/// Sets the NIK of a row.
pub fn set_nik(
    sealer: &Sealer,
    id: VendorId,
    row: &mut vendor::ActiveModel,
    nik: Option<&Nik>,
) -> Result<(), SealError> {
    let sealed = nik.map(|nik| sealer.seal(&place("nik", id), nik.expose()));
    row.nik_sealed = Set(sealed.transpose()?);
    row.nik_index = Set(nik.map(|nik| nik_index(sealer, nik)));
    Ok(())
}

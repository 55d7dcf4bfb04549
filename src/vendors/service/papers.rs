//! Identity numbers at rest: encrypted for their row, found again by a keyed hash, shown masked.

use sea_orm::Set;
use serde_json::{Value, json};

use crate::kernel::VendorId;
use crate::platform::sealed::{SealError, Sealer};
use crate::vendors::entity::vendor;
use crate::vendors::model::{Changes, Nib, Nik, Npwp, mask};

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
    pub fn of(sealer: &Sealer, vendor: &vendor::Model) -> Result<Self, SealError> {
        let npwp = open(sealer, vendor.id, "npwp", vendor.npwp_sealed.as_deref())?;
        let nik = open(sealer, vendor.id, "nik", vendor.nik_sealed.as_deref())?;
        Ok(Self { npwp: npwp.as_deref().map(mask), nik: nik.as_deref().map(mask) })
    }
}

/// The numbers of a shop after a change, to compare them with each other.
pub fn numbers_after(
    sealer: &Sealer,
    vendor: &vendor::Model,
    changes: &Changes,
) -> Result<(Option<Npwp>, Option<Nik>), SealError> {
    let npwp = match &changes.npwp {
        Some(npwp) => npwp.clone(),
        None => open(sealer, vendor.id, "npwp", vendor.npwp_sealed.as_deref())?
            .and_then(|number| Npwp::parse(&number).ok()),
    };
    let nik = match &changes.nik {
        Some(nik) => nik.clone(),
        None => open(sealer, vendor.id, "nik", vendor.nik_sealed.as_deref())?
            .and_then(|number| Nik::parse(&number).ok()),
    };
    Ok((npwp, nik))
}

fn open(
    sealer: &Sealer,
    id: VendorId,
    column: &str,
    sealed: Option<&str>,
) -> Result<Option<String>, SealError> {
    sealed.map(|sealed| sealer.open(&place(column, id), sealed)).transpose()
}

/// The identity facts of a shop for the audit trail. Numbers, which may be of one person, are committed to under the key of a person, so that
/// nobody can guess them once the key is destroyed.
pub fn committed(sealer: &Sealer, person: &Sealer, vendor: &vendor::Model) -> Result<Value, SealError> {
    let commit = |column: &str, sealed: Option<&str>| -> Result<_, SealError> {
        let number = open(sealer, vendor.id, column, sealed)?;
        Ok(number.map(|number| person.index(&place(column, vendor.id), &number)))
    };
    Ok(json!({
        "legal_form": vendor.legal_form,
        "nib": vendor.nib.as_ref().map(|nib| person.index(&place("nib", vendor.id), nib)),
        "npwp": commit("npwp", vendor.npwp_sealed.as_deref())?,
        "nik": commit("nik", vendor.nik_sealed.as_deref())?,
    }))
}

fn place(column: &str, id: VendorId) -> String {
    format!("vendors.{column}:{id}")
}

/// What is stored to find a NIK again.
pub fn nik_index(sealer: &Sealer, nik: &Nik) -> String {
    sealer.index("vendors.nik", nik.expose())
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

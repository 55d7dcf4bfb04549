//! What a shop lacks is taken from another source that tells of the same shop; nothing that is there is replaced.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::edit::taken;
use super::papers::{set_nib, set_nik, set_npwp};
use crate::kernel::VendorId;
use crate::platform::feed;
use crate::platform::sealed::Sealer;
use crate::vendors::entity::vendor::{ActiveModel, Column, Entity, Model};
use crate::vendors::error::VendorError;
use crate::vendors::model::Facts;
use crate::vendors::query;

/// Fills what a shop lacks, and names it.
pub async fn fill(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    id: VendorId,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<Vec<&'static str>, VendorError> {
    let vendor = query::find(txn, id).await?.ok_or(VendorError::NotFound)?;
    let (row, filled) = lacking(sealer, &vendor, facts)?;
    if filled.is_empty() {
        return Ok(filled);
    }
    let row = ActiveModel { version: Set(vendor.version + 1), updated_at: Set(now), ..row };
    let done = Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(vendor.version))
        .exec(txn)
        .await
        .map_err(taken)?;
    if done.rows_affected != 1 {
        return Err(VendorError::Stale);
    }
    feed::vendor_changed(txn, id, now).await?;
    Ok(filled)
}

fn lacking(
    sealer: &Sealer,
    vendor: &Model,
    facts: &Facts,
) -> Result<(ActiveModel, Vec<&'static str>), VendorError> {
    let (mut row, mut filled) = (ActiveModel::default(), Vec::new());
    let papers = &facts.papers;
    if vendor.nib.is_none() && papers.nib.is_some() {
        set_nib(&mut row, papers.nib.as_ref());
        filled.push("nib");
    }
    if vendor.npwp_sealed.is_none() && papers.npwp.is_some() {
        set_npwp(sealer, vendor.id, &mut row, papers.npwp.as_ref())?;
        filled.push("npwp");
    }
    if vendor.nik_sealed.is_none() && papers.nik.is_some() {
        set_nik(sealer, vendor.id, &mut row, papers.nik.as_ref())?;
        filled.push("nik");
    }
    if vendor.phone.is_empty() {
        row.phone = Set(facts.phone.as_str().to_owned());
        filled.push("phone");
    }
    let address = &facts.address;
    if vendor.address_line.is_empty() {
        row.address_line = Set(address.line.clone());
        row.district_code = Set(address.district.as_str().to_owned());
        row.village_code = Set(address.village.map(|village| village.as_str().to_owned()));
        row.post_code = Set(address.post_code.clone());
        filled.push("address");
    }
    Ok((row, filled))
}

//! A shop of the office's list gets its owner, or is found to be another one.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::decide::{shift, write_down};
use super::edit::taken;
use super::papers::{nik, npwp, set_nib, set_nik, set_npwp};
use crate::kernel::{UserId, VendorId};
use crate::platform::feed;
use crate::platform::sealed::Sealer;
use crate::vendors::entity::vendor::{ActiveModel, Column, Entity, Model};
use crate::vendors::error::VendorError;
use crate::vendors::model::{Act, Decision, Nib, Nik, Npwp};
use crate::vendors::query;

/// Moves a shop out of the list. Of two who claim it at once one is refused by its status.
pub async fn claim(
    txn: &DatabaseTransaction,
    id: VendorId,
    owner: UserId,
    now: DateTime<Utc>,
) -> Result<Model, VendorError> {
    moved(txn, id, (owner, Decision::to(Act::Claim)), now).await
}

/// Takes a shop out of sight because it is another one.
pub async fn retire(
    txn: &DatabaseTransaction,
    id: VendorId,
    (actor, reason): (UserId, &str),
    now: DateTime<Utc>,
) -> Result<Model, VendorError> {
    let decision = Decision { note: Some(reason.to_owned()), ..Decision::to(Act::Suspend) };
    moved(txn, id, (actor, decision), now).await
}

async fn moved(
    txn: &DatabaseTransaction,
    id: VendorId,
    (actor, decision): (UserId, Decision),
    now: DateTime<Utc>,
) -> Result<Model, VendorError> {
    let vendor = query::find(txn, id).await?.ok_or(VendorError::NotFound)?;
    let moved = shift(txn, &vendor, decision.act, now).await?;
    write_down(txn, &vendor, &moved, (actor, decision), now).await?;
    feed::vendor_changed(txn, id, now).await?;
    Ok(moved)
}

/// Moves the numbers that a shop lacks to it from another one, which is left without any, and names them.
pub async fn absorb(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    (from, into): (&Model, &Model),
    now: DateTime<Utc>,
) -> Result<Vec<&'static str>, VendorError> {
    let mut row = ActiveModel { version: Set(into.version + 1), updated_at: Set(now), ..Default::default() };
    let mut named = Vec::new();
    if let (None, Some(nib)) = (&into.nib, from.nib.as_deref().and_then(|nib| Nib::parse(nib).ok())) {
        set_nib(&mut row, Some(&nib));
        named.push("nib");
    }
    let number = npwp(sealer, from).and_then(|number| Npwp::parse(&number).ok());
    if let (None, Some(number)) = (&into.npwp_sealed, number) {
        set_npwp(sealer, into.id, &mut row, Some(&number))?;
        named.push("npwp");
    }
    let number = nik(sealer, from).and_then(|number| Nik::parse(&number).ok());
    if let (None, Some(number)) = (&into.nik_sealed, number) {
        set_nik(sealer, into.id, &mut row, Some(&number))?;
        named.push("nik");
    }
    // First, since a number belongs to one shop at a time.
    let bare = ActiveModel {
        nib: Set(None),
        npwp_sealed: Set(None),
        nik_sealed: Set(None),
        nik_index: Set(None),
        ..Default::default()
    };
    Entity::update_many().set(bare).filter(Column::Id.eq(from.id)).exec(txn).await?;
    Entity::update_many().set(row).filter(Column::Id.eq(into.id)).exec(txn).await.map_err(taken)?;
    Ok(named)
}

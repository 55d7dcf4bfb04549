//! A shop of the office's list gets its owner, or is found to be another one.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::bank;
use super::decide::{shift, write_down};
use crate::kernel::{UserId, VendorId};
use crate::platform::feed;
use crate::vendors::entity::vendor::{self, Model};
use crate::vendors::error::VendorError;
use crate::vendors::model::{Act, Decision};
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

/// Puts a shop back on the list with the phone that was on record, without the bank account of who was not its owner.
pub async fn unclaim(
    txn: &DatabaseTransaction,
    id: VendorId,
    (actor, reason): (UserId, &str),
    phone: &str,
    now: DateTime<Utc>,
) -> Result<Model, VendorError> {
    let decision = Decision { note: Some(reason.to_owned()), ..Decision::to(Act::Unclaim) };
    let shop = moved(txn, id, (actor, decision), now).await?;
    let known = vendor::ActiveModel { phone: Set(phone.to_owned()), ..Default::default() };
    vendor::Entity::update_many().set(known).filter(vendor::Column::Id.eq(id)).exec(txn).await?;
    bank::give_up(txn, id, now).await?;
    Ok(shop)
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

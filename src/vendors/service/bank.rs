//! Where a shop is paid. A new account waits before it counts, so that owners who were robbed of a password have time.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::profile::send_back;
use crate::app::App;
use crate::kernel::{BankAccountId, UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Db;
use crate::platform::jobs::{NewJob, enqueue};
use crate::platform::person;
use crate::platform::sealed::{Resealed, SealError, Sealer};
use crate::vendors::entity::bank_account::{self, Column, Entity};
use crate::vendors::entity::vendor::Status;
use crate::vendors::error::VendorError;
use crate::vendors::jobs::BankAccountChanged;
use crate::vendors::model::mask;
use crate::vendors::model::numbers::{BankAccount, masked_name};
use crate::vendors::query;

/// An account as it may be shown.
#[derive(Clone, Debug)]
pub struct MaskedAccount {
    /// `****` in the middle.
    pub number: Option<String>,
    /// `S*** A***`.
    pub holder: Option<String>,
}

impl MaskedAccount {
    /// What no key opens any more is not shown.
    pub fn of(sealer: &Sealer, row: &bank_account::Model) -> Self {
        let open = |column: &str, sealed: &str| sealer.open(&place(column, row.id), sealed).ok();
        Self {
            number: open("number", &row.number_sealed).as_deref().map(mask),
            holder: open("holder", &row.holder_sealed).as_deref().map(masked_name),
        }
    }
}

/// Number and holder of an account in the clear, for paying.
pub fn opened(sealer: &Sealer, row: &bank_account::Model) -> Result<(String, String), SealError> {
    let open = |column: &str, sealed: &str| sealer.open(&place(column, row.id), sealed);
    Ok((open("number", &row.number_sealed)?, open("holder", &row.holder_sealed)?))
}

fn place(column: &str, id: BankAccountId) -> String {
    format!("vendor_bank_accounts.{column}:{id}")
}

/// Sets or changes where the shop is paid. All owners are told, and the office looks again.
pub async fn set_account(
    app: &App,
    (actor, who): (UserId, &Who),
    vendor_id: VendorId,
    (account, holder): (BankAccount, String),
) -> Result<Vec<bank_account::Model>, VendorError> {
    let now = app.now();
    let wait = Duration::from_std(app.config.vendors.bank_account_wait).unwrap_or(Duration::days(3));
    let txn = app.db.begin().await?;
    let vendor = query::locked(&txn, vendor_id).await?.ok_or(VendorError::NotFound)?;
    // Under review nothing changes beneath the officer's eyes.
    if matches!(vendor.status, Status::Submitted | Status::InReview | Status::Withdrawn) {
        return Err(VendorError::Locked(vendor.status));
    }
    // An account that never counted is not paid any more.
    Entity::update_many()
        .set(bank_account::ActiveModel { replaced_at: Set(Some(now)), ..Default::default() })
        .filter(Column::VendorId.eq(vendor_id))
        .filter(Column::ReplacedAt.is_null())
        .filter(Column::CountsFrom.gt(now))
        .exec(&txn)
        .await?;
    let id = BankAccountId::generate();
    let row = bank_account::ActiveModel {
        id: Set(id),
        vendor_id: Set(vendor_id),
        bank_code: Set(account.bank().to_owned()),
        number_sealed: Set(app.sealer.seal(&place("number", id), account.expose())?),
        holder_sealed: Set(app.sealer.seal(&place("holder", id), &holder)?),
        counts_from: Set(now + wait),
        replaced_at: Set(None),
        created_by: Set(actor),
        created_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(&txn).await?;
    send_back(&txn, &vendor, &["bank_account"], now).await?;
    enqueue(&txn, vec![NewJob::now(now, &BankAccountChanged { vendor_id })?]).await?;
    let key = person::key(&txn, &app.sealer, actor, now).await?;
    let number = key.index(&place("number", id), account.expose());
    let detail =
        json!({"account_id": id, "bank": account.bank(), "number": number, "counts_from": now + wait});
    let deed = Deed { action: "vendor.bank_account_changed", object: ("vendor", vendor_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    let rows = query::bank_accounts(&txn, vendor_id).await?;
    app.commit(txn).await?;
    Ok(rows)
}

/// Pays a shop nowhere any more.
pub(super) async fn give_up(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .set(bank_account::ActiveModel { replaced_at: Set(Some(now)), ..Default::default() })
        .filter(Column::VendorId.eq(vendor_id))
        .filter(Column::ReplacedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// Which account counts, and which waits, of those that were not replaced.
pub fn standing(
    rows: Vec<bank_account::Model>,
    now: DateTime<Utc>,
) -> (Option<bank_account::Model>, Option<bank_account::Model>) {
    let (counting, waiting): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.counts_from <= now);
    (counting.into_iter().next(), waiting.into_iter().next())
}

/// Seals accounts anew that are not under the newest key.
pub async fn reseal_accounts(
    db: &Db,
    sealer: &Sealer,
    after: Option<BankAccountId>,
    most: u64,
) -> Result<Option<(BankAccountId, Resealed)>, DbErr> {
    let txn = db.begin().await?;
    let newest = format!("{}%", sealer.prefix());
    let mut old = Entity::find()
        .filter(Column::NumberSealed.not_like(newest.as_str()))
        .order_by_asc(Column::Id)
        .limit(most)
        .lock_exclusive();
    if let Some(after) = after {
        old = old.filter(Column::Id.gt(after));
    }
    let rows = old.all(&txn).await?;
    let mut resealed = Resealed::default();
    for row in &rows {
        resealed += one(&txn, sealer, row).await?;
    }
    txn.commit().await?;
    Ok(rows.last().map(|row| (row.id, resealed)))
}

async fn one(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    row: &bank_account::Model,
) -> Result<Resealed, DbErr> {
    let again = |column: &str, sealed: &str| -> Result<String, SealError> {
        let place = place(column, row.id);
        sealer.seal(&place, &sealer.open(&place, sealed)?)
    };
    let both = again("number", &row.number_sealed)
        .and_then(|number| Ok((number, again("holder", &row.holder_sealed)?)));
    let Ok((number, holder)) = both else {
        return Ok(Resealed { unreadable: 1, ..Resealed::default() });
    };
    let changes = bank_account::ActiveModel {
        number_sealed: Set(number),
        holder_sealed: Set(holder),
        ..Default::default()
    };
    Entity::update_many().set(changes).filter(Column::Id.eq(row.id)).exec(txn).await?;
    Ok(Resealed { done: 1, ..Resealed::default() })
}

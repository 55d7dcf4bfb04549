//! Where a buyer wants money back that cannot go the way it came. Numbers are sealed under the key of the person.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, Set};
use serde_json::json;

use crate::app::App;
use crate::kernel::{PaymentId, RefundId, RepaymentId, UserId};
use crate::payments::entity::refund;
use crate::payments::entity::refund_account::{ActiveModel, Column, Entity, Model};
use crate::payments::entity::repayment::{self, Way};
use crate::payments::error::PaymentError;
use crate::payments::query;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::person;
use crate::vendors::model::numbers::BankAccount;

/// An account in full.
pub struct Opened {
    pub bank_code: String,
    pub number: String,
    pub holder: String,
}

fn place(column: &str, id: PaymentId) -> String {
    format!("refund_accounts.{column}:{id}")
}

/// Says where money of a payment goes back to.
pub async fn set(
    app: &App,
    (buyer, who): (UserId, &Who),
    id: PaymentId,
    (account, holder): (BankAccount, String),
) -> Result<(), PaymentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    query::of_buyer(&txn, buyer, id).await?.ok_or(PaymentError::NotFound)?;
    let key = person::key(&txn, &app.sealer, buyer, now).await?;
    let row = ActiveModel {
        payment_id: Set(id),
        buyer_id: Set(buyer),
        bank_code: Set(account.bank().to_owned()),
        number_sealed: Set(key.seal(&place("number", id), account.expose())?),
        holder_sealed: Set(key.seal(&place("holder", id), &holder)?),
        updated_at: Set(now),
    };
    let mut replace = OnConflict::column(Column::PaymentId);
    replace.update_columns([Column::BankCode, Column::NumberSealed, Column::HolderSealed, Column::UpdatedAt]);
    Entity::insert(row).on_conflict(replace).exec_without_returning(&txn).await?;
    let number = key.index(&place("number", id), account.expose());
    let detail = json!({"bank": account.bank(), "number": number});
    let deed = Deed { action: "payment.refund_account_set", object: ("payment", id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    Ok(app.commit(txn).await?)
}

/// Where money of a payment goes back to, in full; the caller masks it.
pub async fn find(
    app: &App,
    db: &impl ConnectionTrait,
    id: PaymentId,
) -> Result<Option<Opened>, PaymentError> {
    match Entity::find_by_id(id).one(db).await? {
        Some(row) => open(app, db, row).await,
        None => Ok(None),
    }
}

async fn open(app: &App, db: &impl ConnectionTrait, row: Model) -> Result<Option<Opened>, PaymentError> {
    let Some(key) = person::find(db, &app.sealer, row.buyer_id).await? else {
        return Ok(None);
    };
    let number = key.open(&place("number", row.payment_id), &row.number_sealed).ok();
    let holder = key.open(&place("holder", row.payment_id), &row.holder_sealed).ok();
    let opened = |(number, holder)| Opened { bank_code: row.bank_code, number, holder };
    Ok(number.zip(holder).map(opened))
}

/// Finance reads where a refund goes, and that is written down.
pub async fn reveal(app: &App, who: &Who, id: RefundId, reason: &str) -> Result<Opened, PaymentError> {
    let txn = app.db.begin().await?;
    let refund = refund::Entity::find_by_id(id).one(&txn).await?.ok_or(PaymentError::NotFound)?;
    let detail = json!({"reason": reason});
    let deed = Deed { action: "refund.account_revealed", object: ("refund", id.into()), detail };
    let account = read(app, &txn, who, (refund.payment_id, deed)).await?;
    app.commit(txn).await?;
    Ok(account)
}

/// Finance reads where money goes that was paid twice and that its gateway cannot send back, and that is written down.
pub async fn reveal_for_repayment(
    app: &App,
    who: &Who,
    id: RepaymentId,
    reason: &str,
) -> Result<Opened, PaymentError> {
    let txn = app.db.begin().await?;
    let row = repayment::Entity::find_by_id(id).one(&txn).await?.ok_or(PaymentError::NotFound)?;
    // What a gateway sends goes back the way it came: nobody has to know of an account.
    if row.way != Way::Hand {
        return Err(PaymentError::RefundUnderWay);
    }
    let detail = json!({"reason": reason});
    let deed = Deed { action: "repayment.account_revealed", object: ("repayment", id.into()), detail };
    let account = read(app, &txn, who, (row.payment_id, deed)).await?;
    app.commit(txn).await?;
    Ok(account)
}

async fn read(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    (payment, deed): (PaymentId, Deed),
) -> Result<Opened, PaymentError> {
    let account = find(app, txn, payment).await?.ok_or(PaymentError::NoAccount)?;
    audit::record(txn, &app.sealer, who, deed, app.now()).await?;
    Ok(account)
}

//! Writing payments: opening, moving, proving and refunding them. Steps take the caller's transaction.

pub mod accounts;
pub mod charges;
pub mod events;
mod instructions;
pub mod repay;
pub mod statements;

pub use instructions::instructions;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel as _, QueryFilter,
};
use serde_json::json;

use super::entity::payment::{self, Status};
use super::entity::refund;
use super::entity::transfer::Kind;
use super::error::PaymentError;
use super::jobs::DeleteProof;
use super::ledger::{self, Account, Cause, Entry};
use super::model::{after_refund, reference};
use super::{news, query};
use crate::app::App;
use crate::kernel::{FileId, PaymentId, PurchaseId, RefundId, Rupiah, UserId};
use crate::orders::entity::order;
use crate::orders::entity::purchase::PaymentMethod;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::files::FileKey;
use crate::platform::jobs::{self, NewJob};
use crate::platform::news::{forget_about, tell};

/// Moves a payment; the guard is its state. Touching the payment first also makes everything that spans a purchase
/// wait for its turn: payment, then orders, then stock, then accounts.
pub async fn advance(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    to: Status,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    if !payment.status.may_become(to) {
        return Err(PaymentError::WrongState(payment.status));
    }
    let mut update = payment::Entity::update_many()
        .col_expr(payment::Column::Status, Expr::value(to))
        .col_expr(payment::Column::UpdatedAt, Expr::value(now));
    if to == Status::Paid {
        update = update.col_expr(payment::Column::PaidAt, Expr::value(now));
    }
    let moved = update
        .filter(payment::Column::Id.eq(payment.id))
        .filter(payment::Column::Status.eq(payment.status))
        .exec(txn)
        .await?;
    if moved.rows_affected != 1 {
        return Err(PaymentError::WrongState(payment.status));
    }
    payment.status = to;
    if charges::way(payment.method).is_some()
        && matches!(to, Status::Paid | Status::Expired | Status::Cancelled)
    {
        charges::close_live(txn, payment.id, now).await?;
    }
    Ok(())
}

/// Takes the turn of a purchase without moving its payment, and reads the payment as it is then.
pub async fn lock(
    txn: &DatabaseTransaction,
    purchase: PurchaseId,
    now: DateTime<Utc>,
) -> Result<payment::Model, PaymentError> {
    let rows = payment::Entity::update_many()
        .col_expr(payment::Column::UpdatedAt, Expr::value(now))
        .filter(payment::Column::PurchaseId.eq(purchase))
        .exec_with_returning(txn)
        .await?;
    rows.into_iter().next().ok_or(PaymentError::NotFound)
}

/// A payment that is about to be opened.
pub struct NewPayment {
    pub purchase_id: PurchaseId,
    pub buyer_id: UserId,
    pub method: PaymentMethod,
    pub amount: Rupiah,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Opens the payment of a purchase.
pub async fn open(
    txn: &DatabaseTransaction,
    new: NewPayment,
    now: DateTime<Utc>,
) -> Result<payment::Model, PaymentError> {
    let id = PaymentId::generate();
    let row = payment::Model {
        id,
        purchase_id: new.purchase_id,
        buyer_id: new.buyer_id,
        method: new.method,
        status: Status::Pending,
        amount: new.amount,
        refunded: Rupiah::ZERO,
        expires_at: new.expires_at,
        paid_at: None,
        proof_key: None,
        confirmed_by: None,
        note: None,
        created_at: now,
        updated_at: now,
        reference: Some(reference(id)),
    };
    payment::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(txn).await?;
    Ok(row)
}

/// Keeps the proof of a transfer and hands the payment to finance.
pub async fn submit_proof(
    app: &App,
    buyer: UserId,
    id: PaymentId,
    file: Bytes,
) -> Result<payment::Model, PaymentError> {
    let extension = infer::get(&file).map(|kind| kind.extension()).filter(|name| PROOF_TYPES.contains(name));
    let extension = extension.ok_or(PaymentError::Proof)?;
    let payment = query::of_buyer(app.db.read(), buyer, id).await?.ok_or(PaymentError::NotFound)?;
    check_proof_wanted(&payment)?;
    // Stored before the transaction: an orphaned file harms nobody, a proof without its file would.
    let name = format!("private/proofs/{id}/{}.{extension}", FileId::generate());
    let key = FileKey::parse(&name).ok_or(PaymentError::Proof)?;
    app.files.put(&key, file).await.map_err(|error| PaymentError::Files(error.to_string()))?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = lock(&txn, payment.purchase_id, now).await?;
    check_proof_wanted(&payment)?;
    if payment.status == Status::Pending {
        advance(&txn, &mut payment, Status::ProofSubmitted, now).await?;
        tell(&txn, &[news::proof_submitted(&payment)], now).await?;
    }
    payment::Entity::update_many()
        .col_expr(payment::Column::ProofKey, Expr::value(key.as_str()))
        .filter(payment::Column::Id.eq(id))
        .exec(&txn)
        .await?;
    payment.proof_key = Some(key.as_str().to_owned());
    app.commit(txn).await?;
    Ok(payment)
}

const PROOF_TYPES: [&str; 4] = ["jpg", "png", "webp", "pdf"];

fn check_proof_wanted(payment: &payment::Model) -> Result<(), PaymentError> {
    if payment.method != PaymentMethod::ManualTransfer {
        return Err(PaymentError::WrongMethod);
    }
    if payment.status.is_open() { Ok(()) } else { Err(PaymentError::WrongState(payment.status)) }
}

/// Finance could not find the money behind a proof: the buyer may try again.
pub async fn reject_proof(
    app: &App,
    (finance, who): (UserId, &Who),
    id: PaymentId,
    note: String,
) -> Result<payment::Model, PaymentError> {
    let now = app.now();
    let payment = query::of_platform(app.db.read(), id).await?.ok_or(PaymentError::NotFound)?;
    let txn = app.db.begin().await?;
    let mut payment = lock(&txn, payment.purchase_id, now).await?;
    advance(&txn, &mut payment, Status::Pending, now).await?;
    tell(&txn, &[news::proof_rejected(&payment, &note)], now).await?;
    note_decision(&txn, &mut payment, finance, Some(note)).await?;
    let deed = Deed { action: "payment.proof_rejected", object: ("payment", id.into()), detail: json!({}) };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(payment)
}

/// Keeps who decided about a payment and why.
pub async fn note_decision(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    by: UserId,
    note: Option<String>,
) -> Result<(), PaymentError> {
    payment::Entity::update_many()
        .col_expr(payment::Column::ConfirmedBy, Expr::value(by))
        .col_expr(payment::Column::Note, Expr::value(note.clone()))
        .filter(payment::Column::Id.eq(payment.id))
        .exec(txn)
        .await?;
    (payment.confirmed_by, payment.note) = (Some(by), note);
    Ok(())
}

/// Records that a refund left for the buyer; false if that is known. Doing it again changes nothing.
pub async fn refund_paid(
    txn: &DatabaseTransaction,
    id: RefundId,
    now: DateTime<Utc>,
) -> Result<(refund::Model, bool), PaymentError> {
    let mut refund = refund::Entity::find_by_id(id).one(txn).await?.ok_or(PaymentError::NotFound)?;
    let payment = query::of_platform(txn, refund.payment_id).await?.ok_or(PaymentError::NotFound)?;
    let mut payment = lock(txn, payment.purchase_id, now).await?;
    let paid = refund::Entity::update_many()
        .col_expr(refund::Column::Status, Expr::value(refund::Status::Done))
        .col_expr(refund::Column::DoneAt, Expr::value(now))
        .filter(refund::Column::Id.eq(id))
        .filter(refund::Column::Status.eq(refund::Status::Pending))
        .exec(txn)
        .await?;
    refund.status = refund::Status::Done;
    if paid.rows_affected == 0 {
        return Ok((refund, false));
    }
    refund.done_at = Some(now);
    book_refund(txn, &mut payment, &refund, now).await?;
    if let Some(order) = order::Entity::find_by_id(refund.order_id).one(txn).await? {
        tell(txn, &news::refund("refund.paid", &refund, &order), now).await?;
    }
    Ok((refund, true))
}

async fn book_refund(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    refund: &refund::Model,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    // What a shop took in cash for a sale of its own it also gives back in cash. All else is paid by finance: money that a buyer
    // gave the shop itself stays there, and what went back of it becomes a debt of the shop.
    let credit = if payment.method == PaymentMethod::Cash { Account::CASH } else { Account::CLEARING };
    let entry = Entry {
        kind: Kind::RefundPaid,
        debit: Account::REFUNDS_DUE,
        credit,
        amount: refund.amount,
        order_id: Some(refund.order_id),
    };
    ledger::post(txn, Cause::Refund(refund.id, payment.id), &[entry], now).await?;
    payment::Entity::update_many()
        .col_expr(payment::Column::Refunded, Expr::col(payment::Column::Refunded).add(refund.amount.get()))
        .filter(payment::Column::Id.eq(payment.id))
        .exec(txn)
        .await?;
    payment.refunded = payment.refunded.plus(refund.amount)?;
    let next = after_refund(payment.amount, payment.refunded);
    // Further parts may still be on their way: a second part leaves a partial refund partial.
    if next != payment.status && payment.status.may_become(next) {
        advance(txn, payment, next, now).await?;
    }
    Ok(())
}

/// Takes away what a buyer showed or what was said about the buyer's transfers; amounts and states stay.
pub async fn forget_buyer(txn: &DatabaseTransaction, buyer: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    use payment::Column;
    let shown = payment::Entity::find()
        .filter(Column::BuyerId.eq(buyer).and(Column::ProofKey.is_not_null()))
        .all(txn)
        .await?;
    let files = shown.into_iter().filter_map(|payment| payment.proof_key);
    let jobs = files.map(|key| NewJob::now(now, &DeleteProof { key })).collect::<Result<Vec<_>, _>>()?;
    jobs::enqueue(txn, jobs).await?;
    payment::Entity::update_many()
        .col_expr(Column::ProofKey, Expr::value(None::<String>))
        .col_expr(Column::Note, Expr::value(None::<String>))
        .filter(Column::BuyerId.eq(buyer))
        .filter(Condition::any().add(Column::ProofKey.is_not_null()).add(Column::Note.is_not_null()))
        .exec(txn)
        .await?;
    forget_about(txn, buyer, "payment").await
}

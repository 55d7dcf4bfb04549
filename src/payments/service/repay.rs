//! Money back to buyers: through the gateway it came with, else by a transfer that finance makes.
//!
//! The key of a refund never changes, and whether it went is asked before it is sent a second time.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::{charges, refund_paid};
use crate::app::App;
use crate::kernel::{RefundId, RepaymentId, Rupiah};
use crate::orders::entity::purchase::PaymentMethod;
use crate::payments::entity::repayment::{self, Column, Entity, Model, Status, Way};
use crate::payments::entity::transfer::Kind;
use crate::payments::entity::{charge, payment, refund_account};
use crate::payments::error::PaymentError;
use crate::payments::jobs::{PayBack, PayRefund};
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::payments::{news, query};
use crate::platform::gateways::{CallError, NewRefund};
use crate::platform::jobs::{self, NewJob};
use crate::platform::news::{News, tell};

/// Sends a refund on its way: the sandbox pays by itself, a gateway by a job, everything else waits for finance.
pub async fn begin(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    (refund, amount): (RefundId, Rupiah),
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let job = NewJob::now::<App, _>(now, &PayRefund { refund_id: refund })?;
    match charges::way(payment.method) {
        Some(_) => {
            let charge = charges::paid(txn, payment.id).await?.ok_or(PaymentError::NotFound)?;
            write(txn, &charge, (Some(refund), amount), now).await?;
            jobs::enqueue(txn, vec![job]).await?;
        }
        None if payment.method == PaymentMethod::Sandbox => jobs::enqueue(txn, vec![job]).await?,
        None => {}
    }
    Ok(())
}

/// What the buyer is asked for when money of a payment can only go to an account, and none was given.
async fn ask_for_account(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    amount: Rupiah,
) -> Result<Option<News>, DbErr> {
    let known = refund_account::Entity::find_by_id(payment.id).one(txn).await?;
    Ok(if known.is_none() { news::account_needed(payment, amount) } else { None })
}

/// The same for a refund that was begun; one that a gateway may send is asked about only once the gateway refused.
pub async fn asked(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    amount: Rupiah,
) -> Result<Option<News>, DbErr> {
    if charges::way(payment.method).is_some() || payment.method == PaymentMethod::Sandbox {
        return Ok(None);
    }
    ask_for_account(txn, payment, amount).await
}

/// Owes back a charge that was paid although the purchase had been paid otherwise.
pub async fn surplus(
    txn: &DatabaseTransaction,
    charge: &charge::Model,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    book(txn, charge, (Kind::Unmatched, Account::CLEARING, Account::UNMATCHED), now).await?;
    let id = write(txn, charge, (None, charge.amount), now).await?;
    Ok(jobs::enqueue(txn, vec![NewJob::now(now, &PayBack { repayment_id: id })?]).await?)
}

async fn book(
    txn: &DatabaseTransaction,
    charge: &charge::Model,
    (kind, debit, credit): (Kind, Account, Account),
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let entry = Entry { kind, debit, credit, amount: charge.amount, order_id: None };
    ledger::post(txn, Cause::Charge(charge.id.0, Some(charge.payment_id)), &[entry], now).await
}

/// Whether a gateway can send it back at all is found out by the call.
async fn write(
    txn: &DatabaseTransaction,
    charge: &charge::Model,
    (refund, amount): (Option<RefundId>, Rupiah),
    now: DateTime<Utc>,
) -> Result<RepaymentId, PaymentError> {
    let id = RepaymentId::generate();
    let row = repayment::ActiveModel {
        id: Set(id),
        payment_id: Set(charge.payment_id),
        refund_id: Set(refund),
        charge_id: Set(Some(charge.id)),
        way: Set(Way::Gateway),
        status: Set(Status::Due),
        amount: Set(amount),
        error: Set(None),
        attempts: Set(0),
        check_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(txn).await?;
    Ok(id)
}

/// Pays a refund if it goes by itself.
pub async fn pay_refund(app: &App, id: RefundId) -> Result<(), PaymentError> {
    let row = Entity::find().filter(Column::RefundId.eq(id)).one(app.db.read()).await?;
    match row {
        Some(row) => pay(app, row.id).await,
        None => pay_in_sandbox(app, id).await,
    }
}

async fn pay_in_sandbox(app: &App, id: RefundId) -> Result<(), PaymentError> {
    let txn = app.db.begin().await?;
    refund_paid(&txn, id, app.now()).await?;
    Ok(app.commit(txn).await?)
}

/// Sends money back through its gateway, or finds out what became of an earlier try.
pub async fn pay(app: &App, id: RepaymentId) -> Result<(), PaymentError> {
    match claim(app, id).await? {
        Some((row, charge)) => {
            let outcome = call(app, &row, &charge).await;
            record(app, (&row, &charge), outcome).await
        }
        None => Ok(()),
    }
}

async fn claim(app: &App, id: RepaymentId) -> Result<Option<(Model, charge::Model)>, PaymentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let due = Column::Id.eq(id).and(Column::Way.eq(Way::Gateway)).and(Column::Status.eq(Status::Due));
    let claimed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::CheckAt, Expr::value(now + charges::CALLING))
        .filter(due.and(Column::CheckAt.lte(now)))
        .exec_with_returning(&txn)
        .await?;
    let Some(row) = claimed.into_iter().next() else {
        return Ok(None);
    };
    let charge = row.charge_id.ok_or(PaymentError::NotFound)?;
    let charge = charges::find(&txn, charge).await?.ok_or(PaymentError::NotFound)?;
    app.commit(txn).await?;
    Ok(Some((row, charge)))
}

/// What a repayment is called at its gateway.
fn key(row: &Model) -> String {
    row.refund_id.map_or_else(|| row.id.to_string(), |refund| refund.to_string())
}

/// True if all that a gateway says to have sent back of a charge was sent by us.
pub async fn is_known(
    db: &impl ConnectionTrait,
    charge: &charge::Model,
    refunds: &[(String, Option<Rupiah>)],
) -> Result<bool, DbErr> {
    if refunds.is_empty() {
        return Ok(true);
    }
    let ours = Entity::find().filter(Column::ChargeId.eq(charge.id)).all(db).await?;
    let ours: Vec<String> = ours.iter().map(key).collect();
    Ok(refunds.iter().all(|(key, _)| ours.contains(key)))
}

async fn call(app: &App, row: &Model, charge: &charge::Model) -> Result<(), CallError> {
    let gateway = app.gateways.at(&charge.provider)?;
    if !charges::way(charge.method).is_some_and(|way| gateway.can_refund(way)) {
        return Err(CallError::Refused("the gateway cannot send back what was paid this way".to_owned()));
    }
    let key = key(row);
    if row.attempts > 1 {
        let seen = gateway.status(&charge.reference()).await?;
        if let Some((_, amount)) = seen.refunds.iter().find(|(known, _)| *known == key) {
            let same = *amount == Some(row.amount);
            let other = || CallError::Refused("the gateway sent another amount".to_owned());
            return if same { Ok(()) } else { Err(other()) };
        }
    }
    gateway.refund(&NewRefund { reference: charge.reference(), key, amount: row.amount }).await
}

async fn record(
    app: &App,
    (row, charge): (&Model, &charge::Model),
    outcome: Result<(), CallError>,
) -> Result<(), PaymentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    match outcome {
        Ok(()) => done(&txn, (row, charge), Way::Gateway, now).await?,
        Err(CallError::Refused(reason)) => {
            let change = repayment::ActiveModel {
                way: Set(Way::Hand),
                error: Set(Some(reason)),
                check_at: Set(None),
                updated_at: Set(now),
                ..Default::default()
            };
            if change_due(&txn, row, change).await? {
                tell_refused(&txn, (row, charge), now).await?;
            }
        }
        Err(unsure) => {
            let change = repayment::ActiveModel {
                error: Set(Some(unsure.to_string())),
                check_at: Set(Some(charges::later(row.attempts, now))),
                updated_at: Set(now),
                ..Default::default()
            };
            change_due(&txn, row, change).await?;
        }
    }
    Ok(app.commit(txn).await?)
}

async fn change_due(
    txn: &DatabaseTransaction,
    row: &Model,
    change: repayment::ActiveModel,
) -> Result<bool, DbErr> {
    let due = Column::Id.eq(row.id).and(Column::Status.eq(Status::Due)).and(Column::Way.eq(Way::Gateway));
    Ok(Entity::update_many().set(change).filter(due).exec(txn).await?.rows_affected == 1)
}

/// Finance has to send it, and needs to know where to.
async fn tell_refused(
    txn: &DatabaseTransaction,
    (row, charge): (&Model, &charge::Model),
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let payment = query::of_platform(txn, row.payment_id).await?.ok_or(PaymentError::NotFound)?;
    let mut told = vec![news::refused((row.id.0, row.amount), charge)];
    told.extend(ask_for_account(txn, &payment, row.amount).await?);
    tell(txn, &told, now).await?;
    Ok(())
}

/// Money left for the buyer; the second time changes nothing.
async fn done(
    txn: &DatabaseTransaction,
    (row, charge): (&Model, &charge::Model),
    way: Way,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    if !finish(txn, row, way, now).await? {
        return Ok(());
    }
    match row.refund_id {
        Some(refund) => refund_paid(txn, refund, now).await.map(|_| ()),
        None => book(txn, charge, (Kind::Matched, Account::UNMATCHED, Account::CLEARING), now).await,
    }
}

async fn finish(txn: &DatabaseTransaction, row: &Model, way: Way, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let due = Column::Id.eq(row.id).and(Column::Status.eq(Status::Due)).and(Column::Way.eq(way));
    let finished = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Done))
        .col_expr(Column::CheckAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::Error, Expr::value(None::<String>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(due)
        .exec(txn)
        .await?;
    Ok(finished.rows_affected == 1)
}

/// Finance made the transfer of a refund; refused while a gateway may have sent it.
pub async fn by_hand(
    txn: &DatabaseTransaction,
    refund: RefundId,
    now: DateTime<Utc>,
) -> Result<(), PaymentError> {
    let Some(row) = Entity::find().filter(Column::RefundId.eq(refund)).one(txn).await? else {
        return Ok(());
    };
    if row.status == Status::Done || finish(txn, &row, Way::Hand, now).await? {
        return Ok(());
    }
    Err(PaymentError::RefundUnderWay)
}

/// Finance sent a surplus back by hand; false if that is known.
pub async fn surplus_by_hand(
    txn: &DatabaseTransaction,
    id: RepaymentId,
    now: DateTime<Utc>,
) -> Result<(Model, bool), PaymentError> {
    let surplus = Entity::find_by_id(id).filter(Column::RefundId.is_null()).one(txn).await?;
    let mut row = surplus.ok_or(PaymentError::NotFound)?;
    if row.status == Status::Done {
        return Ok((row, false));
    }
    let charge = row.charge_id.ok_or(PaymentError::NotFound)?;
    let charge = charges::find(txn, charge).await?.ok_or(PaymentError::NotFound)?;
    if row.way != Way::Hand || !finish(txn, &row, Way::Hand, now).await? {
        return Err(PaymentError::RefundUnderWay);
    }
    book(txn, &charge, (Kind::Matched, Account::UNMATCHED, Account::CLEARING), now).await?;
    row.status = Status::Done;
    Ok((row, true))
}

/// Money that is due to be sent or asked after, the longest first.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::CheckAt.lte(now)).order_by_asc(Column::CheckAt).limit(most).all(db).await
}

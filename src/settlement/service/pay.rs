//! One payout on its way: handed to the bank once, and then only asked about.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use crate::app::App;
use crate::kernel::{PayoutId, Problem};
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, NewJob};
use crate::platform::news::{Audience, News, tell};
use crate::settlement::disburse::{Answer, Order, disburser};
use crate::settlement::entity::payout::{self, Status};
use crate::settlement::error::SettlementError;
use crate::settlement::http::PayoutOut;
use crate::settlement::jobs::AskPayout;
use crate::settlement::query;
use crate::web::idempotency::Request;

/// When the bank is asked what it did.
const ASK_AFTER: Duration = Duration::minutes(5);

/// Hands a payout to the bank. It is marked first and in a transaction of its own: whoever comes second finds it gone.
pub async fn deliver(app: &App, id: PayoutId) -> Result<(), SettlementError> {
    let settings = &app.config.settlement;
    let Some(bank) = disburser(settings.disburser, settings.sandbox_outcome) else { return Ok(()) };
    let Some(order) = take(app, id).await? else { return Ok(()) };
    let answer = bank.send(order).await;
    let txn = app.db.begin().await?;
    // Whatever the bank said, the question that `take` put on its way follows.
    record(&txn, id, answer, app.now()).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Marks a payout as handed over, and sees to it that the bank is asked even if this process ends now.
async fn take(app: &App, id: PayoutId) -> Result<Option<Order>, SettlementError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let taken = payout::Entity::update_many()
        .col_expr(payout::Column::Status, Expr::value(Status::Sent))
        .col_expr(payout::Column::Attempts, Expr::value(1))
        .col_expr(payout::Column::SentAt, Expr::value(now))
        .filter(payout::Column::Id.eq(id))
        .filter(payout::Column::Status.eq(Status::Pending))
        .exec_with_returning(&txn)
        .await?;
    let Some(row) = taken.into_iter().next() else { return Ok(None) };
    let ask = NewJob::at::<App, _>(now, now + ASK_AFTER, &AskPayout { payout_id: id })?;
    jobs::enqueue(&txn, vec![ask]).await?;
    app.commit(txn).await?;
    Ok(Some(Order { id, amount: row.amount }))
}

/// Asks the bank about a payout whose end is not known; each question that stays open leads to the next one.
pub async fn ask(app: &App, id: PayoutId) -> Result<(), SettlementError> {
    let settings = &app.config.settlement;
    let Some(bank) = disburser(settings.disburser, settings.sandbox_outcome) else { return Ok(()) };
    let row = query::payout(app.db.read(), id).await?.ok_or(SettlementError::NotFound)?;
    if !matches!(row.status, Status::Sent | Status::Unknown) {
        return Ok(());
    }
    let answer = bank.ask(id).await;
    let now = app.now();
    let txn = app.db.begin().await?;
    if record(&txn, id, answer, now).await? {
        let again = NewJob::at::<App, _>(now, now + ASK_AFTER, &AskPayout { payout_id: id })?;
        jobs::enqueue(&txn, vec![again]).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Writes down what the bank said; true if the end is still not known.
async fn record(
    txn: &DatabaseTransaction,
    id: PayoutId,
    answer: Answer,
    now: DateTime<Utc>,
) -> Result<bool, SettlementError> {
    let to = match answer {
        Answer::Paid => Status::Paid,
        Answer::Failed => Status::Failed,
        Answer::Unknown => return unknown(txn, id, now).await,
    };
    end(txn, id, (to, None), now).await?;
    Ok(false)
}

/// True if the payout had not ended. Finance is told the first time.
async fn unknown(
    txn: &DatabaseTransaction,
    id: PayoutId,
    now: DateTime<Utc>,
) -> Result<bool, SettlementError> {
    let marked = payout::Entity::update_many()
        .col_expr(payout::Column::Status, Expr::value(Status::Unknown))
        .filter(payout::Column::Id.eq(id))
        .filter(payout::Column::Status.eq(Status::Sent))
        .exec_with_returning(txn)
        .await?;
    if let Some(row) = marked.into_iter().next() {
        let data = json!({"amount": row.amount, "vendor_id": row.vendor_id});
        let news = News { to: Audience::FINANCE, kind: "payout.unknown", object: ("payout", id.0), data };
        tell(txn, &[news], now).await?;
        return Ok(true);
    }
    let known = query::payout(txn, id).await?;
    Ok(known.is_some_and(|row| row.status == Status::Unknown))
}

/// Ends a payout and books it; nothing if it has ended already. The guard is its state.
async fn end(
    txn: &DatabaseTransaction,
    id: PayoutId,
    (to, note): (Status, Option<String>),
    now: DateTime<Utc>,
) -> Result<Option<payout::Model>, SettlementError> {
    let from = [Status::Sent, Status::Unknown].into_iter().filter(|from| from.may_become(to));
    let ended = payout::Entity::update_many()
        .col_expr(payout::Column::Status, Expr::value(to))
        .col_expr(payout::Column::DoneAt, Expr::value(now))
        .col_expr(payout::Column::Note, Expr::value(note))
        .filter(payout::Column::Id.eq(id))
        .filter(payout::Column::Status.is_in(from))
        .exec_with_returning(txn)
        .await?;
    let Some(row) = ended.into_iter().next() else { return Ok(None) };
    let (kind, credit) = match to {
        Status::Paid => (Kind::PayoutPaid, Account::CLEARING),
        _ => (Kind::PayoutReturned, Account::payable(row.vendor_id)),
    };
    let entry = Entry { kind, debit: Account::PAYOUTS_DUE, credit, amount: row.amount, order_id: None };
    ledger::post(txn, Cause::Payout(id), &[entry], now).await?;
    let news = News {
        to: Audience::Vendor(row.vendor_id),
        kind: if to == Status::Paid { "payout.sent" } else { "payout.failed" },
        object: ("payout", id.0),
        data: json!({"amount": row.amount}),
    };
    tell(txn, &[news], now).await?;
    Ok(Some(row))
}

/// Finance says what the bank did with a payout.
pub async fn settle_by_hand(
    app: &App,
    who: &Who,
    request: Request<'_>,
    id: PayoutId,
    (paid, note): (bool, Option<String>),
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, SettlementError> {
        let found = query::payout(txn, id).await?.ok_or(SettlementError::NotFound)?;
        let to = if paid { Status::Paid } else { Status::Failed };
        let ended = end(txn, id, (to, note.clone()), now).await?;
        let row = ended.ok_or(SettlementError::WrongState(found.status))?;
        let deed = Deed {
            action: if paid { "payout.confirmed" } else { "payout.failed" },
            object: ("payout", id.into()),
            detail: json!({"vendor_id": row.vendor_id, "amount": row.amount, "from": found.status}),
        };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        Ok((StatusCode::OK, PayoutOut::of(row)))
    })
    .await
}

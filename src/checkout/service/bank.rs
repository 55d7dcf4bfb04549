//! Statements of the bank: what a reference and an amount explain pays its purchase, the rest waits for a person.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::settle::money_came;
use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::jobs::MatchStatement;
use crate::kernel::{BankLineId, BankStatementId, PaymentId, Problem, UserId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::service::By;
use crate::payments::entity::bank_line::{self, Outcome};
use crate::payments::entity::payment::{self, Status};
use crate::payments::model::statement::{Line, references};
use crate::payments::service::statements::{self, Decision};
use crate::payments::{PaymentError, query, service as payments};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, NewJob};
use crate::web::idempotency::Request;

/// A statement that was taken in.
#[derive(Serialize, ToSchema)]
pub struct Imported {
    id: BankStatementId,
    /// Lines of the file.
    lines: i32,
    /// Those that were not known; they are matched by a job.
    new: i32,
}

/// Where a line stands.
#[derive(Serialize, ToSchema)]
pub struct LineDecided {
    id: BankLineId,
    outcome: Outcome,
    payment_id: Option<PaymentId>,
    /// Where the payment stands.
    payment_status: Option<Status>,
}

/// Takes in a statement; the same lines again change nothing.
pub async fn import(
    app: &App,
    (finance, who): (UserId, &Who),
    request: Request<'_>,
    lines: Vec<Line>,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let statement = statements::store(txn, (finance, lines), now).await?;
        let job = MatchStatement { statement_id: statement.id };
        jobs::enqueue(txn, vec![NewJob::now(now, &job)?]).await?;
        let detail = json!({"lines": statement.lines_total, "new": statement.lines_new});
        let object = ("bank_statement", statement.id.into());
        let deed = Deed { action: "bank_statement.imported", object, detail };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        let out = Imported { id: statement.id, lines: statement.lines_total, new: statement.lines_new };
        Ok((StatusCode::CREATED, out))
    })
    .await
}

/// Finds what the new lines of a statement are for.
pub async fn match_all(app: &App, id: BankStatementId) -> Result<(), CheckoutError> {
    let lines = statements::new_lines(app.db.read(), id).await?;
    for (at, line) in lines.iter().enumerate() {
        match match_one(app, *line, at + 1 == lines.len()).await {
            // Somebody was faster.
            Ok(()) | Err(CheckoutError::Payment(PaymentError::LineDecided(_))) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn match_one(app: &App, id: BankLineId, is_last: bool) -> Result<(), CheckoutError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let line = statements::locked(&txn, id, Outcome::New).await?;
    let (outcome, reason, payment) = match candidate(&txn, &line, now).await? {
        Ok(mut payment) => {
            if payment.status.awaits_money() {
                money_came(&txn, &mut payment, By::SYSTEM, now).await?;
            }
            (Outcome::Matched, None, Some(payment.id))
        }
        Err(reason) => (Outcome::Unmatched, Some(reason), None),
    };
    statements::decide(&txn, &line, Decision { outcome, reason, payment, by: None }, now).await?;
    // Once for the whole statement.
    if is_last {
        statements::tell_unmatched(&txn, &line, now).await?;
    }
    Ok(app.commit(txn).await?)
}

/// The payment that a line is for, locked; or why it is for none. The amount alone decides nothing: two buyers may owe the same.
async fn candidate(
    txn: &DatabaseTransaction,
    line: &bank_line::Model,
    now: DateTime<Utc>,
) -> Result<Result<payment::Model, &'static str>, CheckoutError> {
    let found = statements::by_reference(txn, references(&line.description)).await?;
    let found = match found.as_slice() {
        [] => return Ok(Err("no-reference")),
        [one] => one,
        _ => return Ok(Err("several-references")),
    };
    let payment = payments::lock(txn, found.purchase_id, now).await?;
    match check_match(txn, line, &payment).await {
        Ok(()) => Ok(Ok(payment)),
        Err(PaymentError::WrongMethod) => Ok(Err("other-method")),
        Err(PaymentError::AmountDiffers) => Ok(Err("other-amount")),
        Err(PaymentError::LineTaken) => Ok(Err("paid-twice")),
        Err(error) => Err(error.into()),
    }
}

/// Finance says which payment a line is for.
pub async fn match_by_hand(
    app: &App,
    (finance, who): (UserId, &Who),
    request: Request<'_>,
    (id, payment_id): (BankLineId, PaymentId),
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let found = query::of_platform(txn, payment_id).await?.ok_or(PaymentError::NotFound)?;
        let line = statements::locked(txn, id, Outcome::Unmatched).await?;
        let mut payment = payments::lock(txn, found.purchase_id, now).await?;
        check_match(txn, &line, &payment).await?;
        let decision = Decision {
            outcome: Outcome::Matched,
            reason: None,
            payment: Some(payment.id),
            by: Some((finance, None)),
        };
        statements::decide(txn, &line, decision, now).await?;
        if payment.status.awaits_money() {
            money_came(txn, &mut payment, By::person(Actor::Officer, finance), now).await?;
        }
        let detail = json!({"payment_id": payment.id, "amount": line.amount});
        let deed = Deed { action: "bank_line.matched", object: ("bank_line", id.into()), detail };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        let out = LineDecided {
            id,
            outcome: Outcome::Matched,
            payment_id: Some(payment.id),
            payment_status: Some(payment.status),
        };
        Ok((StatusCode::OK, out))
    })
    .await
}

async fn check_match(
    txn: &DatabaseTransaction,
    line: &bank_line::Model,
    payment: &payment::Model,
) -> Result<(), PaymentError> {
    if payment.method != PaymentMethod::ManualTransfer {
        return Err(PaymentError::WrongMethod);
    }
    if payment.amount != line.amount {
        return Err(PaymentError::AmountDiffers);
    }
    match statements::line_of(txn, payment.id).await? {
        Some(_) => Err(PaymentError::LineTaken),
        None => Ok(()),
    }
}

/// Finance says that a line is none of the market's.
pub async fn set_aside(
    app: &App,
    (finance, who): (UserId, &Who),
    request: Request<'_>,
    (id, note): (BankLineId, String),
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let line = statements::locked(txn, id, Outcome::Unmatched).await?;
        let decision = Decision {
            outcome: Outcome::Other,
            reason: None,
            payment: None,
            by: Some((finance, Some(note))),
        };
        statements::decide(txn, &line, decision, now).await?;
        let detail = json!({"amount": line.amount});
        let deed = Deed { action: "bank_line.set_aside", object: ("bank_line", id.into()), detail };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        let out = LineDecided { id, outcome: Outcome::Other, payment_id: None, payment_status: None };
        Ok((StatusCode::OK, out))
    })
    .await
}

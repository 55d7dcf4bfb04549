//! Lines of bank statements: the list of finance.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::FINANCE_READ;
use crate::app::App;
use crate::kernel::{BankLineId, BankStatementId, Page, PaymentId, Problem, Rupiah};
use crate::payments::entity::bank_line::{self, Direction, Outcome};
use crate::payments::query::reviews;
use crate::web::query::page_of;
use crate::web::{Policy, ValidQuery};

pub const LIST_LINES: Policy = FINANCE_READ;

/// A line of a statement.
#[derive(Serialize, ToSchema)]
pub struct BankLineOut {
    id: BankLineId,
    statement_id: BankStatementId,
    /// The line in the file, from 1.
    position: i32,
    #[schema(format = Date)]
    booked_on: String,
    description: String,
    direction: Direction,
    amount: Rupiah,
    outcome: Outcome,
    /// Why it waits for a person.
    reason: Option<String>,
    payment_id: Option<PaymentId>,
    /// The payment that waits for just this amount, if there is only one; finance decides whether it is meant.
    suggested_payment_id: Option<PaymentId>,
    note: Option<String>,
    decided_at: Option<DateTime<Utc>>,
}

/// What the list of lines is narrowed to.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BankLineQuery {
    outcome: Option<Outcome>,
    statement_id: Option<BankStatementId>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// List lines of bank statements, the oldest first; `outcome=unmatched` is what waits for a person.
#[utoipa::path(get, path = "/v1/admin/bank-lines", tag = "payments", params(BankLineQuery),
    responses((status = 200, body = Page<BankLineOut>)))]
pub async fn list_bank_lines(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<BankLineQuery>,
) -> Result<Json<Page<BankLineOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let db = app.db.read();
    let rows = reviews::lines(db, (query.outcome, query.statement_id), &page).await?;
    let waiting = reviews::waiting_for(db, &rows.items).await?;
    Ok(Json(rows.map(|row| {
        let suggested = waiting.get(&row.amount).filter(|_| row.outcome == Outcome::Unmatched).copied();
        BankLineOut::of(row, suggested)
    })))
}

impl BankLineOut {
    /// As finance sees it.
    pub fn of(row: bank_line::Model, suggested_payment_id: Option<PaymentId>) -> Self {
        Self {
            id: row.id,
            statement_id: row.statement_id,
            position: row.position,
            booked_on: row.booked_on,
            description: row.description,
            direction: row.direction,
            amount: row.amount,
            outcome: row.outcome,
            reason: row.reason,
            payment_id: row.payment_id,
            suggested_payment_id,
            note: row.note,
            decided_at: row.decided_at,
        }
    }
}

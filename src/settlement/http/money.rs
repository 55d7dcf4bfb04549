//! Where all the money is: for operators, finance and auditors.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::kernel::Problem;
use crate::settlement::query::money::{self, KindBalance, Stray, Waiting};
use crate::web::{Area, Policy, Role};

pub const BOOKS: Policy =
    Policy::any_of(&[Role::Operator, Role::Finance, Role::Auditor]).area(Area::Payments);

/// Most rows of each list.
const MOST: u64 = 100;

/// The books at a glance.
#[derive(Serialize, ToSchema)]
pub(super) struct BooksOut {
    /// What all accounts of a kind hold together.
    accounts: Vec<KindBalance>,
    /// All of them added up: nothing, or the books are wrong.
    difference: i64,
    /// What waits for somebody.
    waiting: Vec<Waiting>,
    /// Money of purchases that is assigned to no order.
    escrows: Vec<EscrowOut>,
    /// Money that came in for nobody knows what: all of it that is open, the balance of `unmatched`.
    unmatched_total: i64,
    /// What it consists of, the oldest first.
    unmatched: Vec<Stray>,
}

/// Money of a purchase that is assigned to no order.
#[derive(Serialize, ToSchema)]
struct EscrowOut {
    purchase_id: Uuid,
    amount: i64,
}

/// Show where all the money is, and every rupiah that waits or that nothing explains.
#[utoipa::path(get, path = "/v1/admin/books", tag = "settlement", responses((status = 200, body = BooksOut)))]
pub async fn get_books(State(app): State<App>) -> Result<Json<BooksOut>, Problem> {
    let db = app.db.read();
    let accounts = money::balances(db).await?;
    let escrows = money::escrows(db, MOST).await?;
    let (unmatched_total, unmatched) = money::unmatched(db, MOST).await?;
    let escrow = |row: crate::payments::entity::account::Model| EscrowOut {
        purchase_id: row.owner_id,
        amount: row.balance.unwrap_or(0),
    };
    Ok(Json(BooksOut {
        difference: accounts.iter().map(|account| account.balance).sum(),
        accounts,
        waiting: money::waiting(db).await?,
        escrows: escrows.into_iter().map(escrow).collect(),
        unmatched_total,
        unmatched,
    }))
}

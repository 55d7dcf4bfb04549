//! Where all the money is, and what of it waits for somebody.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{PaymentId, Rupiah};
use crate::payments::entity::account::{self, Kind};
use crate::payments::entity::{bank_line, charge, event, refund, repayment, transfer};
use crate::settlement::entity::payout;

/// What all accounts of a kind hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindBalance {
    pub kind: Kind,
    /// Credits minus debits: below zero is money that the platform can reach, above zero is money that it owes.
    pub balance: i64,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    pub what: &'static str,
    pub count: i64,
    pub amount: i64,
    pub oldest: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Sum {
    kind: Kind,
    moved: Option<i64>,
}

#[derive(Clone, Copy, Default, FromQueryResult)]
struct Pile {
    number: i64,
    amount: Option<i64>,
    oldest: Option<DateTime<Utc>>,
}

/// The balance of every kind of account; they add up to nothing.
pub async fn balances(db: &impl ConnectionTrait) -> Result<Vec<KindBalance>, DbErr> {
    let came = side(db, transfer::Column::CreditAccount).await?;
    let went = side(db, transfer::Column::DebitAccount).await?;
    let of =
        |sums: &[Sum], kind| sums.iter().find(|sum| sum.kind == kind).and_then(|sum| sum.moved).unwrap_or(0);
    let balance = |kind| KindBalance { kind, balance: of(&came, kind) - of(&went, kind) };
    Ok(Kind::iter().map(balance).collect())
}

async fn side(db: &impl ConnectionTrait, column: transfer::Column) -> Result<Vec<Sum>, DbErr> {
    let of_account =
        transfer::Entity::belongs_to(account::Entity).from(column).to(account::Column::Id).into();
    transfer::Entity::find()
        .select_only()
        .column_as(account::Column::Kind, "kind")
        .expr_as(transfer::Column::Amount.sum().cast_as("bigint"), "moved")
        .join(sea_orm::JoinType::InnerJoin, of_account)
        .group_by(account::Column::Kind)
        .into_model()
        .all(db)
        .await
}

/// What is not done; empty piles are left out.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<Vec<Waiting>, DbErr> {
    let mut all = Vec::new();
    let undone = refund::Column::Status.ne(refund::Status::Done);
    let sums = (refund::Column::Id, refund::Column::Amount, refund::Column::CreatedAt);
    push(&mut all, "refunds", pile(db, refund::Entity::find().filter(undone), sums).await?);
    for (what, status) in [
        ("payouts_pending", payout::Status::Pending),
        ("payouts_sent", payout::Status::Sent),
        ("payouts_unknown", payout::Status::Unknown),
    ] {
        let stand = payout::Entity::find().filter(payout::Column::Status.eq(status));
        let sums = (payout::Column::Id, payout::Column::Amount, payout::Column::CreatedAt);
        push(&mut all, what, pile(db, stand, sums).await?);
    }
    for (what, way) in
        [("repayments_due", repayment::Way::Gateway), ("repayments_by_hand", repayment::Way::Hand)]
    {
        let due = repayment::Column::Status.eq(repayment::Status::Due);
        let due = repayment::Entity::find().filter(due.and(repayment::Column::Way.eq(way)));
        let sums = (repayment::Column::Id, repayment::Column::Amount, repayment::Column::CreatedAt);
        push(&mut all, what, pile(db, due, sums).await?);
    }
    let sums = (bank_line::Column::Id, bank_line::Column::Amount, bank_line::Column::CreatedAt);
    push(&mut all, "bank_lines_unmatched", pile(db, open_lines(), sums).await?);
    let review = event::Entity::find().filter(event::Column::Outcome.eq(event::Outcome::Review));
    let sums = (event::Column::Id, event::Column::Amount, event::Column::ReceivedAt);
    push(&mut all, "provider_events_review", pile(db, review, sums).await?);
    // Called at least once, and no answer is written down.
    let called = charge::Column::Status.is_in([charge::Status::Creating, charge::Status::Closing]);
    let called = charge::Entity::find().filter(called.and(charge::Column::Attempts.gt(0)));
    let sums = (charge::Column::Id, charge::Column::Amount, charge::Column::CreatedAt);
    push(&mut all, "charges_unknown", pile(db, called, sums).await?);
    Ok(all)
}

async fn pile<E: EntityTrait, C: ColumnTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    (id, amount, at): (C, C, C),
) -> Result<Pile, DbErr> {
    let sums = rows
        .select_only()
        .expr_as(id.count().cast_as("bigint"), "number")
        .expr_as(amount.sum().cast_as("bigint"), "amount")
        .expr_as(at.min(), "oldest");
    Ok(sums.into_model::<Pile>().one(db).await?.unwrap_or_default())
}

fn push(all: &mut Vec<Waiting>, what: &'static str, pile: Pile) {
    if pile.number > 0 {
        all.push(Waiting { what, count: pile.number, amount: pile.amount.unwrap_or(0), oldest: pile.oldest });
    }
}

/// Lines of bank statements that wait for somebody to say what they are.
fn open_lines() -> Select<bank_line::Entity> {
    bank_line::Entity::find().filter(bank_line::Column::Outcome.eq(bank_line::Outcome::Unmatched))
}

/// Charges that were paid although the purchase had been paid otherwise, and have not gone back.
fn open_surplus() -> Select<repayment::Entity> {
    let due = repayment::Column::Status.eq(repayment::Status::Due);
    repayment::Entity::find().filter(repayment::Column::RefundId.is_null().and(due))
}

/// Where money without an owner came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StrayKind {
    /// A line of a bank statement that nothing explains.
    BankLine,
    /// A charge that was paid although the purchase had been paid otherwise.
    Surplus,
}

/// Money that came in and is nobody's yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stray {
    pub kind: StrayKind,
    /// Of the bank line, or of the repayment.
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub amount: Rupiah,
    pub payment_id: Option<PaymentId>,
    /// Why it is not explained, or why it has not gone back.
    pub reason: Option<String>,
}

/// What is open of the money that nothing explains, the oldest first: its total, and most so many of each kind.
pub async fn unmatched(db: &impl ConnectionTrait, most: u64) -> Result<(i64, Vec<Stray>), DbErr> {
    let sums = (bank_line::Column::Id, bank_line::Column::Amount, bank_line::Column::CreatedAt);
    let of_lines = pile(db, open_lines(), sums).await?;
    let sums = (repayment::Column::Id, repayment::Column::Amount, repayment::Column::CreatedAt);
    let of_surplus = pile(db, open_surplus(), sums).await?;
    let lines = open_lines().order_by_asc(bank_line::Column::Id).limit(most).all(db).await?;
    let surplus = open_surplus().order_by_asc(repayment::Column::Id).limit(most).all(db).await?;
    let line = |row: bank_line::Model| Stray {
        kind: StrayKind::BankLine,
        id: row.id.0,
        at: row.created_at,
        amount: row.amount,
        payment_id: None,
        reason: row.reason,
    };
    let back = |row: repayment::Model| Stray {
        kind: StrayKind::Surplus,
        id: row.id.0,
        at: row.created_at,
        amount: row.amount,
        payment_id: Some(row.payment_id),
        reason: row.error,
    };
    let total = of_lines.amount.unwrap_or(0) + of_surplus.amount.unwrap_or(0);
    Ok((total, lines.into_iter().map(line).chain(surplus.into_iter().map(back)).collect()))
}

/// Escrows that hold something, the largest first: with whom the money of a purchase waits.
pub async fn escrows(db: &impl ConnectionTrait, most: u64) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::Kind.eq(Kind::Escrow))
        .filter(account::Column::Balance.gt(0))
        .order_by_desc(account::Column::Balance)
        .limit(most)
        .all(db)
        .await
}

//! Where all the money is, and what of it waits for somebody.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{PaymentId, Rupiah, TransferId};
use crate::payments::entity::account::{self, Kind};
use crate::payments::entity::{refund, transfer};
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

#[derive(FromQueryResult)]
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

/// Refunds and payouts that are not done.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<Vec<Waiting>, DbErr> {
    let mut all = Vec::new();
    let refunds = refund::Entity::find()
        .select_only()
        .expr_as(refund::Column::Id.count().cast_as("bigint"), "number")
        .expr_as(refund::Column::Amount.sum().cast_as("bigint"), "amount")
        .expr_as(refund::Column::CreatedAt.min(), "oldest")
        .filter(refund::Column::Status.ne(refund::Status::Done))
        .into_model::<Pile>()
        .one(db)
        .await?;
    push(&mut all, "refunds", refunds);
    for (what, status) in [
        ("payouts_pending", payout::Status::Pending),
        ("payouts_sent", payout::Status::Sent),
        ("payouts_unknown", payout::Status::Unknown),
    ] {
        let pile = payout::Entity::find()
            .select_only()
            .expr_as(payout::Column::Id.count().cast_as("bigint"), "number")
            .expr_as(payout::Column::Amount.sum().cast_as("bigint"), "amount")
            .expr_as(payout::Column::CreatedAt.min(), "oldest")
            .filter(payout::Column::Status.eq(status))
            .into_model::<Pile>()
            .one(db)
            .await?;
        push(&mut all, what, pile);
    }
    Ok(all)
}

fn push(all: &mut Vec<Waiting>, what: &'static str, pile: Option<Pile>) {
    if let Some(pile) = pile.filter(|pile| pile.number > 0) {
        all.push(Waiting { what, count: pile.number, amount: pile.amount.unwrap_or(0), oldest: pile.oldest });
    }
}

/// Money on accounts where it may only stay a while: in escrow, or come in for nobody knows what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stray {
    pub transfer_id: TransferId,
    pub at: DateTime<Utc>,
    pub amount: Rupiah,
    pub payment_id: Option<PaymentId>,
}

/// The latest movements into the account for money that nothing explains.
pub async fn unmatched(db: &impl ConnectionTrait, most: u64) -> Result<Vec<Stray>, DbErr> {
    let of_account = transfer::Entity::belongs_to(account::Entity)
        .from(transfer::Column::CreditAccount)
        .to(account::Column::Id)
        .into();
    let rows = transfer::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, of_account)
        .filter(account::Column::Kind.eq(Kind::Unmatched))
        .order_by_desc(transfer::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    let stray = |row: transfer::Model| Stray {
        transfer_id: row.id,
        at: row.created_at,
        amount: row.amount,
        payment_id: row.payment_id,
    };
    Ok(rows.into_iter().map(stray).collect())
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

/// What one shop has on its accounts.
pub async fn of_shop(
    db: &impl ConnectionTrait,
    vendor: crate::kernel::VendorId,
) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find().filter(account::Column::OwnerId.eq(vendor.0)).all(db).await
}

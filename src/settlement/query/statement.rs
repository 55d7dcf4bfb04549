//! The statement of a shop: every movement on what it is owed and what it owes, exactly as the ledger has it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{AccountId, OrderId, TransferId, VendorId};
use crate::orders::entity::order;
use crate::payments::entity::account::{self, Kind as AccountKind};
use crate::payments::entity::transfer::{self, Kind};

/// One movement: what came to the shop, or went from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StatementMovement)]
pub struct Movement {
    pub id: TransferId,
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub order_id: Option<OrderId>,
    pub order_number: Option<String>,
    /// Above zero in favour of the shop.
    pub amount: i64,
    /// What the shop is owed afterwards; below zero it owes.
    pub balance: i64,
}

/// What a shop was owed at two moments, and everything between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub opening: i64,
    pub movements: Vec<Movement>,
    pub closing: i64,
}

/// The accounts of a shop that its statement is about.
async fn accounts(db: &impl ConnectionTrait, vendor: VendorId) -> Result<Vec<AccountId>, DbErr> {
    let kinds = [AccountKind::VendorPayable, AccountKind::VendorDebt];
    account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::OwnerId.eq(vendor.0))
        .filter(account::Column::Kind.is_in(kinds))
        .into_tuple()
        .all(db)
        .await
}

/// The statement of a shop from a moment on until before another.
pub async fn statement(
    db: &impl ConnectionTrait,
    vendor: VendorId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Statement, DbErr> {
    let ids = accounts(db, vendor).await?;
    let opening = sum(db, transfer::Column::CreditAccount, &ids, from).await?
        - sum(db, transfer::Column::DebitAccount, &ids, from).await?;
    let touched = Condition::any()
        .add(transfer::Column::DebitAccount.is_in(ids.iter().copied()))
        .add(transfer::Column::CreditAccount.is_in(ids.iter().copied()));
    let numbered = transfer::Entity::belongs_to(order::Entity)
        .from(transfer::Column::OrderId)
        .to(order::Column::Id)
        .into();
    let rows: Vec<(transfer::Model, Option<order::Model>)> = transfer::Entity::find()
        .join(sea_orm::JoinType::LeftJoin, numbered)
        .select_also(order::Entity)
        .filter(touched)
        .filter(transfer::Column::CreatedAt.gte(from))
        .filter(transfer::Column::CreatedAt.lt(to))
        .order_by_asc(transfer::Column::CreatedAt)
        .order_by_asc(transfer::Column::Id)
        .all(db)
        .await?;
    let mut balance = opening;
    let mut movements = Vec::with_capacity(rows.len());
    for (row, order) in rows {
        let side = |account: AccountId, amount| if ids.contains(&account) { amount } else { 0 };
        let amount = side(row.credit_account, row.amount.get()) - side(row.debit_account, row.amount.get());
        // Between what it is owed and what it owes nothing changes for the shop.
        if amount == 0 {
            continue;
        }
        balance += amount;
        movements.push(Movement {
            id: row.id,
            at: row.created_at,
            kind: row.kind,
            order_id: row.order_id,
            order_number: order.map(|order| order.number),
            amount,
            balance,
        });
    }
    Ok(Statement { opening, movements, closing: balance })
}

async fn sum(
    db: &impl ConnectionTrait,
    side: transfer::Column,
    ids: &[AccountId],
    before: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let sum = transfer::Entity::find()
        .select_only()
        .expr_as(transfer::Column::Amount.sum().cast_as("bigint"), "moved")
        .filter(side.is_in(ids.iter().copied()))
        .filter(transfer::Column::CreatedAt.lt(before))
        .into_tuple::<Option<i64>>()
        .one(db)
        .await?;
    Ok(sum.flatten().unwrap_or(0))
}

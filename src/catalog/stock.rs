//! Stock: on hand, reserved, and what is left to promise. Every step takes the caller's transaction.
//!
//! The guard is the `WHERE` of the update, so it holds under concurrency on both databases; rows are touched in
//! the order of their keys, so two orders cannot deadlock.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use super::entity::bundle_part;
use super::entity::movement::{self, Reason};
use super::entity::stock::{Column, Entity, Model};
use crate::kernel::{MovementId, OrderId, UserId, VariantId};

/// How many pieces of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pieces {
    /// The article.
    pub variant_id: VariantId,
    /// More than zero.
    pub quantity: i32,
}

/// Pieces that an order bought.
#[derive(Clone, Copy, Debug)]
pub struct Sold {
    /// The order.
    pub order_id: OrderId,
    /// What it bought.
    pub pieces: Pieces,
}

impl Model {
    /// What can still be promised.
    pub fn available(&self) -> i32 {
        self.on_hand - self.reserved
    }
}

/// What a reservation did.
#[derive(Debug, Default)]
pub struct Reserved {
    /// Articles of which there was not enough; nothing may be kept if there is one.
    pub short: Vec<VariantId>,
    /// What the indexes have to hear of: articles that went out of stock, and parts of which less is left than a bundle takes.
    pub moved: Vec<Moved>,
}

/// How much of an article could be promised before a step, and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The article.
    pub variant_id: VariantId,
    /// Before.
    pub before: i32,
    /// After.
    pub after: i32,
}

/// Promises pieces to an order: `reserved += q` where `on_hand - reserved >= q`.
pub async fn reserve(txn: &DatabaseTransaction, pieces: &[Pieces]) -> Result<Reserved, DbErr> {
    let mut reserved = Reserved::default();
    for piece in sorted(pieces) {
        let Some(row) = txn.query_one(&promise(piece)).await? else {
            reserved.short.push(piece.variant_id);
            continue;
        };
        let (after, breaks_bundle): (i32, bool) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if after <= 0 || breaks_bundle {
            let (variant_id, before) = (piece.variant_id, after + piece.quantity);
            reserved.moved.push(Moved { variant_id, before, after });
        }
    }
    Ok(reserved)
}

/// The guarded update of one article. It answers what is left, and whether a bundle could be sold before and cannot any more.
fn promise(piece: Pieces) -> UpdateStatement {
    let left = || Expr::col((Entity, Column::OnHand)).sub(Expr::col((Entity, Column::Reserved)));
    let takes = || Expr::col((bundle_part::Entity, bundle_part::Column::Quantity));
    let part = Expr::col((bundle_part::Entity, bundle_part::Column::PartId));
    let mut broken = Query::select();
    broken
        .expr(Expr::value(1))
        .from(bundle_part::Entity)
        .and_where(part.equals((Entity, Column::VariantId)))
        .and_where(takes().gt(left()))
        .and_where(takes().lte(left().add(piece.quantity)));
    let mut update = Query::update();
    update
        .table(Entity)
        .value(Column::Reserved, Expr::col((Entity, Column::Reserved)).add(piece.quantity))
        .and_where(Column::VariantId.eq(piece.variant_id))
        .and_where(left().gte(piece.quantity))
        .returning(Query::returning().exprs([left(), Expr::exists(broken)]));
    update
}

/// Gives promised pieces back: `reserved -= q`. Returns what can be promised again.
pub async fn release(txn: &DatabaseTransaction, pieces: &[Pieces]) -> Result<Vec<Moved>, DbErr> {
    let mut back = Vec::new();
    for piece in sorted(pieces) {
        let rows = Entity::update_many()
            .col_expr(Column::Reserved, Expr::col(Column::Reserved).sub(piece.quantity))
            .filter(Column::VariantId.eq(piece.variant_id))
            .filter(Column::Reserved.gte(piece.quantity))
            .exec_with_returning(txn)
            .await?;
        let row = rows.first().ok_or_else(|| missing(piece))?;
        back.push(came_back(row, piece));
    }
    Ok(back)
}

/// Sells promised pieces: `on_hand -= q, reserved -= q`, and a `sale` in the journal.
pub async fn commit(txn: &DatabaseTransaction, sold: &[Sold], now: DateTime<Utc>) -> Result<(), DbErr> {
    for Sold { pieces, .. } in in_key_order(sold) {
        let taken = Entity::update_many()
            .col_expr(Column::OnHand, Expr::col(Column::OnHand).sub(pieces.quantity))
            .col_expr(Column::Reserved, Expr::col(Column::Reserved).sub(pieces.quantity))
            .filter(Column::VariantId.eq(pieces.variant_id))
            .filter(Column::Reserved.gte(pieces.quantity))
            .exec(txn)
            .await?;
        if taken.rows_affected != 1 {
            return Err(missing(pieces));
        }
    }
    journal(txn, sold, Reason::Sale, now).await
}

/// Puts sold pieces back on the shelf. Returns what can be promised again.
pub async fn restock(
    txn: &DatabaseTransaction,
    sold: &[Sold],
    now: DateTime<Utc>,
) -> Result<Vec<Moved>, DbErr> {
    let mut back = Vec::new();
    for Sold { pieces, .. } in in_key_order(sold) {
        let rows = Entity::update_many()
            .col_expr(Column::OnHand, Expr::col(Column::OnHand).add(pieces.quantity))
            .filter(Column::VariantId.eq(pieces.variant_id))
            .exec_with_returning(txn)
            .await?;
        let row = rows.first().ok_or_else(|| missing(pieces))?;
        back.push(came_back(row, pieces));
    }
    journal(txn, sold, Reason::Return, now).await?;
    Ok(back)
}

/// Writes off sold pieces that came back and are of no use: they came in and were lost, and nothing is on the shelf.
pub async fn write_off(txn: &DatabaseTransaction, sold: &[Sold], now: DateTime<Utc>) -> Result<(), DbErr> {
    journal(txn, sold, Reason::Return, now).await?;
    journal(txn, sold, Reason::Loss, now).await
}

async fn journal(
    txn: &DatabaseTransaction,
    sold: &[Sold],
    reason: Reason,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if sold.is_empty() {
        return Ok(());
    }
    let sign = if matches!(reason, Reason::Sale | Reason::Loss) { -1 } else { 1 };
    let rows = sold.iter().map(|Sold { order_id, pieces }| movement::ActiveModel {
        id: Set(MovementId::generate()),
        variant_id: Set(pieces.variant_id),
        delta: Set(sign * pieces.quantity),
        reason: Set(reason),
        order_id: Set(Some(*order_id)),
        actor_id: Set(None),
        created_at: Set(now),
    });
    movement::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}

/// The outcome of a count.
#[derive(Debug)]
pub enum Counted {
    /// The new figures, and what they mean for the index.
    Set(Model, Moved),
    /// Less than what is promised.
    BelowReserved(Model),
    /// There is no such article.
    Unknown,
}

/// Sets what is on hand after a count, a receipt, a loss or a correction.
///
/// The old figure is read and guarded in the update, so that the journal adds up under concurrency.
pub async fn set_on_hand(
    txn: &DatabaseTransaction,
    variant_id: VariantId,
    on_hand: i32,
    (reason, actor): (Reason, Option<UserId>),
    now: DateTime<Utc>,
) -> Result<Counted, DbErr> {
    loop {
        let Some(before) = Entity::find_by_id(variant_id).one(txn).await? else {
            return Ok(Counted::Unknown);
        };
        if on_hand < before.reserved {
            return Ok(Counted::BelowReserved(before));
        }
        let rows = Entity::update_many()
            .col_expr(Column::OnHand, Expr::value(on_hand))
            .filter(Column::VariantId.eq(variant_id))
            .filter(Column::OnHand.eq(before.on_hand))
            .filter(Column::Reserved.lte(on_hand))
            .exec_with_returning(txn)
            .await?;
        // A sale came in between: look again.
        let Some(after) = rows.into_iter().next() else {
            continue;
        };
        if after.on_hand != before.on_hand {
            let row = movement::ActiveModel {
                id: Set(MovementId::generate()),
                variant_id: Set(variant_id),
                delta: Set(after.on_hand - before.on_hand),
                reason: Set(reason),
                order_id: Set(None),
                actor_id: Set(actor),
                created_at: Set(now),
            };
            movement::Entity::insert(row).exec_without_returning(txn).await?;
        }
        let moved = Moved { variant_id, before: before.available(), after: after.available() };
        return Ok(Counted::Set(after, moved));
    }
}

fn came_back(row: &Model, piece: Pieces) -> Moved {
    let after = row.available();
    Moved { variant_id: piece.variant_id, before: after - piece.quantity, after }
}

/// In the order of their keys, each article once: a bundle and a single piece may want the same.
fn sorted(pieces: &[Pieces]) -> Vec<Pieces> {
    let mut sums: BTreeMap<VariantId, i32> = BTreeMap::new();
    for piece in pieces {
        let sum = sums.entry(piece.variant_id).or_default();
        *sum = sum.saturating_add(piece.quantity);
    }
    sums.into_iter().map(|(variant_id, quantity)| Pieces { variant_id, quantity }).collect()
}

fn in_key_order(sold: &[Sold]) -> Vec<Sold> {
    let mut sold = sold.to_vec();
    sold.sort_by_key(|sold| sold.pieces);
    sold
}

fn missing(piece: Pieces) -> DbErr {
    DbErr::RecordNotFound(format!("stock of variant {}", piece.variant_id))
}

//! Stocktaking: numbers are entered over hours while the shop goes on selling, and booked at once when it is closed.
//!
//! Each number remembers what the books said when it was entered. If stock moved since, the number says nothing about
//! now, and the variant has to be counted again.
//!
//! What is counted is what lies on the shelf. The books have sold the pieces of paid orders already, so what is to be handed
//! over is expected there besides.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::count::{self, Status};
use crate::catalog::entity::movement::{self, Reason};
use crate::catalog::entity::{count_line, stock, variant};
use crate::catalog::error::{CatalogError, CountConflict, CountError};
use crate::catalog::model::patch::unknown_variant;
use crate::catalog::query::relations::to_hand_over;
use crate::catalog::stock::Moved;
use crate::kernel::{MovementId, StockCountId, UserId, VariantId, VendorId};
use crate::platform::db::{self, Unique};

/// One open stocktaking a shop.
const OPEN: Unique = Unique { name: "stock_counts_open", columns: "stock_counts.vendor_id" };
/// Movements of one statement.
const AT_ONCE: usize = 500;

/// What closing a stocktaking did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Booked {
    /// Variants counted.
    pub counted: usize,
    /// Variants whose number was another.
    pub changed: usize,
    /// Pieces that turned up.
    pub gained: i64,
    /// Pieces that were missing.
    pub lost: i64,
}

/// Opens a stocktaking.
pub async fn open_count(
    app: &App,
    vendor_id: VendorId,
    (by, note): (UserId, Option<String>),
) -> Result<count::Model, CatalogError> {
    let row = count::Model {
        id: StockCountId::generate(),
        vendor_id,
        status: Status::Open,
        note,
        opened_by: by,
        opened_at: app.now(),
        ended_by: None,
        ended_at: None,
    };
    let txn = app.db.begin().await?;
    match count::Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(&txn)
        .await
    {
        Err(error) if OPEN.broken_by(&error) => return Err(CountError::Open.into()),
        written => written?,
    };
    app.commit(txn).await?;
    Ok(row)
}

/// Enters numbers; those of a variant that was entered before are replaced.
pub async fn enter_counts(
    app: &App,
    (vendor_id, id): (VendorId, StockCountId),
    numbers: &[(VariantId, i32)],
    by: UserId,
) -> Result<count::Model, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let count = locked(&txn, vendor_id, id).await?;
    let known = on_shelf(&txn, vendor_id, numbers).await?;
    let faults: Vec<_> = (0..)
        .zip(numbers)
        .filter(|(_, (variant, _))| !known.contains_key(variant))
        .map(|(index, _): (usize, _)| unknown_variant().at(format!("/lines/{index}/variant_id")))
        .collect();
    if !faults.is_empty() {
        return Err(CatalogError::Invalid(faults));
    }
    let rows = numbers.iter().map(|(variant_id, counted)| count_line::ActiveModel {
        count_id: Set(id),
        variant_id: Set(*variant_id),
        counted: Set(*counted),
        expected: Set(known.get(variant_id).copied().unwrap_or_default()),
        counted_by: Set(by),
        counted_at: Set(now),
    });
    use count_line::Column;
    let anew = OnConflict::columns([Column::CountId, Column::VariantId])
        .update_columns([Column::Counted, Column::Expected, Column::CountedBy, Column::CountedAt])
        .to_owned();
    count_line::Entity::insert_many(rows).on_conflict(anew).exec_without_returning(&txn).await?;
    app.commit(txn).await?;
    Ok(count)
}

/// Books the differences, all or none.
pub async fn close_count(
    app: &App,
    (vendor_id, id): (VendorId, StockCountId),
    by: UserId,
) -> Result<(count::Model, Booked), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut count = locked(&txn, vendor_id, id).await?;
    let lines = count_line::Entity::find().filter(count_line::Column::CountId.eq(id)).all(&txn).await?;
    let shelf = locked_shelf(&txn, id).await?;
    check(&lines, &shelf)?;
    let booked = book(&txn, &lines, &shelf, (by, now)).await?;
    end(&txn, &mut count, Status::Closed, (by, now)).await?;
    app.commit(txn).await?;
    Ok((count, booked))
}

/// Ends a stocktaking without booking anything.
pub async fn cancel_count(
    app: &App,
    (vendor_id, id): (VendorId, StockCountId),
    by: UserId,
) -> Result<count::Model, CatalogError> {
    let txn = app.db.begin().await?;
    let mut count = locked(&txn, vendor_id, id).await?;
    end(&txn, &mut count, Status::Cancelled, (by, app.now())).await?;
    app.commit(txn).await?;
    Ok(count)
}

/// An open stocktaking; whoever else works on it waits.
async fn locked(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    id: StockCountId,
) -> Result<count::Model, CatalogError> {
    let found = count::Entity::find_by_id(id)
        .filter(count::Column::VendorId.eq(vendor_id))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(CatalogError::NotFound)?;
    if found.status == Status::Open { Ok(found) } else { Err(CountError::Ended.into()) }
}

async fn end(
    txn: &DatabaseTransaction,
    count: &mut count::Model,
    to: Status,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<(), CatalogError> {
    let ended = count::Entity::update_many()
        .col_expr(count::Column::Status, Expr::value(to))
        .col_expr(count::Column::EndedBy, Expr::value(by))
        .col_expr(count::Column::EndedAt, Expr::value(now))
        .filter(count::Column::Id.eq(count.id))
        .filter(count::Column::Status.eq(Status::Open))
        .exec(txn)
        .await?;
    if ended.rows_affected != 1 {
        return Err(CountError::Ended.into());
    }
    (count.status, count.ended_by, count.ended_at) = (to, Some(by), Some(now));
    Ok(())
}

/// What should lie on the shelf of these variants, as far as they are of this shop.
async fn on_shelf(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    numbers: &[(VariantId, i32)],
) -> Result<HashMap<VariantId, i32>, CatalogError> {
    let mut own = shelf_columns();
    own.and_where(Expr::col((variant::Entity, variant::Column::VendorId)).eq(vendor_id)).and_where(
        Expr::col((variant::Entity, variant::Column::Id)).is_in(numbers.iter().map(|(id, _)| *id)),
    );
    let rows: Vec<Shelf> = db::all(txn, &own).await?;
    Ok(rows.into_iter().map(|row| (row.variant_id, row.on_hand + row.to_hand_over)).collect())
}

/// The books of a variant, and what of it waits to be handed over.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Shelf {
    variant_id: VariantId,
    on_hand: i32,
    reserved: i32,
    to_hand_over: i32,
}

fn shelf_columns() -> SelectStatement {
    let books =
        Expr::col((stock::Entity, stock::Column::VariantId)).equals((variant::Entity, variant::Column::Id));
    Query::select()
        .columns(
            [stock::Column::VariantId, stock::Column::OnHand, stock::Column::Reserved]
                .map(|column| (stock::Entity, column)),
        )
        .expr_as(to_hand_over(), "to_hand_over")
        .from(variant::Entity)
        .inner_join(stock::Entity, books)
        .take()
}

/// The stock of what was counted, locked in the order of keys in which everybody takes it, so that nothing deadlocks. What is
/// to be handed over is read under the lock: an order that is paid takes its stock in the same transaction.
async fn locked_shelf(
    txn: &DatabaseTransaction,
    id: StockCountId,
) -> Result<HashMap<VariantId, Shelf>, CatalogError> {
    stock::Entity::find()
        .filter(stock::Column::VariantId.in_subquery(counted_variants(id)))
        .order_by_asc(stock::Column::VariantId)
        .lock_exclusive()
        .all(txn)
        .await?;
    let mut counted = shelf_columns();
    counted.and_where(Expr::col((variant::Entity, variant::Column::Id)).in_subquery(counted_variants(id)));
    let rows: Vec<Shelf> = db::all(txn, &counted).await?;
    Ok(rows.into_iter().map(|row| (row.variant_id, row)).collect())
}

fn counted_variants(id: StockCountId) -> SelectStatement {
    Query::select()
        .column(count_line::Column::VariantId)
        .from(count_line::Entity)
        .and_where(count_line::Column::CountId.eq(id))
        .take()
}

/// Refuses numbers that stock has moved away from, and numbers below what is promised.
fn check(lines: &[count_line::Model], shelf: &HashMap<VariantId, Shelf>) -> Result<(), CatalogError> {
    let conflict = |line: &count_line::Model| {
        let stock = shelf.get(&line.variant_id);
        CountConflict {
            variant_id: line.variant_id,
            counted: line.counted,
            expected: line.expected,
            on_hand: stock.map_or(0, |stock| stock.on_hand),
            reserved: stock.map_or(0, |stock| stock.reserved),
            to_hand_over: stock.map_or(0, |stock| stock.to_hand_over),
        }
    };
    let all: Vec<CountConflict> = lines.iter().map(conflict).collect();
    let moved: Vec<_> =
        all.iter().filter(|line| line.on_hand + line.to_hand_over != line.expected).copied().collect();
    if !moved.is_empty() {
        return Err(CountError::Moved(moved).into());
    }
    let promised: Vec<_> =
        all.into_iter().filter(|line| line.counted < line.reserved + line.to_hand_over).collect();
    if promised.is_empty() { Ok(()) } else { Err(CountError::Reserved(promised).into()) }
}

async fn book(
    txn: &DatabaseTransaction,
    lines: &[count_line::Model],
    shelf: &HashMap<VariantId, Shelf>,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<Booked, CatalogError> {
    let mut booked = Booked { counted: lines.len(), ..Booked::default() };
    let (mut movements, mut moved) = (Vec::new(), Vec::new());
    for line in lines {
        let Some(before) = shelf.get(&line.variant_id) else { continue };
        // The shelf is as expected, so the books are off by as much as the number is.
        let delta = line.counted - line.expected;
        if delta == 0 {
            continue;
        }
        booked.changed += 1;
        booked.gained += i64::from(Ord::max(delta, 0));
        booked.lost -= i64::from(Ord::min(delta, 0));
        moved.push(Moved {
            variant_id: line.variant_id,
            before: before.on_hand - before.reserved,
            after: before.on_hand + delta - before.reserved,
        });
        movements.push(movement::ActiveModel {
            id: Set(MovementId::generate()),
            variant_id: Set(line.variant_id),
            delta: Set(delta),
            reason: Set(Reason::Count),
            order_id: Set(None),
            actor_id: Set(Some(by)),
            created_at: Set(now),
        });
    }
    if let Some(line) = lines.first() {
        write_on_hand(txn, line.count_id).await?;
    }
    for chunk in movements.chunks(AT_ONCE) {
        movement::Entity::insert_many(chunk.to_vec()).exec_without_returning(txn).await?;
    }
    changes::availability_moved(txn, &moved, now).await?;
    Ok(booked)
}

/// Takes every difference over into the stock, in one statement; the rows are locked.
async fn write_on_hand(txn: &DatabaseTransaction, id: StockCountId) -> Result<(), CatalogError> {
    let difference = Query::select()
        .expr(Expr::col(count_line::Column::Counted).sub(Expr::col(count_line::Column::Expected)))
        .from(count_line::Entity)
        .and_where(count_line::Column::CountId.eq(id))
        .and_where(
            Expr::col((count_line::Entity, count_line::Column::VariantId))
                .equals((stock::Entity, stock::Column::VariantId)),
        )
        .take();
    stock::Entity::update_many()
        .col_expr(stock::Column::OnHand, Expr::col(stock::Column::OnHand).add(Expr::from(difference)))
        .filter(stock::Column::VariantId.in_subquery(counted_variants(id)))
        .exec(txn)
        .await?;
    Ok(())
}

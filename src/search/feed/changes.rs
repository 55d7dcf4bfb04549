//! The table of changes, read so that a late commit is never skipped.
//!
//! On SQLite there is one writer, so the numbers of the rows are the order of commits. On PostgreSQL a row with a small
//! number may become visible after one with a greater number; rows are therefore ordered by the transaction that wrote
//! them, and read only up to the oldest transaction still under way (`pg_snapshot_xmin`).

use std::ops::RangeInclusive;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::app::App;
use crate::kernel::ProductId;
use crate::platform::feed::{self, Column, Entity};
use crate::platform::search::FeedPosition;
use crate::platform::settings;

/// The setting that names the feed. A new name makes every index build itself afresh.
const FEED: &str = "search.feed";

/// Changes to apply.
#[derive(Debug, Default)]
pub struct Batch {
    /// Changed products, each once.
    pub products: Vec<ProductId>,
    /// The place of the last of these changes; `None` if there are none.
    pub end: Option<FeedPosition>,
    /// Whether as many were taken as were asked for.
    pub full: bool,
    /// Whether nothing that is committed is missing.
    pub complete: bool,
}

#[derive(FromQueryResult)]
struct Row {
    xid: i64,
    seq: i64,
    product_id: ProductId,
    settled: bool,
}

/// Reads the changes after a position.
pub async fn after(app: &App, position: FeedPosition, limit: u64) -> Result<Batch, DbErr> {
    let db = app.db.read();
    let settled = match app.db.backend() {
        DbBackend::Postgres => Expr::cust("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
        _ => Expr::cust("1 = 1"),
    };
    let later = Condition::any()
        .add(Column::Xid.gt(position.xid))
        .add(Column::Xid.eq(position.xid).and(Column::Seq.gt(position.seq)));
    let rows: Vec<Row> = Entity::find()
        .select_only()
        .columns([Column::Xid, Column::Seq, Column::ProductId])
        .expr_as(settled, "settled")
        // The first part alone is what the index can use.
        .filter(Column::Xid.gte(position.xid))
        .filter(later)
        .order_by_asc(Column::Xid)
        .order_by_asc(Column::Seq)
        .limit(limit)
        .into_model()
        .all(db)
        .await?;
    Ok(batch(rows, position.feed, limit))
}

fn batch(rows: Vec<Row>, feed: Uuid, limit: u64) -> Batch {
    let full = rows.len() as u64 == limit;
    let all_settled = rows.iter().all(|row| row.settled);
    // In the order of transactions the unsettled rows come last.
    let settled: Vec<Row> = rows.into_iter().take_while(|row| row.settled).collect();
    let end = settled.last().map(|row| FeedPosition { feed, xid: row.xid, seq: row.seq });
    let mut products: Vec<ProductId> = settled.into_iter().map(|row| row.product_id).collect();
    products.sort_unstable();
    products.dedup();
    Batch { products, end, full, complete: all_settled && !full }
}

/// A position from which on every change is still to come, for an index that reads the catalogue after this call.
pub async fn start(app: &App, feed: Uuid) -> Result<FeedPosition, DbErr> {
    let (sql, seq) = match app.db.backend() {
        // Every transaction below xmin has ended, so later statements see all of it.
        DbBackend::Postgres => {
            ("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 AS place", i64::MAX)
        }
        _ => (
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'catalog_changes'), 0) AS place",
            0,
        ),
    };
    let place = number(app, sql).await?;
    Ok(match app.db.backend() {
        DbBackend::Postgres => FeedPosition { feed, xid: place, seq },
        _ => FeedPosition { feed, xid: 0, seq: place },
    })
}

async fn number(app: &App, sql: &str) -> Result<i64, DbErr> {
    let statement = Statement::from_string(app.db.backend(), sql);
    let row = app.db.read().query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "place"))
}

/// The places an index may be at: not before what was trimmed, not beyond what this database ever wrote.
pub async fn kept(app: &App) -> Result<RangeInclusive<(i64, i64)>, DbErr> {
    let from = feed::forgotten(app.db.read()).await?.unwrap_or((i64::MIN, i64::MIN));
    let to = match app.db.backend() {
        DbBackend::Postgres => {
            let next =
                number(app, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS place").await?;
            (next, i64::MAX)
        }
        _ => start(app, Uuid::nil()).await?.place(),
    };
    Ok(from..=to)
}

/// The name of the feed, given at the first call.
pub async fn identity(app: &App) -> Result<Uuid, DbErr> {
    let read = || settings::get(app.db.read(), FEED);
    let mut found = read().await?;
    if found.is_none() {
        let txn = app.db.begin().await?;
        settings::set_if_absent(&txn, FEED, &fresh_name(), app.now()).await?;
        txn.commit().await?;
        found = read().await?;
    }
    Ok(found.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// Ends the feed and begins a new one: every index, also of processes that do not run now, builds itself afresh.
pub async fn begin_new_feed(app: &App) -> Result<(), DbErr> {
    let txn = app.db.begin().await?;
    settings::set(&txn, FEED, &fresh_name(), app.now()).await?;
    app.commit(txn).await
}

fn fresh_name() -> String {
    crate::kernel::InstanceId::generate().to_string()
}

#[cfg(test)]
mod tests {
    use super::{Row, batch};
    use crate::kernel::ProductId;
    use uuid::Uuid;

    fn row(xid: i64, seq: i64, product: u128, settled: bool) -> Row {
        Row { xid, seq, product_id: ProductId(Uuid::from_u128(product)), settled }
    }

    #[test]
    fn rows_of_transactions_that_may_still_grow_wait() {
        let found = batch(vec![row(5, 9, 1, true), row(6, 8, 1, true), row(7, 7, 2, false)], Uuid::nil(), 10);
        assert_eq!(found.end.map(super::FeedPosition::place), Some((6, 8)));
        assert_eq!(found.products.len(), 1);
        assert!(!found.complete && !found.full);
    }

    #[test]
    fn an_empty_table_is_complete_and_a_full_batch_is_not() {
        let empty = batch(Vec::new(), Uuid::nil(), 10);
        assert!(empty.complete && empty.end.is_none());
        assert!(!batch(vec![row(0, 1, 1, true)], Uuid::nil(), 1).complete);
    }
}

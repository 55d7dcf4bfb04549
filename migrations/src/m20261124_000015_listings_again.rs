//! What step 10 to 13 lacked: versions of papers, what a shop plans to make on a day, prices that were asked before there
//! was a history, and edits of products with their pictures.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::{ChronoDateTimeUtc, Uuid};

use super::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE vendor_papers ADD COLUMN version integer NOT NULL DEFAULT 1;

ALTER TABLE meal_days ADD COLUMN planned integer NOT NULL DEFAULT 0 CHECK (planned >= 0);
UPDATE meal_days SET planned = capacity;
CREATE INDEX orders_to_hand_over ON orders (vendor_id) WHERE status IN ('paid', 'accepted');

INSERT INTO price_history (id, variant_id, price, is_sale, starts_at)
    SELECT id, id, price, false, created_at FROM variants
    WHERE NOT EXISTS (SELECT 1 FROM price_history WHERE price_history.variant_id = variants.id);
";

const DOWN: &str = "
DROP INDEX orders_to_hand_over;
ALTER TABLE meal_days DROP COLUMN planned;
ALTER TABLE vendor_papers DROP COLUMN version;
";

/// Makes the figures of products that are there already, and what lists find them by: both are made of JSON, so not by SQL.
const REFRESH: &str = "catalog.refresh_products";

/// Ids are the same everywhere: UUIDv7 of 2026-11-24.
const JOB_ID: u128 = 0x019a_b30d_d800_7000_8001_0000_0000_0000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        manager.execute(refresh()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, DOWN).await?;
        let job = Query::delete().from_table("jobs").and_where(Expr::col("kind").eq(REFRESH)).take();
        manager.execute(job).await
    }
}

/// The job, due at once, where there are products.
fn refresh() -> Result<InsertStatement, DbErr> {
    let made: ChronoDateTimeUtc = ChronoDateTimeUtc::UNIX_EPOCH;
    let some = Query::select().expr(Expr::value(1)).from("products").limit(1).take();
    let row = Query::select()
        .expr(Expr::value(Uuid::from_u128(JOB_ID)))
        .expr(Expr::value(REFRESH))
        .expr(Expr::value("{\"after\":null}"))
        .expr(Expr::value("queued"))
        .expr(Expr::value(made))
        .expr(Expr::value(0))
        .expr(Expr::value(10))
        .expr(Expr::value(made))
        .and_where(Expr::exists(some))
        .take();
    let columns = ["id", "kind", "payload", "state", "run_at", "attempts", "max_attempts", "created_at"];
    let mut insert = Query::insert();
    let filled = insert.into_table("jobs").columns(columns).select_from(row);
    filled.map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(insert)
}

//! What step 10 to 13 lacked: versions of papers, exemptions for one category, what a shop plans to make on a day, prices that were asked before there
//! was a history, and edits of products with their pictures.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::{ChronoDateTimeUtc, Uuid};

use super::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE vendor_papers ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE vendor_papers ADD COLUMN category_id {uuid} REFERENCES categories (id);

ALTER TABLE meal_days ADD COLUMN planned integer NOT NULL DEFAULT 0 CHECK (planned >= 0);
UPDATE meal_days SET planned = capacity;
CREATE INDEX orders_to_hand_over ON orders (vendor_id) WHERE status IN ('paid', 'accepted');

INSERT INTO price_history (id, variant_id, price, is_sale, starts_at)
    SELECT id, id, price, false, created_at FROM variants
    WHERE NOT EXISTS (SELECT 1 FROM price_history WHERE price_history.variant_id = variants.id);

ALTER TABLE products ADD COLUMN needs_review {bool} NOT NULL DEFAULT false;
CREATE TABLE revisions_next (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    status text NOT NULL,
    edit text NOT NULL,
    note text,
    version integer NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    updated_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    decided_by {uuid} REFERENCES users (id),
    decided_at {time}
);
INSERT INTO revisions_next
    SELECT id, product_id, vendor_id, status, edit, note, 1, created_by, created_by, created_at, updated_at, decided_by, decided_at
    FROM product_revisions;
DROP TABLE product_revisions;
ALTER TABLE revisions_next RENAME TO product_revisions;
CREATE INDEX product_revisions_product ON product_revisions (product_id, id);
CREATE INDEX product_revisions_status ON product_revisions (status, id);
CREATE UNIQUE INDEX product_revisions_pending ON product_revisions (product_id) WHERE status = 'pending';
CREATE TABLE product_waiting_images (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    width integer NOT NULL,
    height integer NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX product_waiting_images_product ON product_waiting_images (product_id);

DROP INDEX content_reports_once;
CREATE UNIQUE INDEX content_reports_once ON content_reports (kind, object_id, reporter_id)
    WHERE outcome IS NULL OR outcome <> 'dismissed';
";

const DOWN: &str = "
DROP INDEX content_reports_once;
CREATE UNIQUE INDEX content_reports_once ON content_reports (kind, object_id, reporter_id);
DROP TABLE product_waiting_images;
CREATE TABLE revisions_before (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    status text NOT NULL,
    edit text NOT NULL,
    note text,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    decided_by {uuid} REFERENCES users (id),
    decided_at {time}
);
INSERT INTO revisions_before
    SELECT id, product_id, vendor_id, status, edit, note, created_by, created_at, updated_at, decided_by, decided_at
    FROM product_revisions;
DROP TABLE product_revisions;
ALTER TABLE revisions_before RENAME TO product_revisions;
CREATE INDEX product_revisions_product ON product_revisions (product_id, id);
CREATE INDEX product_revisions_status ON product_revisions (status, id);
CREATE UNIQUE INDEX product_revisions_pending ON product_revisions (product_id) WHERE status = 'pending';
ALTER TABLE products DROP COLUMN needs_review;
DROP INDEX orders_to_hand_over;
ALTER TABLE meal_days DROP COLUMN planned;
ALTER TABLE vendor_papers DROP COLUMN category_id;
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

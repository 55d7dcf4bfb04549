//! The life of listings and stock: thresholds, stocktaking, and orders that came in elsewhere.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use crate::sql::{self, Cell, Seeds};

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE stock_alerts (
    variant_id {uuid} PRIMARY KEY REFERENCES variants (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    threshold integer NOT NULL,
    low {bool} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT stock_alerts_threshold CHECK (threshold >= 1)
);
CREATE INDEX stock_alerts_vendor ON stock_alerts (vendor_id);

CREATE TABLE stock_counts (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    status text NOT NULL,
    note text,
    opened_by {uuid} NOT NULL REFERENCES users (id),
    opened_at {time} NOT NULL,
    ended_by {uuid} REFERENCES users (id),
    ended_at {time}
);
CREATE INDEX stock_counts_vendor ON stock_counts (vendor_id, id);
CREATE UNIQUE INDEX stock_counts_open ON stock_counts (vendor_id) WHERE status = 'open';

CREATE TABLE stock_count_lines (
    count_id {uuid} NOT NULL REFERENCES stock_counts (id),
    variant_id {uuid} NOT NULL REFERENCES variants (id),
    counted integer NOT NULL,
    expected integer NOT NULL,
    counted_by {uuid} NOT NULL REFERENCES users (id),
    counted_at {time} NOT NULL,
    PRIMARY KEY (count_id, variant_id),
    CONSTRAINT stock_count_lines_counted CHECK (counted >= 0 AND expected >= 0)
);

CREATE TABLE product_translations (
    product_id {uuid} NOT NULL REFERENCES products (id),
    lang text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (product_id, lang)
);

CREATE TABLE product_slugs (
    slug text PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES products (id),
    created_at {time} NOT NULL
);
CREATE INDEX product_slugs_product ON product_slugs (product_id);

CREATE TABLE product_schedules (
    product_id {uuid} PRIMARY KEY REFERENCES products (id),
    publish_at {time} NOT NULL
);

CREATE TABLE product_revisions (
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
CREATE INDEX product_revisions_product ON product_revisions (product_id, id);
CREATE INDEX product_revisions_status ON product_revisions (status, id);
CREATE UNIQUE INDEX product_revisions_pending ON product_revisions (product_id) WHERE status = 'pending';

CREATE TABLE banned_words (
    id {uuid} PRIMARY KEY,
    word text NOT NULL,
    folded text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX banned_words_folded ON banned_words (folded);

CREATE TABLE content_reports (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL,
    object_id {uuid} NOT NULL,
    reporter_id {uuid} NOT NULL REFERENCES users (id),
    reason text NOT NULL,
    text text,
    status text NOT NULL,
    outcome text,
    note text,
    created_at {time} NOT NULL,
    closed_by {uuid} REFERENCES users (id),
    closed_at {time}
);
CREATE UNIQUE INDEX content_reports_once ON content_reports (kind, object_id, reporter_id);
CREATE INDEX content_reports_reporter ON content_reports (reporter_id, created_at);
CREATE INDEX content_reports_status ON content_reports (status, id);

CREATE TABLE product_imports (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    status text NOT NULL,
    dry_run {bool} NOT NULL,
    may_publish {bool} NOT NULL,
    may_count {bool} NOT NULL,
    file_key text NOT NULL,
    archive_key text,
    rows_total integer NOT NULL,
    rows_done integer NOT NULL,
    products integer NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    held integer NOT NULL,
    pictures integer NOT NULL,
    pictures_added integer NOT NULL,
    pictures_failed integer NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    finished_at {time},
    CONSTRAINT product_imports_done CHECK (rows_done >= 0 AND rows_done <= rows_total)
);
CREATE INDEX product_imports_vendor ON product_imports (vendor_id, id);

CREATE TABLE product_import_notes (
    id {uuid} PRIMARY KEY,
    import_id {uuid} NOT NULL REFERENCES product_imports (id),
    line bigint NOT NULL,
    column_name text NOT NULL,
    value text NOT NULL,
    code text NOT NULL,
    reason_id text NOT NULL,
    reason_en text NOT NULL,
    suggestion text
);
CREATE INDEX product_import_notes_import ON product_import_notes (import_id, line);

CREATE TABLE product_picture_sources (
    product_id {uuid} NOT NULL REFERENCES products (id),
    source text NOT NULL,
    image_id {uuid} NOT NULL,
    PRIMARY KEY (product_id, source)
);

CREATE INDEX products_price ON products (status, price_min, id);

ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'marketplace';
";

const DOWN: &[&str] = &["DROP INDEX products_price", "ALTER TABLE orders DROP COLUMN channel"];

/// The last made first.
const TABLES: &[&str] = &[
    "product_picture_sources",
    "product_import_notes",
    "product_imports",
    "content_reports",
    "banned_words",
    "product_revisions",
    "product_schedules",
    "product_slugs",
    "product_translations",
    "stock_count_lines",
    "stock_counts",
    "stock_alerts",
];

/// The words that every installation starts with: as written, and as they are compared. Officers change the list afterwards.
const BANNED: &str = include_str!("../../config/banned_words.csv");

/// Ids are the same everywhere: UUIDv7 of 2026-11-24 with the number of the row.
const FIRST_ID: u128 = 0x019a_b30d_d800_7000_8000_0000_0001_0000;

fn banned_words() -> Result<InsertStatement, DbErr> {
    sql::seeds(&Seeds {
        table: "banned_words",
        columns: &[("word", Cell::Text), ("folded", Cell::Text)],
        file: ("config/banned_words.csv", BANNED),
        first_id: FIRST_ID,
    })
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        manager.execute(banned_words()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in DOWN {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        sql::drop_tables(manager, TABLES).await
    }
}

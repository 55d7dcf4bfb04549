//! The office's desk: its lists of shops, claims, merged shops, surveys and trainings, the review queue, report templates.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE vendor_imports (
    id {uuid} PRIMARY KEY,
    file_key text NOT NULL,
    format text NOT NULL,
    status text NOT NULL,
    dry_run {bool} NOT NULL,
    survey_period text NOT NULL,
    mapping text NOT NULL,
    total integer NOT NULL,
    row_cursor integer NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    repaired integer NOT NULL,
    asked integer NOT NULL,
    waiting integer NOT NULL,
    skipped integer NOT NULL,
    refused integer NOT NULL,
    error text,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    finished_at {time},
    CONSTRAINT vendor_imports_cursor CHECK (row_cursor >= 0 AND row_cursor <= total)
);

CREATE TABLE vendor_import_notes (
    id {uuid} PRIMARY KEY,
    import_id {uuid} NOT NULL REFERENCES vendor_imports (id),
    line integer NOT NULL,
    outcome text NOT NULL,
    column_name text NOT NULL,
    code text NOT NULL,
    value text,
    reason_id text NOT NULL,
    reason_en text NOT NULL,
    suggestion text
);
CREATE INDEX vendor_import_notes_import ON vendor_import_notes (import_id, id);

CREATE TABLE vendor_duplicates (
    id {uuid} PRIMARY KEY,
    import_id {uuid} NOT NULL REFERENCES vendor_imports (id),
    line integer NOT NULL,
    row_key text NOT NULL,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    row_sealed text NOT NULL,
    status text NOT NULL,
    merged {bool} NOT NULL,
    decided_by {uuid} REFERENCES users (id),
    decided_at {time},
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX vendor_duplicates_row ON vendor_duplicates (row_key);
CREATE INDEX vendor_duplicates_status ON vendor_duplicates (status, id);
CREATE INDEX vendor_duplicates_vendor ON vendor_duplicates (vendor_id);

CREATE TABLE vendor_register (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    founded_year integer,
    owner_sealed text,
    email_sealed text,
    pirt text,
    halal text,
    created_at {time} NOT NULL
);

CREATE TABLE vendor_surveys (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    period text NOT NULL,
    method text NOT NULL,
    months integer NOT NULL,
    currency text NOT NULL,
    turnover bigint,
    turnover_local bigint,
    turnover_domestic bigint,
    turnover_export bigint,
    online_percent integer,
    sells_online {bool},
    export_countries text,
    workers_male integer,
    workers_female integer,
    actor_id {uuid},
    import_id {uuid},
    created_at {time} NOT NULL,
    CONSTRAINT vendor_surveys_months CHECK (months BETWEEN 1 AND 12),
    CONSTRAINT vendor_surveys_turnover CHECK (turnover IS NULL OR turnover >= 0),
    CONSTRAINT vendor_surveys_online CHECK (online_percent IS NULL OR online_percent BETWEEN 0 AND 100)
);
CREATE INDEX vendor_surveys_vendor ON vendor_surveys (vendor_id, period, id);

CREATE TABLE trainings (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    year integer NOT NULL,
    batch text NOT NULL,
    created_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL,
    CONSTRAINT trainings_year CHECK (year BETWEEN 1990 AND 2200)
);
CREATE UNIQUE INDEX trainings_once ON trainings (name, year, batch);

CREATE TABLE training_participants (
    training_id {uuid} NOT NULL REFERENCES trainings (id),
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    created_at {time} NOT NULL,
    PRIMARY KEY (training_id, vendor_id)
);
CREATE INDEX training_participants_vendor ON training_participants (vendor_id);

CREATE TABLE claim_codes (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    hash text NOT NULL,
    attempts integer NOT NULL,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    created_by {uuid} REFERENCES users (id),
    used_at {time},
    used_by {uuid} REFERENCES users (id)
);
CREATE UNIQUE INDEX claim_codes_hash ON claim_codes (hash);
CREATE INDEX claim_codes_vendor ON claim_codes (vendor_id, kind);

CREATE TABLE vendor_claims (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    user_id {uuid} NOT NULL REFERENCES users (id),
    method text NOT NULL,
    phone text NOT NULL,
    created_at {time} NOT NULL
);

CREATE TABLE vendor_merges (
    id {uuid} PRIMARY KEY,
    from_id {uuid} NOT NULL REFERENCES vendors (id),
    into_id {uuid} NOT NULL REFERENCES vendors (id),
    current_id {uuid} NOT NULL REFERENCES vendors (id),
    slug text NOT NULL,
    reason text NOT NULL,
    moved text NOT NULL,
    merged_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX vendor_merges_from ON vendor_merges (from_id);
CREATE UNIQUE INDEX vendor_merges_slug ON vendor_merges (slug);
CREATE INDEX vendor_merges_current ON vendor_merges (current_id);

CREATE TABLE vendor_assignments (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    officer_id {uuid} NOT NULL REFERENCES users (id),
    assigned_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX vendor_assignments_officer ON vendor_assignments (officer_id);

CREATE TABLE report_templates (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    file_key text NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
";

/// What is written once and never changed or deleted: a correction is another row.
const FROZEN: &[&str] = &["vendor_surveys"];

/// The last made first.
const TABLES: &[&str] = &[
    "report_templates",
    "vendor_assignments",
    "vendor_merges",
    "vendor_claims",
    "claim_codes",
    "training_participants",
    "trainings",
    "vendor_surveys",
    "vendor_register",
    "vendor_duplicates",
    "vendor_import_notes",
    "vendor_imports",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        for table in FROZEN {
            sql::freeze(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, TABLES).await
    }
}

//! Shops as their owners run them: what they are beside the core row, and why decisions were made.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE vendor_profiles (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    sector text,
    kbli text NOT NULL,
    capital bigint,
    turnover bigint,
    is_pkp {bool} NOT NULL,
    export_ready {bool} NOT NULL,
    export_countries text NOT NULL,
    signer_sealed text,
    signer_title text,
    unreviewed text NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT vendor_profiles_capital CHECK (capital IS NULL OR capital >= 0),
    CONSTRAINT vendor_profiles_turnover CHECK (turnover IS NULL OR turnover >= 0)
);
CREATE INDEX vendor_profiles_sector ON vendor_profiles (sector, vendor_id);

CREATE TABLE vendor_papers (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    number text NOT NULL,
    file_key text,
    is_exemption {bool} NOT NULL,
    issued_on text,
    expires_on text,
    status text NOT NULL,
    reason text,
    reviewer_id {uuid} REFERENCES users (id),
    reviewed_at {time},
    warned_days integer,
    version integer NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CONSTRAINT vendor_papers_warned CHECK (warned_days IS NULL OR warned_days >= 0)
);
CREATE INDEX vendor_papers_vendor ON vendor_papers (vendor_id, id);
CREATE INDEX vendor_papers_status ON vendor_papers (status, id);
CREATE INDEX vendor_papers_end ON vendor_papers (status, expires_on);

CREATE TABLE vendor_bank_accounts (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    bank_code text NOT NULL,
    number_sealed text NOT NULL,
    holder_sealed text NOT NULL,
    counts_from {time} NOT NULL,
    replaced_at {time},
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX vendor_bank_accounts_vendor ON vendor_bank_accounts (vendor_id, id);

CREATE TABLE vendor_storefronts (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    story text NOT NULL,
    hours text NOT NULL,
    pickup text,
    reopens_on text,
    holiday_note text,
    logo_id {uuid},
    banner_id {uuid},
    updated_at {time} NOT NULL
);

CREATE TABLE vendor_areas (
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    region_code text NOT NULL,
    fee bigint NOT NULL,
    PRIMARY KEY (vendor_id, region_code),
    CONSTRAINT vendor_areas_fee CHECK (fee >= 0)
);

CREATE TABLE shop_assistance (
    vendor_id {uuid} PRIMARY KEY REFERENCES vendors (id),
    granted_by {uuid} NOT NULL REFERENCES users (id),
    granted_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    revoked_at {time}
);

ALTER TABLE vendor_reviews ADD COLUMN reasons text;
";

const DOWN: &str = "
ALTER TABLE vendor_reviews DROP COLUMN reasons;
";

/// The last made first.
const TABLES: &[&str] = &[
    "shop_assistance",
    "vendor_areas",
    "vendor_storefronts",
    "vendor_bank_accounts",
    "vendor_papers",
    "vendor_profiles",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, DOWN).await?;
        sql::drop_tables(manager, TABLES).await
    }
}

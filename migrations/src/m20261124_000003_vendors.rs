//! Shops and the decisions of the office about them.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE vendors (
    id {uuid} PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    legal_form text NOT NULL,
    status text NOT NULL,
    phone text NOT NULL,
    address_line text NOT NULL,
    district_code text NOT NULL,
    village_code text,
    post_code text,
    description text NOT NULL,
    nib text,
    npwp_sealed text,
    nik_sealed text,
    nik_index text,
    source_key text,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    submitted_at {time},
    verified_at {time}
);
CREATE UNIQUE INDEX vendors_slug ON vendors (slug);
CREATE UNIQUE INDEX vendors_nib ON vendors (nib);
CREATE UNIQUE INDEX vendors_nik ON vendors (nik_index);
CREATE UNIQUE INDEX vendors_source_key ON vendors (source_key);
CREATE INDEX vendors_status ON vendors (status, id);

CREATE TABLE vendor_reviews (
    id {uuid} PRIMARY KEY,
    vendor_id {uuid} NOT NULL REFERENCES vendors (id),
    from_status text NOT NULL,
    to_status text NOT NULL,
    note text,
    actor_id {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL
);
CREATE INDEX vendor_reviews_vendor ON vendor_reviews (vendor_id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, &["vendor_reviews", "vendors"]).await
    }
}

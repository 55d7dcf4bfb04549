//! Who did what, for ever: audit events, the seals over them and over the books, and the keys that personal values live under.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE person_keys (
    user_id {uuid} PRIMARY KEY,
    key_sealed text NOT NULL,
    created_at {time} NOT NULL
);

CREATE TABLE audit_events (
    id {uuid} PRIMARY KEY,
    actor_id {uuid},
    acting_as text NOT NULL,
    api_key_id {uuid},
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id {uuid} NOT NULL,
    detail text NOT NULL,
    address_sealed text,
    request_id text,
    created_at {time} NOT NULL
);
CREATE INDEX audit_events_actor ON audit_events (actor_id, id);
CREATE INDEX audit_events_object ON audit_events (object_id, id);
CREATE INDEX audit_events_action ON audit_events (action, id);
CREATE INDEX audit_events_age ON audit_events (created_at);

CREATE TABLE seals (
    number bigint PRIMARY KEY,
    row_count bigint NOT NULL,
    content text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    created_at {time} NOT NULL
);

CREATE TABLE sealed_rows (
    source text NOT NULL,
    row_id {uuid} NOT NULL,
    seal bigint NOT NULL REFERENCES seals (number),
    hash text NOT NULL,
    PRIMARY KEY (source, row_id)
);
CREATE INDEX sealed_rows_seal ON sealed_rows (seal);
";

/// What is written once and never changed or deleted.
const FROZEN: &[&str] = &["audit_events", "seals", "sealed_rows"];

/// The last made first.
const TABLES: &[&str] = &["sealed_rows", "seals", "audit_events", "person_keys"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        sql::only(
            manager,
            DbBackend::Postgres,
            &["CREATE FUNCTION lapak_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"],
        )
        .await?;
        for table in FROZEN {
            sql::freeze(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, TABLES).await?;
        sql::only(manager, DbBackend::Postgres, &["DROP FUNCTION lapak_frozen()"]).await
    }
}

//! What people are told, and papers with numbers: news, notifications, live events; documents that are never changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE news (
    id {uuid} PRIMARY KEY,
    job_id {uuid} NOT NULL,
    kind text NOT NULL,
    audience text NOT NULL,
    audience_id {uuid} NOT NULL,
    object_kind text NOT NULL,
    object_id {uuid} NOT NULL,
    data text NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX news_job ON news (job_id);
CREATE INDEX news_age ON news (created_at);

CREATE TABLE notifications (
    seq {sequence},
    xid {xid},
    id {uuid} NOT NULL,
    news_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    audience text NOT NULL,
    audience_id {uuid} NOT NULL,
    object_kind text NOT NULL,
    object_id {uuid} NOT NULL,
    data text NOT NULL,
    listed {bool} NOT NULL,
    read_at {time},
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX notifications_id ON notifications (id);
CREATE UNIQUE INDEX notifications_once ON notifications (news_id, user_id);
CREATE INDEX notifications_user ON notifications (user_id, listed, news_id);
CREATE INDEX notifications_unread ON notifications (user_id) WHERE read_at IS NULL;
CREATE INDEX notifications_live ON notifications (user_id, xid, seq);
CREATE INDEX notifications_feed ON notifications (xid, seq);
CREATE INDEX notifications_age ON notifications (created_at);

CREATE TABLE notification_languages (
    user_id {uuid} PRIMARY KEY REFERENCES users (id),
    language text NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE notification_choices (
    user_id {uuid} NOT NULL REFERENCES users (id),
    topic text NOT NULL,
    channel text NOT NULL,
    wanted {bool} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, topic, channel)
);

CREATE TABLE event_tickets (
    hash text PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    session_id {uuid} NOT NULL REFERENCES sessions (id),
    expires_at {time} NOT NULL
);
CREATE INDEX event_tickets_age ON event_tickets (expires_at);

CREATE TABLE document_counters (
    issuer_id {uuid} NOT NULL,
    kind text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (issuer_id, kind, year),
    CONSTRAINT document_counters_last CHECK (last >= 0)
);

CREATE TABLE documents (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL,
    issuer_id {uuid} NOT NULL,
    year integer NOT NULL,
    serial bigint NOT NULL,
    number text NOT NULL,
    code text NOT NULL,
    subject_kind text NOT NULL,
    subject_id {uuid} NOT NULL,
    vendor_id {uuid} REFERENCES vendors (id),
    buyer_id {uuid} REFERENCES users (id),
    total bigint NOT NULL,
    data text NOT NULL,
    person_sealed text,
    issued_by {uuid} REFERENCES users (id),
    issued_at {time} NOT NULL,
    CONSTRAINT documents_serial CHECK (serial >= 1),
    CONSTRAINT documents_total CHECK (total >= 0)
);
CREATE UNIQUE INDEX documents_number ON documents (issuer_id, kind, year, serial);
CREATE UNIQUE INDEX documents_code ON documents (code);
CREATE UNIQUE INDEX documents_subject ON documents (kind, subject_kind, subject_id);
CREATE INDEX documents_vendor ON documents (vendor_id, id);
CREATE INDEX documents_buyer ON documents (buyer_id, id);

CREATE TABLE document_files (
    document_id {uuid} PRIMARY KEY REFERENCES documents (id),
    sha256 text NOT NULL,
    file_key text NOT NULL,
    bytes bigint NOT NULL,
    made_at {time} NOT NULL
);
CREATE INDEX document_files_hash ON document_files (sha256);
";

/// What is written once and never changed or deleted.
const FROZEN: &[&str] = &["documents", "document_files"];

/// The last made first.
const TABLES: &[&str] = &[
    "document_files",
    "documents",
    "document_counters",
    "event_tickets",
    "notification_choices",
    "notification_languages",
    "notifications",
    "news",
];

/// Wakes the processes that have listeners.
const WAKE: &[&str] = &[
    "CREATE FUNCTION lapak_notices_wake() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_notify('lapak_notices', ''); RETURN NULL; END $$",
    "CREATE TRIGGER notifications_wake AFTER INSERT ON notifications
     FOR EACH STATEMENT EXECUTE FUNCTION lapak_notices_wake()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        sql::only(manager, DbBackend::Postgres, WAKE).await?;
        for table in FROZEN {
            sql::freeze(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, TABLES).await?;
        sql::only(manager, DbBackend::Postgres, &["DROP FUNCTION lapak_notices_wake()"]).await
    }
}

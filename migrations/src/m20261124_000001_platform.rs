//! Job queue, leases, settings, idempotency keys.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE jobs (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL,
    payload text NOT NULL,
    state text NOT NULL,
    run_at {time} NOT NULL,
    attempts integer NOT NULL,
    max_attempts integer NOT NULL,
    locked_by text,
    locked_until {time},
    last_error text,
    created_at {time} NOT NULL,
    done_at {time}
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_dead ON jobs (run_at) WHERE state = 'dead';
CREATE INDEX jobs_done ON jobs (done_at) WHERE state = 'done';

CREATE TABLE leases (
    name text PRIMARY KEY,
    holder text NOT NULL,
    expires_at {time} NOT NULL
);

CREATE TABLE settings (
    name text PRIMARY KEY,
    value text NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE idempotency_keys (
    principal {uuid} NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    status integer NOT NULL,
    answer text NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (principal, route, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        // Wakes the workers of every instance when the transaction commits.
        sql::only(
            manager,
            DbBackend::Postgres,
            &[
                "CREATE FUNCTION lapak_jobs_wake() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_notify('lapak_jobs', ''); RETURN NULL; END $$",
                "CREATE TRIGGER jobs_wake AFTER INSERT ON jobs
             FOR EACH STATEMENT EXECUTE FUNCTION lapak_jobs_wake()",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, &["idempotency_keys", "settings", "leases", "jobs"]).await?;
        sql::only(manager, DbBackend::Postgres, &["DROP FUNCTION lapak_jobs_wake()"]).await
    }
}

//! People, logins, roles and the work units in which roles are held.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE users (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    email text,
    phone text,
    password_hash text NOT NULL,
    status text NOT NULL,
    email_verified_at {time},
    phone_verified_at {time},
    created_at {time} NOT NULL,
    CONSTRAINT users_reachable CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_phone ON users (phone);

CREATE TABLE sessions (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    revoked_at {time}
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_age ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash text PRIMARY KEY,
    session_id {uuid} NOT NULL REFERENCES sessions (id),
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    spent_at {time}
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_age ON refresh_tokens (expires_at);

CREATE TABLE work_units (
    id {uuid} PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX work_units_code ON work_units (code);

CREATE TABLE memberships (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    scope text NOT NULL,
    scope_id {uuid} NOT NULL,
    role text NOT NULL,
    created_at {time} NOT NULL
);
CREATE UNIQUE INDEX memberships_once ON memberships (user_id, scope, scope_id, role);
CREATE INDEX memberships_scope ON memberships (scope_id);
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
        sql::drop_tables(manager, &["memberships", "work_units", "refresh_tokens", "sessions", "users"]).await
    }
}

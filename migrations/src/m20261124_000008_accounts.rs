//! Accounts that stand an attack: second factors, one-time tokens, counted attempts, devices, keys, invitations, saved addresses.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE users ADD COLUMN erased_at {time};

ALTER TABLE sessions ADD COLUMN device text NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN network text NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN last_used_at {time};
ALTER TABLE sessions ADD COLUMN authenticated_at {time};
ALTER TABLE sessions ADD COLUMN second_factor {bool} NOT NULL DEFAULT false;
ALTER TABLE refresh_tokens ADD COLUMN successor text;

ALTER TABLE memberships ADD COLUMN permissions text;
ALTER TABLE memberships ADD COLUMN decree text;
ALTER TABLE memberships ADD COLUMN valid_from {time};
ALTER TABLE memberships ADD COLUMN valid_to {time};

CREATE TABLE one_time_tokens (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    purpose text NOT NULL,
    hash text NOT NULL,
    sent_to text NOT NULL,
    change_id {uuid},
    attempts integer NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    used_at {time}
);
CREATE UNIQUE INDEX one_time_tokens_hash ON one_time_tokens (hash);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_age ON one_time_tokens (expires_at);

CREATE TABLE contact_changes (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    new_value text NOT NULL,
    old_value text,
    new_confirmed_at {time},
    old_confirmed_at {time},
    session_id {uuid},
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    done_at {time}
);
CREATE INDEX contact_changes_user ON contact_changes (user_id);

CREATE TABLE second_factors (
    user_id {uuid} PRIMARY KEY REFERENCES users (id),
    secret_sealed text NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    confirmed_at {time}
);

CREATE TABLE recovery_codes (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    hash text NOT NULL,
    created_at {time} NOT NULL,
    used_at {time}
);
CREATE UNIQUE INDEX recovery_codes_once ON recovery_codes (user_id, hash);

CREATE TABLE throttles (
    key text PRIMARY KEY,
    attempts integer NOT NULL,
    since {time} NOT NULL,
    blocked_until {time},
    expires_at {time} NOT NULL
) {hot};
CREATE INDEX throttles_age ON throttles (expires_at);

CREATE TABLE api_keys (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    name text NOT NULL,
    prefix text NOT NULL,
    hash text NOT NULL,
    scopes text NOT NULL,
    per_minute integer NOT NULL,
    second_factor {bool} NOT NULL,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    last_used_at {time},
    revoked_at {time}
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);
CREATE INDEX api_keys_user ON api_keys (user_id);

CREATE TABLE invitations (
    id {uuid} PRIMARY KEY,
    scope text NOT NULL,
    scope_id {uuid} NOT NULL,
    role text NOT NULL,
    permissions text,
    decree text,
    valid_from {time},
    valid_to {time},
    email text,
    phone text,
    hash text NOT NULL,
    invited_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    accepted_at {time},
    accepted_by {uuid} REFERENCES users (id),
    revoked_at {time}
);
CREATE UNIQUE INDEX invitations_hash ON invitations (hash);
CREATE INDEX invitations_scope ON invitations (scope_id, id);
CREATE INDEX invitations_inviter ON invitations (invited_by, created_at);

CREATE TABLE consents (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    version text NOT NULL,
    given {bool} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX consents_user ON consents (user_id, id);

CREATE TABLE addresses (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    label text NOT NULL,
    recipient text NOT NULL,
    phone text NOT NULL,
    line text NOT NULL,
    district_code text NOT NULL,
    village_code text,
    post_code text,
    note text,
    is_default {bool} NOT NULL,
    version integer NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX addresses_user ON addresses (user_id, id);
CREATE UNIQUE INDEX addresses_default ON addresses (user_id) WHERE is_default;
";

const DOWN: &str = "
ALTER TABLE memberships DROP COLUMN valid_to;
ALTER TABLE memberships DROP COLUMN valid_from;
ALTER TABLE memberships DROP COLUMN decree;
ALTER TABLE memberships DROP COLUMN permissions;
ALTER TABLE refresh_tokens DROP COLUMN successor;
ALTER TABLE sessions DROP COLUMN second_factor;
ALTER TABLE sessions DROP COLUMN authenticated_at;
ALTER TABLE sessions DROP COLUMN last_used_at;
ALTER TABLE sessions DROP COLUMN network;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN device;
ALTER TABLE users DROP COLUMN erased_at;
";

/// The last made first.
const TABLES: &[&str] = &[
    "addresses",
    "consents",
    "invitations",
    "api_keys",
    "throttles",
    "recovery_codes",
    "second_factors",
    "contact_changes",
    "one_time_tokens",
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
        sql::drop_tables(manager, TABLES).await?;
        sql::run(manager, DOWN).await
    }
}

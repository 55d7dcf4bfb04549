//! Memberships have a version, so that nobody overwrites what they have not seen; consents are only ever added.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use super::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, "ALTER TABLE memberships ADD COLUMN version integer NOT NULL DEFAULT 1").await?;
        sql::freeze(manager, "consents").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let on_sqlite = ["DROP TRIGGER consents_no_update", "DROP TRIGGER consents_no_delete"];
        let on_postgres =
            ["DROP TRIGGER consents_frozen ON consents", "DROP TRIGGER consents_kept ON consents"];
        sql::only(manager, DbBackend::Sqlite, &on_sqlite).await?;
        sql::only(manager, DbBackend::Postgres, &on_postgres).await?;
        sql::run(manager, "ALTER TABLE memberships DROP COLUMN version").await
    }
}

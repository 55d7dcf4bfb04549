//! Memberships have a version, so that nobody overwrites what they have not seen.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let up = "ALTER TABLE memberships ADD COLUMN version INTEGER NOT NULL DEFAULT 1";
        manager.get_connection().execute_unprepared(up).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let down = "ALTER TABLE memberships DROP COLUMN version";
        manager.get_connection().execute_unprepared(down).await.map(drop)
    }
}

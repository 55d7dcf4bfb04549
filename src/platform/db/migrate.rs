//! Bringing the schema up to date, once, however many instances start together.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};

use super::Db;

/// Who migrates holds this lock of PostgreSQL; the number means nothing.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1818325867)";

impl Db {
    /// Brings the schema up to date, as a whole or not at all, and names the steps that were missing.
    pub async fn migrate(&self) -> Result<Vec<String>, DbErr> {
        let txn = self.begin().await?;
        // On SQLite the transaction itself keeps others out.
        if self.backend() == DbBackend::Postgres {
            wait_for_turn(&txn).await?;
        }
        let pending = names(&Migrator::get_pending_migrations(&txn).await?);
        Migrator::up(&txn, None).await?;
        txn.commit().await?;
        Ok(pending)
    }

    /// Takes back every migration; for the test that proves they can be.
    pub async fn migrate_down(&self) -> Result<(), DbErr> {
        Migrator::down(&self.writer, None).await
    }

    /// Names of the migrations that are still to run.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, DbErr> {
        Ok(names(&Migrator::get_pending_migrations(&self.writer).await?))
    }
}

async fn wait_for_turn(txn: &DatabaseTransaction) -> Result<(), DbErr> {
    // Waiting for another instance may take long; the steps themselves must not hold up the traffic.
    for statement in ["SET LOCAL lock_timeout = 0", LOCK, "SET LOCAL lock_timeout = '5s'"] {
        txn.execute_unprepared(statement).await?;
    }
    Ok(())
}

fn names(migrations: &[migrations::Migration]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_owned()).collect()
}

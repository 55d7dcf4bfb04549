//! The database: one code, PostgreSQL or SQLite. Reading and writing are two ways in.

mod constraint;
mod counter;
pub(crate) mod error;
mod listen;
mod migrate;
mod rows;

use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::config::{self, Synchronous};

pub use constraint::Unique;
pub use counter::watch_statements;
pub use listen::{Channels, listen};
pub use rows::all;

/// The database of a process.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Connects: on PostgreSQL one pool serves both ways; SQLite gets one writer and a pool of read-only readers.
    pub async fn connect(url: &str, settings: &config::Database) -> Result<Self, DbErr> {
        let (reader, writer) = if url.starts_with("sqlite:") {
            // The writer comes first: it makes the file that a read-only connection cannot make.
            let writer = Database::connect(sqlite(url, settings, false)?).await?;
            (Database::connect(sqlite(url, settings, true)?).await?, writer)
        } else {
            let pool = match Database::connect(postgres(url, settings)).await {
                Ok(pool) => pool,
                Err(error) => return Err(listen::cause(url).await.unwrap_or(error)),
            };
            (pool.clone(), pool)
        };
        Ok(Self { reader: counter::watched(reader), writer: counter::watched(writer) })
    }

    /// For queries outside a use case.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Starts the transaction of a use case; whatever is not committed is rolled back.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            // A deferred transaction that reads first cannot become a writer when another one got in between.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        match self.backend() {
            DbBackend::Sqlite => self.writer.begin_with_options(options).await,
            _ => self.writer.begin().await,
        }
    }

    /// PostgreSQL or SQLite.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Answers if the database does.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Closes all connections; on SQLite this also folds the write-ahead log back.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

fn options(url: &str, settings: &config::Database) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .connect_timeout(settings.acquire_timeout)
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .sqlx_logging(false);
    options
}

fn postgres(url: &str, settings: &config::Database) -> ConnectOptions {
    let mut options = options(url, settings);
    options.map_sqlx_postgres_opts(|options| {
        // A transaction waits at most this long for another one; the twin of an idempotent request too.
        options.application_name("lapak").options([("lock_timeout", "5s"), ("timezone", "UTC")])
    });
    options
}

fn sqlite(url: &str, settings: &config::Database, read_only: bool) -> Result<ConnectOptions, DbErr> {
    // Checked here because the ORM would only say so at the first query.
    SqliteConnectOptions::from_str(url).map_err(|error| DbErr::Custom(error.to_string()))?;
    let synchronous = match settings.sqlite_synchronous {
        Synchronous::Off => SqliteSynchronous::Off,
        Synchronous::Normal => SqliteSynchronous::Normal,
        Synchronous::Full => SqliteSynchronous::Full,
    };
    let mut options = options(url, settings);
    if !read_only {
        options.max_connections(1).acquire_timeout(settings.acquire_timeout * 2);
    }
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .read_only(read_only)
    });
    Ok(options)
}

//! What a process works with: built once, cheap to clone.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::Notify;

use crate::config::Config;
use crate::kernel::{Clock, InstanceId};
use crate::platform::db::Db;
use crate::platform::search::Search;
use crate::search;

/// The service's parts; every handler and job gets a clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// Settings.
    pub config: Config,
    /// Time.
    pub clock: Clock,
    /// Database.
    pub db: Db,
    /// Wakes the workers of this process.
    pub jobs_wake: Arc<Notify>,
    /// Wakes the index feed of this process.
    pub feed_wake: Arc<Notify>,
    /// Search engine.
    pub search: Search,
    /// Unique name of this process, for locks and leases.
    pub instance: String,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why the service cannot start, in a sentence for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made.
    #[error("the data folder {} cannot be made: {error}", path.display())]
    DataDir {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The database does not answer.
    #[error("the database cannot be reached: {0}")]
    Database(DbErr),
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated: {0}")]
    Migrate(DbErr),
    /// The schema is older than the program, and bringing it up to date at start is off.
    #[error("the database is older than this program; run `lapak migrate` first (missing: {})", .0.join(", "))]
    Outdated(Vec<String>),
}

impl App {
    /// Connects to everything the settings name; the schema is brought up to date or must be so.
    pub async fn build(config: Config, clock: Clock) -> Result<Self, StartError> {
        make_data_dir(&config)?;
        let db = Db::connect(&config.database_url(), &config.database)
            .await
            .map_err(StartError::Database)?;
        if config.database.migrate_at_start {
            db.migrate().await.map_err(StartError::Migrate)?;
        }
        match db.pending_migrations().await.map_err(StartError::Database)? {
            pending if pending.is_empty() => {}
            pending => return Err(StartError::Outdated(pending)),
        }
        Ok(Self::new(Parts {
            search: search::of(&config, clock.clone()),
            config,
            clock,
            db,
            jobs_wake: Arc::new(Notify::new()),
            feed_wake: Arc::new(Notify::new()),
            instance: InstanceId::generate().to_string(),
        }))
    }

    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Commits a use case and wakes whoever may have work from it.
    pub async fn commit(&self, txn: DatabaseTransaction) -> Result<(), DbErr> {
        txn.commit().await?;
        self.wake_jobs();
        self.feed_wake.notify_one();
        Ok(())
    }

    /// Wakes the workers of this process before their next look.
    pub fn wake_jobs(&self) {
        self.jobs_wake.notify_one();
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// Makes the data folder; only its owner can look into it, since it holds keys and personal data.
pub(crate) fn make_data_dir(config: &Config) -> Result<(), StartError> {
    let path = config.data.dir.clone();
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(&path)
        .map_err(|error| StartError::DataDir { path, error })
}

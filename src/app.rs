//! What a process works with: built once, cheap to clone.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::documents;
use crate::identity::passwords::PasswordError;
use crate::identity::{Passwords, Tokens};
use crate::kernel::{Clock, InstanceId, Problem};
use crate::notifications::live::Live;
use crate::platform::db::Db;
use crate::platform::files::{Files, FilesError};
use crate::platform::gateways::{GatewayError, Gateways};
use crate::platform::images::Images;
use crate::platform::keys::KeyError;
use crate::platform::messages::{MessagesError, Messenger};
use crate::platform::pdf::{Pdf, PdfError};
use crate::platform::sealed::Sealer;
use crate::platform::search::Search;
use crate::search;
use crate::web::body::UploadLimit;
use crate::web::idempotency;

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
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Encrypts identity numbers.
    pub sealer: Sealer,
    /// Pictures and papers.
    pub files: Files,
    /// Checks and re-encodes pictures.
    pub images: Images,
    /// Payment gateways.
    pub gateways: Gateways,
    /// Messages to people.
    pub messenger: Messenger,
    /// Wakes the workers of this process.
    pub jobs_wake: Arc<Notify>,
    /// Wakes the index feed of this process.
    pub feed_wake: Arc<Notify>,
    /// Typesets papers.
    pub pdf: Pdf,
    /// Who listens to live events.
    pub live: Live,
    /// Search engine.
    pub search: Search,
    /// Cancelled when the service is to stop.
    pub stop: CancellationToken,
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
    /// A key cannot be read or made.
    #[error("a key cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The cost of password hashes is out of bounds.
    #[error("auth.argon2_memory_kib or auth.argon2_passes cannot be used: {0}")]
    Passwords(#[from] PasswordError),
    /// The database does not answer.
    #[error("the database cannot be reached: {0}")]
    Database(DbErr),
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated: {0}")]
    Migrate(DbErr),
    /// The schema is older than the program, and bringing it up to date at start is off.
    #[error("the database is older than this program; run `lapak migrate` first (missing: {})", .0.join(", "))]
    Outdated(Vec<String>),
    /// Messages cannot be sent.
    #[error("messages cannot be sent: {0}")]
    Messages(#[from] MessagesError),
    /// A payment gateway cannot be used.
    #[error("a payment gateway cannot be used: {0}")]
    Gateways(#[from] GatewayError),

    /// The templates of papers cannot be used.
    #[error("papers cannot be made: {0}")]
    Papers(#[from] PdfError),
    /// The file store cannot be used.
    #[error("the file store cannot be used: {0}")]
    Files(#[from] FilesError),
}

impl App {
    /// Connects to everything the settings name; the schema is brought up to date or must be so.
    pub async fn build(config: Config, clock: Clock) -> Result<Self, StartError> {
        make_data_dir(&config)?;
        let db = Db::connect(&config.database_url(), &config.database).await.map_err(StartError::Database)?;
        if config.database.migrate_at_start {
            db.migrate().await.map_err(StartError::Migrate)?;
        }
        match db.pending_migrations().await.map_err(StartError::Database)? {
            pending if pending.is_empty() => {}
            pending => return Err(StartError::Outdated(pending)),
        }
        Ok(Self::new(Parts {
            tokens: Tokens::load(&config)?,
            passwords: Passwords::new(&config.auth)?,
            sealer: Sealer::load(&config)?,
            files: Files::open(&config)?,
            images: Images::new(config.catalog.image_max_pixels, config.catalog.image_parallel),
            search: search::of(&config, clock.clone()),
            gateways: Gateways::new(&config, &db, &clock)?,
            messenger: Messenger::new(&config.messages)?,
            pdf: Pdf::new(&config.documents.templates, config.documents.parallel, documents::TEMPLATES)?,
            config,
            clock,
            db,
            jobs_wake: Arc::new(Notify::new()),
            feed_wake: Arc::new(Notify::new()),
            live: Live::default(),
            stop: CancellationToken::new(),
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

    /// Runs a use case once per idempotency key, and wakes whoever may have work from it.
    pub async fn once<T, E, W>(&self, request: idempotency::Request<'_>, work: W) -> Result<Response, Problem>
    where
        T: Serialize,
        Problem: From<E>,
        W: AsyncFnOnce(&DatabaseTransaction) -> Result<(StatusCode, T), E>,
    {
        let answer = idempotency::once(&self.db, self.now(), request, work).await?;
        self.wake_jobs();
        self.feed_wake.notify_one();
        Ok(answer)
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

impl FromRef<App> for UploadLimit {
    fn from_ref(app: &App) -> Self {
        Self(app.config.server.upload_limit)
    }
}

/// Makes the data folder; only its owner can look into it, since it holds keys and personal data.
pub(crate) fn make_data_dir(config: &Config) -> Result<(), StartError> {
    let path = config.data.dir.clone();
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&path).map_err(|error| StartError::DataDir { path, error })
}

//! Commands that belong to no feature. Each returns a sentence when it fails; `main` prints it.

mod audit;
mod background;
mod data;
mod doctor;
mod health;
mod index;
mod keys;
mod serve;

use std::io::Write;

use crate::app::{App, StartError, make_data_dir};
use crate::config::{Config, ConfigError};
use crate::identity::cli::{self as users, UserCommand, UserCommandError};
use crate::kernel::Clock;
use crate::platform::db::Db;
use crate::platform::telemetry::{self, TelemetryError};
use crate::{router, search};

pub use audit::{AuditCommand, audit};
pub use data::{import, seed};
pub use doctor::doctor;
pub use health::health;
pub use index::{EvalFiles, reindex, search_eval};
pub use keys::{reseal, rotate_keys, standing};
pub use serve::{ServeOptions, serve, work};

/// Why a command failed, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings are unusable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The settings of the logs are unusable.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The service cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// What the settings say.
        address: std::net::SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// The system does not let us wait for its signals.
    #[error("signals cannot be received: {0}")]
    Signals(std::io::Error),
    /// An account or a role cannot be as asked.
    #[error(transparent)]
    User(#[from] UserCommandError),
    /// Standard output is closed.
    #[error("the output cannot be written: {0}")]
    Output(std::io::Error),
    /// A program error in the description of the API.
    #[error("the document cannot be made: {0}")]
    Document(serde_json::Error),
    /// The demo data cannot be written.
    #[error("the demo data cannot be written: {0}")]
    Seeding(std::io::Error),
    /// The service does not answer, or not well.
    #[error("the service is not healthy: {0}")]
    Unhealthy(String),
    /// The search index cannot be looked at or rebuilt.
    #[error("the search index: {0}")]
    Search(#[from] search::feed::FeedError),
    /// Index and database differ.
    #[error("the search index differs from the database; run `lapak reindex`")]
    IndexDiffers,
    /// The judged queries cannot be run.
    #[error("the search cannot be judged: {0}")]
    Eval(#[from] search::eval::EvalError),
    /// Somebody has touched the books.
    #[error("the books were touched: {0}")]
    SealBroken(String),
    /// Some values keep the key they had.
    #[error("{0} values keep the key they had; do not throw that key away")]
    NotResealed(u64),
    /// `doctor` found something.
    #[error("{0} of the checks failed")]
    Unwell(usize),
}

/// What every command needs: one TLS provider for all libraries.
pub fn prepare() {
    // Fails only if one is installed already, and then it is this one.
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
}

/// The service of a command that runs for a while: settings, logs and all parts.
async fn start() -> Result<App, CliError> {
    let config = Config::load()?;
    telemetry::init(&config.log)?;
    telemetry::metrics();
    Ok(App::build(config, Clock::System).await?)
}

/// Brings the schema up to date and says what was done.
pub async fn migrate() -> Result<(), CliError> {
    let config = Config::load()?;
    make_data_dir(&config)?;
    let db = Db::connect(&config.database_url(), &config.database).await.map_err(StartError::Database)?;
    let migrated = db.migrate().await.map_err(StartError::Migrate)?;
    match migrated.as_slice() {
        [] => say("The database is up to date.")?,
        steps => say(&format!("Migrated: {}", steps.join(", ")))?,
    }
    db.close().await.map_err(StartError::Database)?;
    Ok(())
}

/// Makes accounts and gives roles.
pub async fn user(command: UserCommand) -> Result<(), CliError> {
    let app = start().await?;
    users::run(&app, command).await?;
    app.db.clone().close().await.map_err(StartError::Database)?;
    Ok(())
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<(), CliError> {
    let config = Config::load()?;
    let document =
        router::openapi_at(&config.server.base_url).to_pretty_json().map_err(CliError::Document)?;
    say(&document)
}

/// Writes a line to standard output; a closed pipe is an error, not a panic.
fn say(text: &str) -> Result<(), CliError> {
    writeln!(std::io::stdout(), "{text}").map_err(CliError::Output)
}

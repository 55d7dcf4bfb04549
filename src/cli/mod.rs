//! Commands that belong to no feature. Each returns a sentence when it fails; `main` prints it.

use std::io::Write;

use crate::app::{StartError, make_data_dir};
use crate::config::{Config, ConfigError};
use crate::platform::db::Db;
use crate::router;

/// Why a command failed, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings are unusable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The service cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Standard output is closed.
    #[error("the output cannot be written: {0}")]
    Output(std::io::Error),
    /// A program error in the description of the API.
    #[error("the document cannot be made: {0}")]
    Document(serde_json::Error),
}

/// What every command needs: one TLS provider for all libraries.
pub fn prepare() {
    // Fails only if one is installed already, and then it is this one.
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
}

/// Brings the schema up to date and says what was done.
pub async fn migrate() -> Result<(), CliError> {
    let config = Config::load()?;
    make_data_dir(&config)?;
    let db = Db::connect(&config.database_url(), &config.database)
        .await
        .map_err(StartError::Database)?;
    let pending = db.pending_migrations().await.map_err(StartError::Database)?;
    db.migrate().await.map_err(StartError::Migrate)?;
    match pending.as_slice() {
        [] => say("The database is up to date.")?,
        steps => say(&format!("Migrated: {}", steps.join(", ")))?,
    }
    db.close().await.map_err(StartError::Database)?;
    Ok(())
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<(), CliError> {
    let document = router::openapi().to_pretty_json().map_err(CliError::Document)?;
    say(&document)
}

/// Writes a line to standard output; a closed pipe is an error, not a panic.
fn say(text: &str) -> Result<(), CliError> {
    writeln!(std::io::stdout(), "{text}").map_err(CliError::Output)
}

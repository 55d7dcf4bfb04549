//! `lapak import` and `lapak seed`; they work beside a running server.

use std::process::ExitCode;

use super::{CliError, start};
use crate::app::StartError;
use crate::catalog::cli::{self, ImportCommand, Seed};

/// Imports a spreadsheet.
pub async fn import(what: ImportCommand) -> Result<ExitCode, CliError> {
    let app = start().await?;
    let code = cli::import(&app, what).await;
    app.db.clone().close().await.map_err(StartError::Database)?;
    Ok(code)
}

/// Fills the database with data for trying it out.
pub async fn seed(args: Seed) -> Result<ExitCode, CliError> {
    let app = start().await?;
    let code = cli::seed(&app, args).await;
    app.db.clone().close().await.map_err(StartError::Database)?;
    Ok(code)
}

//! `lapak audit`: whether the books are still what they were when they were sealed.

use clap::Subcommand;

use super::{CliError, say, start};
use crate::admin;
use crate::app::{App, StartError};
use crate::platform::audit::seals::Verdict;

/// What `lapak audit` can do.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Walk the chain of seals and name the first row or seal that was changed
    Verify,
}

/// Carries out one command; a broken chain is a failure.
pub async fn audit(command: AuditCommand) -> Result<(), CliError> {
    let app = start().await?;
    let done = match command {
        AuditCommand::Verify => verify(&app).await,
    };
    app.db.clone().close().await.map_err(StartError::Database)?;
    done
}

async fn verify(app: &App) -> Result<(), CliError> {
    let verdict = admin::verify_seals(app).await.map_err(StartError::Database)?;
    report(&verdict)
}

fn report(verdict: &Verdict) -> Result<(), CliError> {
    if let Some(broken) = &verdict.broken {
        return Err(CliError::SealBroken(broken.to_string()));
    }
    say(&format!("{} seals over {} rows are in order.", verdict.seals, verdict.rows))?;
    if verdict.waiting > 0 {
        say(&format!("{} rows wait for their seal.", verdict.waiting))?;
    }
    match &verdict.head {
        Some((number, hash)) => say(&format!("The last seal is {number} {hash}; note it down elsewhere.")),
        None => say("Nothing is sealed yet."),
    }
}

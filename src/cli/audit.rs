//! `lapak audit`: whether the books are still what they were when they were sealed.

use clap::{Args, Subcommand};

use super::{CliError, say, start};
use crate::admin;
use crate::app::{App, StartError};
use crate::platform::audit::seals::{self, Verdict};

/// What `lapak audit` can do.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Walk the chain of seals and name the first row or seal that was changed
    Verify(VerifyArgs),
}

#[derive(Args)]
pub struct VerifyArgs {
    /// A seal that was noted down before, as NUMBER:HASH; it must still be there
    #[arg(long, value_parser = noted)]
    expect: Option<(i64, String)>,
}

fn noted(text: &str) -> Result<(i64, String), String> {
    let parts = text.split_once(':').and_then(|(number, hash)| Some((number.parse().ok()?, hash.to_owned())));
    parts.ok_or_else(|| "it must be NUMBER:HASH, as `lapak audit verify` prints it".to_owned())
}

/// Carries out one command; a broken chain is a failure.
pub async fn audit(command: AuditCommand) -> Result<(), CliError> {
    let app = start().await?;
    let done = match command {
        AuditCommand::Verify(args) => verify(&app, args.expect).await,
    };
    app.db.clone().close().await.map_err(StartError::Database)?;
    done
}

async fn verify(app: &App, expected: Option<(i64, String)>) -> Result<(), CliError> {
    if let Some((number, hash)) = expected {
        let seal = seals::find(app.db.read(), number).await.map_err(StartError::Database)?;
        if seal.is_none_or(|seal| seal.hash != hash) {
            return Err(CliError::SealBroken(format!("seal {number} is not the one that was noted down")));
        }
    }
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
        Some((number, hash)) => say(&format!("The last seal is {number}:{hash}; note it down elsewhere.")),
        None => say("Nothing is sealed yet."),
    }
}

//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lapak::cli::{self, CliError};

/// Lapak, the backend of a regency e-marketplace. Settings: config/default.toml explains every key.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// Bring the database schema up to date
    Migrate,
    /// Print the OpenAPI document
    Openapi,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lapak: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(command: Command) -> Result<(), CliError> {
    cli::prepare();
    match command {
        Command::Migrate => cli::migrate().await,
        Command::Openapi => cli::openapi(),
    }
}

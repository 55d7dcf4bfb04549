//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use lapak::catalog::cli::{ImportCommand, Seed};
use lapak::cli::{self, AuditCommand, CliError, EvalFiles, ServeOptions};
use lapak::identity::cli::UserCommand;

/// Gives memory back: a burst of password hashes or pictures must not stay with the process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lapak, the backend of a regency e-marketplace. Without a command it serves.
///
/// Settings come from config/<LAPAK_ENV>.toml and from the environment, e.g. LAPAK__SERVER__LISTEN.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests and run jobs until told to stop (the default)
    Serve(ServeArgs),
    /// Run jobs only, beside a `serve --no-worker`
    Worker,
    /// Bring the database schema up to date
    Migrate,
    /// Fill the database with data for trying it out
    Seed(Seed),
    /// Import a spreadsheet
    #[command(subcommand)]
    Import(ImportCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Make every search index build itself afresh
    Reindex {
        /// Only compare the indexes with the database
        #[arg(long)]
        verify: bool,
    },
    /// Say how well judged queries are answered (nDCG@10, MRR)
    SearchEval(EvalArgs),
    /// Make accounts and give roles
    #[command(subcommand)]
    User(UserCommand),
    /// Check the audit trail and the books
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Seal everything anew with the newest field key, beside a running service
    RotateKeys,
    /// Try everything a start needs and say what is wrong
    Doctor,
    /// Ask the service on this machine whether it lives
    Health,
}

#[derive(Args)]
struct EvalArgs {
    /// Table of products; category names are read from categories.csv beside it
    #[arg(long)]
    products: PathBuf,
    /// Table of shops
    #[arg(long)]
    vendors: PathBuf,
    /// Judged queries, one JSON object a line
    #[arg(long)]
    queries: PathBuf,
}

impl From<EvalArgs> for EvalFiles {
    fn from(args: EvalArgs) -> Self {
        Self { products: args.products, vendors: args.vendors, queries: args.queries }
    }
}

#[derive(Args)]
struct ServeArgs {
    /// Leave the jobs to others
    #[arg(long)]
    no_worker: bool,
    /// Fill an empty database with a small marketplace first, with accounts in demo.env of the data folder
    #[arg(long)]
    demo: bool,
}

impl From<ServeArgs> for ServeOptions {
    fn from(args: ServeArgs) -> Self {
        Self { worker: !args.no_worker, demo: args.demo }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command.unwrap_or(Command::Serve(cli.serve))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lapak: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(command: Command) -> Result<ExitCode, CliError> {
    cli::prepare();
    match command {
        Command::Serve(args) => cli::serve(args.into()).await?,
        Command::Worker => cli::work().await?,
        Command::Migrate => cli::migrate().await?,
        Command::Seed(args) => return cli::seed(args).await,
        Command::Import(what) => return cli::import(what).await,
        Command::Openapi => cli::openapi()?,
        Command::Reindex { verify } => cli::reindex(verify).await?,
        Command::SearchEval(args) => cli::search_eval(&args.into()).await?,
        Command::User(command) => cli::user(command).await?,
        Command::Audit(command) => cli::audit(command).await?,
        Command::RotateKeys => cli::rotate_keys().await?,
        Command::Doctor => cli::doctor().await?,
        Command::Health => cli::health().await?,
    }
    Ok(ExitCode::SUCCESS)
}

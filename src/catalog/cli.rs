//! The commands `lapak import` and `lapak seed`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::demo;
use super::import::{self, CreateShops, ImportError, Outcome, ProductOptions, Progress, Report, Sheet};
use crate::app::App;

/// Rows were refused; the others were taken.
const REFUSED: u8 = 1;
/// Nothing, or not all, could be read.
const UNREADABLE: u8 = 2;
/// Most lines of the report that are shown.
const SHOWN: usize = 40;

/// What is imported.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum ImportCommand {
    /// Import products; those that were imported before are brought up to date
    Products(ImportProducts),
    /// Import shops from the office's list
    Vendors(ImportVendors),
}

/// `lapak import products`
#[derive(Clone, Debug, clap::Args)]
pub struct ImportProducts {
    /// CSV file
    file: PathBuf,
    /// What happens with shops that do not exist yet
    #[arg(long, value_enum, default_value = "unclaimed")]
    create_vendors: CreateShops,
    /// Keep new products out of sight
    #[arg(long)]
    draft: bool,
    /// Write what was not taken as it stands into this file (CSV)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// `lapak import vendors`
#[derive(Clone, Debug, clap::Args)]
pub struct ImportVendors {
    /// CSV file
    file: PathBuf,
    /// The list is known good: the shops sell at once, without waiting for their owners
    #[arg(long)]
    active: bool,
    /// Write what was not taken as it stands into this file (CSV)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// `lapak seed`
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Seed {
    /// Fill an empty database with a small marketplace and accounts for every role
    #[arg(long)]
    demo: bool,
    /// Add N thousand made-up products, the same ones every time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    scale: Option<u32>,
}

/// Runs an import and says what it did: 0, 1 if rows were refused, 2 if the file could not be read.
pub async fn import(app: &App, command: ImportCommand) -> ExitCode {
    let (done, path) = match command {
        ImportCommand::Products(args) => (products(app, &args).await, args.report),
        ImportCommand::Vendors(args) => (vendors(app, &args).await, args.report),
    };
    match done.and_then(|report| finish(&report, path.as_deref()).map(|()| report)) {
        Ok(report) if report.rows(Outcome::Refused) > 0 => ExitCode::from(REFUSED),
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

async fn products(app: &App, args: &ImportProducts) -> Result<Report, ImportError> {
    let sheet = Sheet::open(&args.file)?;
    let options = ProductOptions { create_shops: args.create_vendors, draft: args.draft };
    import::products(app, &sheet, options, &mut Progress::new(sheet.len())).await
}

async fn vendors(app: &App, args: &ImportVendors) -> Result<Report, ImportError> {
    let sheet = Sheet::open(&args.file)?;
    let report = import::vendors(app, &sheet, args.active, &mut Progress::new(sheet.len())).await?;
    say("Owners, sectors and the survey are kept of lists that are sent to POST /v1/admin/vendor-imports.");
    Ok(report)
}

fn finish(report: &Report, path: Option<&Path>) -> Result<(), ImportError> {
    if let Some(path) = path {
        report.write(private_file(path)?)?;
    }
    let notes = report.notes();
    for note in notes.iter().take(SHOWN) {
        eprintln!("{note}");
    }
    if notes.len() > SHOWN {
        let more = notes.len() - SHOWN;
        match path {
            Some(path) => eprintln!("... and {more} more, see {}", path.display()),
            None => eprintln!("... and {more} more; --report FILE writes them all"),
        }
    }
    say(&report.summary());
    Ok(())
}

/// A file that only its owner may read.
pub(super) fn private_file(path: &Path) -> Result<std::fs::File, ImportError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| ImportError::File(path.display().to_string(), error))
}

/// Fills the database with data for trying it out.
pub async fn seed(app: &App, args: Seed) -> ExitCode {
    let done = match args.scale {
        Some(thousands) => demo::scale(app, thousands, &mut Progress::new(thousands as usize * 1000)).await,
        None => demo::seed(app).await,
    };
    match done {
        Ok(said) => {
            say(&said);
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &ImportError) -> ExitCode {
    eprintln!("lapak: {error}");
    ExitCode::from(UNREADABLE)
}

/// A closed pipe is no reason to fail: the work is done.
fn say(text: &str) {
    writeln!(std::io::stdout(), "{text}").ok();
}

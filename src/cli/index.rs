//! `lapak reindex` and `lapak search-eval`.

use std::path::PathBuf;

use super::{CliError, say};
use crate::app::App;
use crate::config::Config;
use crate::kernel::{Clock, InstanceId};
use crate::search;
use crate::search::eval::EvalError;

/// Makes every index build itself afresh, or only compares the indexes with the database.
pub async fn reindex(verify: bool) -> Result<(), CliError> {
    let app = App::build(Config::load()?, Clock::System).await?;
    if !verify {
        return say(search::cli::reindex(&app).await?);
    }
    let (report, agree) = search::cli::compare(&app).await?;
    say(report.trim_end())?;
    if agree { Ok(()) } else { Err(CliError::IndexDiffers) }
}

/// The files of judged queries.
#[derive(Clone, Debug)]
pub struct EvalFiles {
    /// Products, as for the import.
    pub products: PathBuf,
    /// Shops, as for the import.
    pub vendors: PathBuf,
    /// One judged query a line.
    pub queries: PathBuf,
}

/// Says how well the in-process engine answers judged queries.
pub async fn search_eval(files: &EvalFiles) -> Result<(), CliError> {
    let scratch = std::env::temp_dir().join(format!("lapak-eval-{}", InstanceId::generate()));
    let judged = search::cli::evaluate(&files.products, &files.vendors, &files.queries, &scratch).await;
    std::fs::remove_dir_all(&scratch).map_err(EvalError::from)?;
    say(&judged?.to_string())
}

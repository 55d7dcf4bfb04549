//! Periodic work of the search.

use std::time::Duration;

use super::feed;
use crate::app::App;
use crate::platform::jobs::JobError;

/// How often old changes are forgotten.
pub const TRIM_EVERY: Duration = Duration::from_secs(3600);

/// The name of that work.
pub const TRIM: &str = "search.trim";

/// Forgets changes that are older than an index may be.
pub async fn trim(app: App) -> Result<(), JobError> {
    feed::trim(&app).await.map_err(JobError::new)?;
    Ok(())
}

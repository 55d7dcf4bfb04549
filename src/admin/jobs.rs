//! What is done again and again: sealing what is new in the books.

use crate::admin::model::SEALED;
use crate::app::App;
use crate::platform::audit::seals::{self, Reach};
use crate::platform::jobs::JobError;

/// Seals what was written since the last time.
pub async fn seal_new(app: App) -> Result<(), JobError> {
    seal(&app, Reach::Recent).await
}

/// Seals whatever is not sealed, however old.
pub async fn seal_all(app: App) -> Result<(), JobError> {
    seal(&app, Reach::All).await
}

async fn seal(app: &App, reach: Reach) -> Result<(), JobError> {
    while seals::seal_next(&app.db, SEALED, reach, app.now()).await? > 0 {}
    Ok(())
}

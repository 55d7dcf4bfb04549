//! What an operator may change.

use super::error::AdminError;
use super::query;
use crate::app::App;
use crate::kernel::JobId;
use crate::platform::jobs::{self, entity};

/// Makes a dead job due again.
pub async fn retry_job(app: &App, id: JobId) -> Result<entity::Model, AdminError> {
    let txn = app.db.begin().await?;
    let revived = jobs::revive(&txn, id, app.now()).await?;
    let job = query::job(&txn, id).await?.ok_or(AdminError::NoSuchJob)?;
    if !revived {
        return Err(AdminError::JobNotDead);
    }
    app.commit(txn).await?;
    Ok(job)
}

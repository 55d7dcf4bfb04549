//! What an operator may change.

use serde_json::json;

use super::error::AdminError;
use super::query;
use crate::app::App;
use crate::kernel::JobId;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, entity};

/// Makes a dead job due again.
pub async fn retry_job(app: &App, who: &Who, id: JobId) -> Result<entity::Model, AdminError> {
    let txn = app.db.begin().await?;
    let revived = jobs::revive(&txn, id, app.now()).await?;
    let job = query::job(&txn, id).await?.ok_or(AdminError::NoSuchJob)?;
    if !revived {
        return Err(AdminError::JobNotDead);
    }
    let deed = Deed { action: "job.retried", object: ("job", id.into()), detail: json!({"kind": job.kind}) };
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(job)
}

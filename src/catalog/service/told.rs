//! Telling the owners of shops: a job for each of them, so that a second try tells nobody twice.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::catalog::error::CatalogError;
use crate::kernel::{UserId, VendorId};
use crate::platform::jobs::{Job, NewJob, enqueue};
use crate::vendors;

/// Writes a job for each owner of a shop.
pub(super) async fn owners<J: Job<App>>(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    now: DateTime<Utc>,
    job: impl Fn(UserId) -> J,
) -> Result<(), CatalogError> {
    let owners = vendors::query::owners(txn, vendor_id).await?;
    let jobs = owners.iter().map(|owner| NewJob::now::<App, _>(now, &job(owner.id)));
    Ok(enqueue(txn, jobs.collect::<Result<_, _>>()?).await?)
}

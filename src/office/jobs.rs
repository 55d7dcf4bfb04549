//! Jobs of the office's desk.

use serde::{Deserialize, Serialize};

use super::model::Period;
use super::service::{claims, imports, surveys};
use crate::app::App;
use crate::kernel::{VendorId, VendorImportId};
use crate::platform::jobs::{Job, JobError};

/// Steps of one job; the next job goes on.
const STEPS: usize = 10;

/// Sends a code to the phone of a shop, if there is such a shop that waits for its owner.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendClaimCode {
    /// Id or slug, as somebody typed it.
    pub shop: String,
}

impl Job<App> for SendClaimCode {
    const KIND: &'static str = "office.send_claim_code";

    async fn run(self, app: App) -> Result<(), JobError> {
        match claims::send(&app, &self.shop).await.map_err(JobError::new)? {
            Some(message) => app.messenger.send(message, app.now()).await.map_err(JobError::new),
            None => Ok(()),
        }
    }
}

/// Tells the phone on record that a shop has an owner now, so that one who is not it is found out.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellClaimed {
    /// Which shop.
    pub vendor_id: VendorId,
}

impl Job<App> for TellClaimed {
    const KIND: &'static str = "office.tell_claimed";

    async fn run(self, app: App) -> Result<(), JobError> {
        match claims::told(&app, self.vendor_id).await.map_err(JobError::new)? {
            Some(message) => app.messenger.send(message, app.now()).await.map_err(JobError::new),
            None => Ok(()),
        }
    }
}

/// Deletes the file of a list that was taken: it holds numbers of persons in the open.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteList {
    /// Which one.
    pub import_id: VendorImportId,
}

impl Job<App> for DeleteList {
    const KIND: &'static str = "office.delete_list";

    async fn run(self, app: App) -> Result<(), JobError> {
        imports::discard(&app, self.import_id).await.map_err(JobError::new)
    }
}

/// Adds up what shops sold in a period.
#[derive(Debug, Serialize, Deserialize)]
pub struct ComputeTurnover {
    /// `2026-S2`.
    pub period: String,
}

impl Job<App> for ComputeTurnover {
    const KIND: &'static str = "office.compute_turnover";

    async fn run(self, app: App) -> Result<(), JobError> {
        let Ok(period) = Period::parse(&self.period) else {
            return Ok(());
        };
        surveys::compute(&app, period).await.map(drop).map_err(JobError::new)
    }
}

/// Writes a list of shops.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportVendors {
    /// Which one.
    pub import_id: VendorImportId,
}

impl Job<App> for ImportVendors {
    const KIND: &'static str = "office.import_vendors";

    async fn run(self, app: App) -> Result<(), JobError> {
        imports::run(&app, self.import_id, STEPS).await.map_err(JobError::new)
    }
}

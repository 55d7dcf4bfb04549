//! Work on payouts: `settlement.fill_batch`, `settlement.send_payout`, `settlement.ask_payout`.

use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::kernel::{PayoutBatchId, PayoutId};
use crate::platform::jobs::{Job, JobError};

/// Adds shops to a batch of payouts.
#[derive(Debug, Serialize, Deserialize)]
pub struct FillBatch {
    /// Which one.
    pub batch_id: PayoutBatchId,
}

impl Job<App> for FillBatch {
    const KIND: &'static str = "settlement.fill_batch";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::fill(&app, self.batch_id).await.map_err(JobError::new)
    }
}

/// Hands one payout to the bank.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendPayout {
    /// Which one.
    pub payout_id: PayoutId,
}

impl Job<App> for SendPayout {
    const KIND: &'static str = "settlement.send_payout";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::deliver(&app, self.payout_id).await.map_err(JobError::new)
    }
}

/// Asks the bank what became of a payout.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskPayout {
    /// Which one.
    pub payout_id: PayoutId,
}

impl Job<App> for AskPayout {
    const KIND: &'static str = "settlement.ask_payout";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::ask(&app, self.payout_id).await.map_err(JobError::new)
    }
}

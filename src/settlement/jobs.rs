//! Work on payouts: `settlement.fill_batch`, `settlement.send_payout`, `settlement.ask_payout`; and `settlement.turnover_crossed`,
//! which tells a shop that its year is not free of tax any more.

use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::kernel::{PayoutBatchId, PayoutId, VendorId};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};
use crate::vendors;

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

/// Tells the owners of a shop that its turnover of the year crossed what is free of tax.
#[derive(Debug, Serialize, Deserialize)]
pub struct TurnoverCrossed {
    /// Which shop.
    pub vendor_id: VendorId,
}

impl Job<App> for TurnoverCrossed {
    const KIND: &'static str = "settlement.turnover_crossed";

    async fn run(self, app: App) -> Result<(), JobError> {
        let db = app.db.read();
        let shop = vendors::query::find(db, self.vendor_id).await?;
        let shop = shop.ok_or_else(|| JobError(format!("shop {} is gone", self.vendor_id)))?;
        for owner in vendors::query::owners(db, self.vendor_id).await? {
            let Some(to) = Address::of(owner.email.as_deref(), owner.phone.as_deref()) else { continue };
            let text = format!(
                "Omzet {} di Lapak tahun ini sudah melewati batas bebas pajak. Serahkan surat pernyataan paling lambat akhir \
                 bulan ini.\n\nThis year's turnover of {} has crossed the tax-free threshold. Please hand in the statement by \
                 the end of this month.",
                shop.name, shop.name
            );
            let subject = "Batas omzet terlewati / Turnover threshold crossed".to_owned();
            app.messenger.send(Message { to, subject, text }, app.now()).await.map_err(JobError::new)?;
        }
        Ok(())
    }
}

//! Work on payments: `payments.create_charge` and `payments.close_charge` call gateways, `payments.pay_refund` and
//! `payments.pay_back` send money back where it goes by itself, `payments.delete_proof` removes the picture of a transfer.

use serde::{Deserialize, Serialize};

use super::service::{charges, repay};
use crate::app::App;
use crate::kernel::{ChargeId, RefundId, RepaymentId};
use crate::platform::files::FileKey;
use crate::platform::jobs::{Job, JobError};

/// Removes the proof of a transfer that nothing names any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteProof {
    /// Where it is kept.
    pub key: String,
}

impl Job<App> for DeleteProof {
    const KIND: &'static str = "payments.delete_proof";

    async fn run(self, app: App) -> Result<(), JobError> {
        let key = FileKey::parse(&self.key).ok_or_else(|| JobError::new("no key of a file"))?;
        app.files.delete(&key).await.map_err(JobError::new)
    }
}

/// Pays a refund.
#[derive(Debug, Serialize, Deserialize)]
pub struct PayRefund {
    /// Which one.
    pub refund_id: RefundId,
}

impl Job<App> for PayRefund {
    const KIND: &'static str = "payments.pay_refund";

    async fn run(self, app: App) -> Result<(), JobError> {
        repay::pay_refund(&app, self.refund_id).await.map_err(JobError::new)
    }
}

/// Sends back what was paid twice.
#[derive(Debug, Serialize, Deserialize)]
pub struct PayBack {
    /// Which money.
    pub repayment_id: RepaymentId,
}

impl Job<App> for PayBack {
    const KIND: &'static str = "payments.pay_back";

    async fn run(self, app: App) -> Result<(), JobError> {
        repay::pay(&app, self.repayment_id).await.map_err(JobError::new)
    }
}

/// Makes a charge at its gateway.
#[derive(Debug, Serialize, Deserialize)]
pub struct CreateCharge {
    /// Which one.
    pub charge_id: ChargeId,
}

impl Job<App> for CreateCharge {
    const KIND: &'static str = "payments.create_charge";

    async fn run(self, app: App) -> Result<(), JobError> {
        charges::create(&app, self.charge_id).await.map_err(JobError::new)
    }
}

/// Calls a charge off at its gateway.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseCharge {
    /// Which one.
    pub charge_id: ChargeId,
}

impl Job<App> for CloseCharge {
    const KIND: &'static str = "payments.close_charge";

    async fn run(self, app: App) -> Result<(), JobError> {
        charges::close(&app, self.charge_id).await.map_err(JobError::new)
    }
}

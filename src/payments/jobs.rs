//! Work on payments: `payments.pay_refund` sends money back where the method can do it by itself, `payments.delete_proof`
//! removes the picture of a transfer.

use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::kernel::RefundId;
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
        let txn = app.db.begin().await?;
        service::refund_paid(&txn, self.refund_id, app.now()).await.map_err(JobError::new)?;
        app.commit(txn).await?;
        Ok(())
    }
}

//! Work on payments: `payments.pay_refund` sends money back where the method can do it by itself.

use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::kernel::RefundId;
use crate::platform::jobs::{Job, JobError};

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

//! What the clock does to purchases: `checkout.expire` and `checkout.expire_placed`.

use serde::{Deserialize, Serialize};

use super::service::{self, Expiry};
use crate::app::App;
use crate::kernel::{OrderId, PaymentId};
use crate::platform::jobs::{Job, JobError};

/// Lets an unpaid purchase expire and gives its stock back.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpirePurchase {
    /// Its payment.
    pub payment_id: PaymentId,
}

impl Job<App> for ExpirePurchase {
    const KIND: &'static str = "checkout.expire";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::expire(&app, Expiry::Unpaid(self.payment_id)).await.map_err(JobError::new)
    }
}

/// Lets a cash-on-delivery order expire that its shop did not accept.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpirePlaced {
    /// Which one.
    pub order_id: OrderId,
}

impl Job<App> for ExpirePlaced {
    const KIND: &'static str = "checkout.expire_placed";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::expire(&app, Expiry::Unaccepted(self.order_id)).await.map_err(JobError::new)
    }
}

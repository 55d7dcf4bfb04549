//! What the clock does to purchases and orders: `checkout.expire`, `orders.deadline` and `checkout.return_deadline`; what
//! gateways and banks say: `checkout.handle_event` and `checkout.match_statement`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::service;
use crate::app::App;
use crate::kernel::{BankStatementId, OrderId, PaymentId, ProviderEventId, ReturnId};
use crate::orders::jobs::Deadline;
use crate::orders::model::deadline::Step;
use crate::orders::service::deadlines;
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
        service::expire(&app, self.payment_id).await.map_err(JobError::new)
    }
}

/// The moves of orders queue it; what happens at the end touches money, so the work is here.
impl Job<App> for Deadline {
    const KIND: &'static str = "orders.deadline";

    async fn run(self, app: App) -> Result<(), JobError> {
        match self.step {
            Step::Half | Step::LastDay => deadlines::remind(&app, self).await.map_err(JobError::from),
            Step::End => service::end_deadline(&app, &self).await.map_err(JobError::new),
        }
    }
}

/// A moment in the waiting for somebody to act on a return.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ReturnDeadline {
    pub order_id: OrderId,
    pub return_id: ReturnId,
    /// Which moment.
    pub step: Step,
    /// When the waiting ends; another end is another deadline.
    pub end: DateTime<Utc>,
}

impl Job<App> for ReturnDeadline {
    const KIND: &'static str = "checkout.return_deadline";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::returns::return_deadline(&app, &self).await.map_err(JobError::new)
    }
}

/// Looks at a message of a gateway.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandleEvent {
    /// Which one.
    pub event_id: ProviderEventId,
}

impl Job<App> for HandleEvent {
    const KIND: &'static str = "checkout.handle_event";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::handle(&app, self.event_id).await.map_err(JobError::new)
    }
}

/// Finds what the lines of a bank statement are for.
#[derive(Debug, Serialize, Deserialize)]
pub struct MatchStatement {
    /// Which one.
    pub statement_id: BankStatementId,
}

impl Job<App> for MatchStatement {
    const KIND: &'static str = "checkout.match_statement";

    async fn run(self, app: App) -> Result<(), JobError> {
        service::match_all(&app, self.statement_id).await.map_err(JobError::new)
    }
}

/// Asks back what nobody knows; done by one instance at a time.
pub async fn reconcile(app: App) -> Result<(), JobError> {
    service::reconcile(&app).await.map_err(JobError::new)
}

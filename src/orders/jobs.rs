//! Work on orders: `orders.deadline` watches the time, `orders.delete_file` removes what somebody sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::model::deadline::{Stage, Step};
use crate::app::App;
use crate::kernel::OrderId;
use crate::platform::files::FileKey;
use crate::platform::jobs::{Job, JobError};

/// A moment in the waiting of an order. What happens at the end touches money, so the work is in `checkout/jobs.rs`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Deadline {
    pub order_id: OrderId,
    /// What it waits for.
    pub stage: Stage,
    /// Which moment.
    pub step: Step,
    /// When the waiting ends; another end is another deadline.
    pub end: DateTime<Utc>,
}

/// Removes a file that nothing names any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteOrderFile {
    /// Where it is kept.
    pub key: String,
}

impl Job<App> for DeleteOrderFile {
    const KIND: &'static str = "orders.delete_file";

    async fn run(self, app: App) -> Result<(), JobError> {
        let key = FileKey::parse(&self.key).ok_or_else(|| JobError::new("no key of a file"))?;
        app.files.delete(&key).await.map_err(JobError::new)
    }
}

//! Which code does which kind of job, and the worker that runs it.

use std::sync::Arc;

use crate::app::App;
use crate::platform::jobs::{Registry, Worker};
use crate::search;

/// Every kind of job and all periodic work.
pub fn registry() -> Registry<App> {
    Registry::default()
        .every(search::jobs::TRIM_EVERY, search::jobs::TRIM, search::jobs::trim)
        .job::<crate::orders::jobs::OrderMoved>()
        .job::<crate::payments::jobs::PayRefund>()
        .job::<crate::checkout::jobs::ExpirePurchase>()
        .job::<crate::checkout::jobs::ExpirePlaced>()
}

/// The worker of this process.
pub fn worker(app: &App) -> Worker<App> {
    Worker {
        db: app.db.clone(),
        clock: app.clock.clone(),
        context: app.clone(),
        registry: Arc::new(registry()),
        wake: app.jobs_wake.clone(),
        name: app.instance.clone(),
        poll: app.config.jobs.poll,
        parallel: app.config.jobs.parallel,
        keep_done: app.config.jobs.keep_done,
    }
}

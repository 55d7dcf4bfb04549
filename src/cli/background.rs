//! What runs beside the requests.

use std::time::Duration;

use sea_orm::DbBackend;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::platform::{db, telemetry};
use crate::{search, worker};

/// How often the measurements of the last moments are summed up.
const UPKEEP: Duration = Duration::from_secs(5);
/// Pause before something that broke is started again.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts it all; each part ends by itself when the service is to stop. `answers`: whether requests are answered here.
pub(super) fn start(app: &App, with_worker: bool, answers: bool) -> TaskTracker {
    let tasks = TaskTracker::new();
    if with_worker {
        keep_running(&tasks, app, "worker", |app| worker::worker(&app).run(app.stop.clone()));
    }
    // A process that only works needs no index of its own, but it may feed a shared one.
    if answers || !app.search.is_per_process() {
        keep_running(&tasks, app, "search feed", |app| {
            let stop = app.stop.clone();
            search::feed::run(app, stop)
        });
    }
    keep_running(&tasks, app, "metrics", |app| until_stop(app, sum_up()));
    if app.db.backend() == DbBackend::Postgres {
        keep_running(&tasks, app, "notifications", |app| until_stop(app.clone(), listen(app)));
    }
    tasks.close();
    tasks
}

/// Runs a part of the service and starts it again if it panics.
fn keep_running<F>(
    tasks: &TaskTracker,
    app: &App,
    name: &'static str,
    part: impl Fn(App) -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let app = app.clone();
    tasks.spawn(async move {
        while let Err(panic) = tokio::spawn(part(app.clone())).await {
            tracing::error!(part = name, error = %panic, "a part of the service broke and is started again");
            tokio::time::sleep(PAUSE).await;
        }
    });
}

async fn until_stop(app: App, work: impl Future<Output = ()>) {
    app.stop.run_until_cancelled(work).await;
}

async fn sum_up() {
    loop {
        tokio::time::sleep(UPKEEP).await;
        telemetry::metrics().run_upkeep();
    }
}

/// Other processes tell over PostgreSQL when they leave work.
async fn listen(app: App) {
    let channels = vec![
        ("lapak_jobs", app.jobs_wake.clone()),
        ("lapak_catalog", app.feed_wake.clone()),
        ("lapak_notices", app.live.waker()),
    ];
    db::listen(&app.config.database_url(), channels).await;
}

//! Who waits for work is woken by whoever leaves some, in this process or another.

use std::sync::Arc;
use std::time::Duration;

use lapak::platform::{db, jobs};
use sea_orm::{ConnectionTrait, DbBackend};
use tokio::sync::Notify;

use crate::support::{TestApp, both};

both![a_commit_wakes_this_process, a_commit_of_another_process_wakes_this_one,];

/// Who has not been woken by then sleeps.
const PATIENCE: Duration = Duration::from_secs(20);

async fn woken(wake: &Notify) {
    tokio::time::timeout(PATIENCE, wake.notified()).await.expect("woken");
}

async fn a_commit_wakes_this_process(app: TestApp) {
    let txn = app.db.begin().await.unwrap();
    app.commit(txn).await.unwrap();
    woken(&app.jobs_wake).await;
    woken(&app.feed_wake).await;
}

async fn a_commit_of_another_process_wakes_this_one(app: TestApp) {
    if app.db.backend() != DbBackend::Postgres {
        return;
    }
    let wake = Arc::new(Notify::new());
    let channels = vec![("lapak_jobs", wake.clone())];
    let url = app.config.database_url();
    let listening = tokio::spawn(async move { db::listen(&url, channels).await });
    // Everybody looks once when the listening begins.
    woken(&wake).await;
    say(&app).await;
    woken(&wake).await;

    let lost = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    app.db.read().execute_unprepared(lost).await.unwrap();
    // And once when it begins anew.
    woken(&wake).await;
    say(&app).await;
    woken(&wake).await;
    listening.abort();
}

/// A transaction that inserts no job in the end, but says so: the trigger is on the statement.
async fn say(app: &TestApp) {
    let txn = app.db.begin().await.unwrap();
    let nothing = "INSERT INTO jobs SELECT * FROM jobs WHERE false";
    txn.execute_unprepared(nothing).await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!(jobs::standing(&app.db, app.now()).await.unwrap().due, 0);
}

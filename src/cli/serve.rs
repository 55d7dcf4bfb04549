//! `lapak serve` and `lapak worker`: run until told to stop.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{CliError, background, keys, say, start};
use crate::app::{App, StartError};
use crate::catalog::demo;
use crate::platform::server;
use crate::router;

/// What `serve` does besides answering.
#[derive(Clone, Copy, Debug)]
pub struct ServeOptions {
    /// Run jobs too.
    pub worker: bool,
    /// Fill an empty database with demo data first.
    pub demo: bool,
}

/// Answers requests until SIGTERM or SIGINT.
pub async fn serve(options: ServeOptions) -> Result<(), CliError> {
    let app = start().await?;
    keys::warn(&app).await;
    let address = app.config.server.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| CliError::Listen { address, error })?;
    stop_on_signal(app.stop.clone())?;
    if options.demo {
        seed(&app).await?;
    }
    let tasks = background::start(&app, options.worker, true);
    let router = router::router(app.clone());
    announce(&app, &listener)?;
    tokio::join!(server::serve(listener, router, &app.config.server, app.stop.clone()), finish(&app, &tasks),);
    close(&app).await
}

/// Runs jobs until SIGTERM or SIGINT.
pub async fn work() -> Result<(), CliError> {
    let app = start().await?;
    stop_on_signal(app.stop.clone())?;
    let tasks = background::start(&app, true, false);
    say("Lapak runs jobs.")?;
    finish(&app, &tasks).await;
    close(&app).await
}

/// Seeds an empty database in a process of its own, so that the memory it takes ends with it.
async fn seed(app: &App) -> Result<(), CliError> {
    if !demo::is_wanted(app).await.map_err(StartError::Database)? {
        return say(demo::LEFT_OUT);
    }
    let program = std::env::current_exe().map_err(CliError::Seeding)?;
    let seeding = Command::new(program).args(["seed", "--demo"]).status().await;
    match seeding.map_err(CliError::Seeding)? {
        status if status.success() => Ok(()),
        status => Err(CliError::Seeding(std::io::Error::other(status.to_string()))),
    }
}

/// Waits for the jobs under way, as long as requests may take; a job that is cut off is done again later.
async fn finish(app: &App, tasks: &TaskTracker) {
    app.stop.cancelled().await;
    let patience = app.config.server.drain_timeout;
    if tokio::time::timeout(patience, tasks.wait()).await.is_err() {
        tracing::warn!("stopped before all jobs ended");
    }
}

async fn close(app: &App) -> Result<(), CliError> {
    // Connections that a cut-off job still holds close with the process.
    let closed = tokio::time::timeout(Duration::from_secs(2), app.db.clone().close()).await;
    match closed {
        Ok(Err(error)) => Err(StartError::Database(error).into()),
        _ => Ok(()),
    }
}

/// Stops on the first signal; a second one does not wait.
fn stop_on_signal(stop: CancellationToken) -> Result<(), CliError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(CliError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(CliError::Signals)?;
    tokio::spawn(async move {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping");
        stop.cancel();
        either(&mut terminate, &mut interrupt).await;
        std::process::exit(1);
    });
    Ok(())
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

/// Tells a person where to look.
fn announce(app: &App, listener: &TcpListener) -> Result<(), CliError> {
    let address = listener
        .local_addr()
        .map_err(|error| CliError::Listen { address: app.config.server.listen, error })?;
    let base = app.config.server.base_url.as_str().trim_end_matches('/');
    say(&format!(
        "Lapak {version} is ready and listens on {address}.\n\
         \x20 API   {base}/v1\n\
         \x20 Docs  {base}/docs\n\
         \x20 Try   curl {base}/v1/categories",
        version = env!("CARGO_PKG_VERSION"),
    ))
}

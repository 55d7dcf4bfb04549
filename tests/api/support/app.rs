//! One service under test: the real parts, the real router, a clock that is moved by hand.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::http::Method;
use chrono::{DateTime, Duration, Utc};
use lapak::app::App;
use lapak::config::Config;
use lapak::kernel::Clock;
use lapak::platform::jobs::entity::{Column as JobColumn, Entity as Jobs};
use lapak::platform::server;
use lapak::{router, worker};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::database::{Place, settings};
use super::{Backend, Person, Request};

/// When every test begins: a Tuesday, 10:00 in Jakarta.
const START: &str = "2026-11-24T03:00:00Z";

/// A service with its own database; clones are the same service.
#[derive(Clone)]
pub struct TestApp(Arc<Inner>);

struct Inner {
    app: App,
    router: Router,
    backend: Backend,
    serial: AtomicU32,
    officer: OnceCell<Person>,
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0.app
    }
}

impl TestApp {
    pub async fn start(place: &Place, backend: Backend, changes: &str) -> Self {
        Self::start_at(place, backend, changes, START.parse().unwrap()).await
    }

    /// The same with a clock that begins at another moment, e.g. beside programs that have a real one.
    pub async fn start_at(place: &Place, backend: Backend, changes: &str, start: DateTime<Utc>) -> Self {
        let config = settings(place, changes);
        let app = App::build(config, Clock::fake(start)).await.unwrap();
        let router = router::router(app.clone());
        Self(Arc::new(Inner { app, router, backend, serial: AtomicU32::new(0), officer: OnceCell::new() }))
    }

    /// Another instance over the same database and data folder.
    pub async fn another_instance(&self) -> Self {
        self.another_instance_with(|_| ()).await
    }

    /// The same with other settings.
    pub async fn another_instance_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        let app = App::build(config, self.clock.clone()).await.unwrap();
        let router = router::router(app.clone());
        Self(Arc::new(Inner {
            app,
            router,
            backend: self.0.backend,
            // Far away from the first instance's names.
            serial: AtomicU32::new(1_000_000),
            officer: OnceCell::new(),
        }))
    }

    pub async fn close(&self) {
        self.db.clone().close().await.unwrap();
    }

    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    pub fn router(&self) -> Router {
        self.0.router.clone()
    }

    /// A number that no one else gets, for names.
    pub fn next(&self) -> u32 {
        self.0.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// Somebody with the role `officer`, always the same.
    pub async fn officer(&self) -> Person {
        let person = self.0.officer.get_or_init(|| Box::pin(self.platform("officer")));
        person.await.clone()
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.clone(), None, method, path)
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub fn put(&self, path: &str) -> Request {
        self.request(Method::PUT, path)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.request(Method::PATCH, path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// Moves the clock; nothing happens by that until jobs run.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Brings the search index up to now.
    pub async fn sync_search(&self) {
        lapak::search::feed::catch_up(self).await.unwrap();
    }

    /// Runs jobs until none is due.
    pub async fn run_jobs(&self) {
        let worker = worker::worker(self);
        while worker.run_due().await.unwrap() > 0 {}
    }

    /// Stops the test if a job failed, whether it will be tried again or not.
    pub(super) async fn no_job_failed(&self) {
        let failed =
            Jobs::find().filter(JobColumn::LastError.is_not_null()).all(self.db.read()).await.unwrap();
        assert!(failed.is_empty(), "jobs failed: {failed:#?}");
    }

    /// Listens on a socket.
    pub async fn serve(&self) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let (app, router, ending) = (self.clone(), self.router(), stop.clone());
        tokio::spawn(async move {
            server::serve(listener, router, &app.config.server, ending).await;
        });
        Served { app: self.clone(), client: reqwest::Client::new(), base, stop }
    }
}

/// A service that listens; it stops when this is dropped.
pub struct Served {
    app: TestApp,
    client: reqwest::Client,
    base: String,
    stop: CancellationToken,
}

impl Served {
    /// A request over a connection of the shared pool.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.app.clone(), Some((self.client.clone(), self.base.clone())), method, path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.request(Method::PATCH, path)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

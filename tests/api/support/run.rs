//! Runs one test on one database and judges what it left behind.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::{LazyLock, Once};

use super::config::RunConfig;
use super::database::{self, Place, TestDatabase};
use super::{Backend, TestApp, invariants};

/// The settings of this run.
pub static RUN: LazyLock<RunConfig> = LazyLock::new(RunConfig::from_env);

/// Runs a test against a fresh service; `module` is the path of the test's module.
pub fn run<F>(backend: Backend, module: &str, settings: &str, test: impl FnOnce(TestApp) -> F)
where
    F: Future<Output = ()>,
{
    with_database(backend, module, |place| async move {
        let app = TestApp::start(&place, backend, settings).await;
        test(app.clone()).await;
        app.run_jobs().await;
        app.no_job_failed().await;
        invariants::check(&app).await;
        app.close().await;
    });
}

/// Runs a test that wants nothing but a migrated database.
pub fn with_database<F>(backend: Backend, module: &str, test: impl FnOnce(Place) -> F)
where
    F: Future<Output = ()>,
{
    on(backend, module, database::create, test);
}

/// The same with a database without tables.
pub fn with_empty_database<F>(backend: Backend, module: &str, test: impl FnOnce(Place) -> F)
where
    F: Future<Output = ()>,
{
    on(backend, module, database::create_empty, test);
}

fn on<F>(
    backend: Backend,
    module: &str,
    create: impl FnOnce(Backend) -> Option<TestDatabase>,
    test: impl FnOnce(Place) -> F,
) where
    F: Future<Output = ()>,
{
    let Some(database) = create(backend) else {
        return without_postgres();
    };
    show_log();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test(database.place.clone()));
    report(backend, module);
}

/// A failed test shows what the service logged.
fn show_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().init();
    });
}

fn report(backend: Backend, module: &str) {
    let name = module.strip_prefix("api::").unwrap_or(module);
    note(&format!("{backend} {name}"));
}

/// Adds a line to the report, if one is wanted.
pub fn note(line: &str) {
    if let Some(path) = &RUN.report {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        // One write, so that lines of parallel tests do not mix.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

fn without_postgres() {
    static SAID: Once = Once::new();
    assert!(
        !RUN.postgres_required,
        "LAPAK_TEST_POSTGRES is \"required\" but LAPAK_TEST_POSTGRES_URL is not set"
    );
    SAID.call_once(|| {
        let count = count_postgres_tests();
        let text = format!("\n{count} tests did not run: no PostgreSQL (set LAPAK_TEST_POSTGRES_URL)\n");
        // Unlike the print macros this is seen although the test passes.
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    });
}

/// Asks this very program which tests the current arguments choose.
fn count_postgres_tests() -> usize {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(std::env::args_os().skip(1))
        .arg("--list")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.ends_with("::postgres: test")).count()
}

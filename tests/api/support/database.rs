//! A database for each test: a copy of a template that is migrated once per run.
//!
//! Databases and folders carry the name of their run. A run holds a lock while it lives; what belongs to a run whose lock is free is swept away.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use lapak::config::{Config, Environment};
use lapak::platform::db::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::Runtime;
use url::Url;

use super::Backend;
use super::run::RUN;

/// Class of the advisory locks that say a run is alive.
const LOCK_CLASS: i32 = 0x1a9a;

/// Folder of this run, under the build folder.
static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::make);
static SQLITE_TEMPLATE: LazyLock<PathBuf> = LazyLock::new(sqlite_template);
static POSTGRES: LazyLock<Option<Postgres>> =
    LazyLock::new(|| RUN.postgres_url.as_deref().map(Postgres::start));

/// Where a test keeps its data.
#[derive(Clone)]
pub struct Place {
    pub url: String,
    pub dir: PathBuf,
}

/// A database and a data folder that live as long as their test. Must be dropped outside async code.
pub struct TestDatabase {
    pub place: Place,
    name: Option<String>,
}

/// Makes a migrated database, or `None` where there is no PostgreSQL. Must not be called from async code.
pub fn create(backend: Backend) -> Option<TestDatabase> {
    let dir = FOLDER.test_dir();
    match backend {
        Backend::Sqlite => {
            let file = dir.join("lapak.db");
            fs::copy(&*SQLITE_TEMPLATE, &file).unwrap();
            let url = sqlite_url(&file);
            Some(TestDatabase::new(url, dir, None))
        }
        Backend::Postgres => {
            let postgres = POSTGRES.as_ref()?;
            let (name, url) = postgres.copy_template();
            Some(TestDatabase::new(url, dir, Some(name)))
        }
    }
}

/// An empty database without any table.
pub fn create_empty(backend: Backend) -> Option<TestDatabase> {
    let dir = FOLDER.test_dir();
    match backend {
        Backend::Sqlite => {
            let url = sqlite_url(&dir.join("lapak.db"));
            Some(TestDatabase::new(url, dir, None))
        }
        Backend::Postgres => {
            let postgres = POSTGRES.as_ref()?;
            let (name, url) = postgres.create_database("");
            Some(TestDatabase::new(url, dir, Some(name)))
        }
    }
}

impl TestDatabase {
    fn new(url: String, dir: PathBuf, name: Option<String>) -> Self {
        let place = Place { url, dir };
        Self { place, name }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let (Some(name), Some(postgres)) = (&self.name, POSTGRES.as_ref()) {
            postgres.execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
        // Windows of time in which a file is still open do not matter: the next run sweeps.
        fs::remove_dir_all(&self.place.dir).unwrap_or_default();
    }
}

/// The settings of a test: those of `config/test.toml`, its database, and its own changes.
pub fn settings(place: &Place, changes: &str) -> Config {
    let text = format!("database.url = {:?}\ndata.dir = {:?}\n{changes}", place.url, place.dir.join("data"));
    Config::with(Environment::Test, &text).unwrap()
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

fn random() -> u32 {
    let number = RandomState::new().hash_one(std::process::id());
    u32::try_from(number & u64::from(u32::MAX)).unwrap()
}

async fn migrate(url: &str) {
    let config = Config::with(Environment::Test, "").unwrap();
    let db = Db::connect(url, &config.database).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await.unwrap();
}

fn sqlite_template() -> PathBuf {
    let file = FOLDER.path.join("template.db");
    Runtime::new().unwrap().block_on(migrate(&sqlite_url(&file)));
    file
}

struct Folder {
    path: PathBuf,
    made: AtomicU32,
    _alive: File,
}

impl Folder {
    fn make() -> Self {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api");
        fs::create_dir_all(&all).unwrap();
        let path = all.join(format!("{:08x}", random()));
        fs::create_dir(&path).unwrap();
        let alive = File::create(path.join("alive")).unwrap();
        alive.lock().unwrap();
        for other in fs::read_dir(&all).unwrap().flatten() {
            // A folder without the file has just been made.
            let Ok(file) = File::open(other.path().join("alive")) else {
                continue;
            };
            if file.try_lock().is_ok() {
                fs::remove_dir_all(other.path()).unwrap_or_default();
            }
        }
        let made = AtomicU32::new(0);
        Self { path, made, _alive: alive }
    }

    fn test_dir(&self) -> PathBuf {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let dir = self.path.join(number.to_string());
        fs::create_dir(&dir).unwrap();
        dir
    }
}

struct Postgres {
    runtime: Runtime,
    url: Url,
    run: u32,
    made: AtomicU32,
    template: String,
    // Also holds the lock of the run.
    connection: Mutex<PgConnection>,
}

impl Postgres {
    fn start(url: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let run = random();
        let mut connection = runtime
            .block_on(PgConnection::connect(url))
            .expect("LAPAK_TEST_POSTGRES_URL does not lead to a PostgreSQL server");
        runtime.block_on(lock_and_sweep(&mut connection, run));
        let mut postgres = Self {
            runtime,
            url: url.parse().unwrap(),
            run,
            made: AtomicU32::new(0),
            template: String::new(),
            connection: Mutex::new(connection),
        };
        let (template, url) = postgres.create_database("");
        postgres.runtime.block_on(migrate(&url));
        postgres.template = template;
        postgres
    }

    fn copy_template(&self) -> (String, String) {
        self.create_database(&format!(" TEMPLATE {}", self.template))
    }

    fn create_database(&self, options: &str) -> (String, String) {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("lapak_test_{:08x}_{number}", self.run);
        self.execute(&format!("CREATE DATABASE {name}{options}"));
        let mut url = self.url.clone();
        url.set_path(&name);
        (name, url.into())
    }

    fn execute(&self, sql: &str) {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        self.runtime.block_on(sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection)).unwrap();
    }
}

/// Says that this run is alive, and drops the databases of runs that are not.
async fn lock_and_sweep(connection: &mut PgConnection, run: u32) {
    assert!(try_lock(connection, run).await, "two runs drew the same number");
    let names: Vec<String> =
        sqlx::query_scalar(r"SELECT datname FROM pg_database WHERE datname LIKE 'lapak\_test\_%'")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
    for name in names {
        let owner = name.split('_').nth(2).and_then(|run| u32::from_str_radix(run, 16).ok());
        let Some(owner) = owner.filter(|owner| *owner != run) else {
            continue;
        };
        if try_lock(connection, owner).await {
            // Another run may sweep the same one.
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await.unwrap();
            sqlx::query("SELECT pg_advisory_unlock($1, $2)")
                .bind(LOCK_CLASS)
                .bind(owner.cast_signed())
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }
}

async fn try_lock(connection: &mut PgConnection, run: u32) -> bool {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)")
        .bind(LOCK_CLASS)
        .bind(run.cast_signed())
        .fetch_one(connection)
        .await
        .unwrap()
}

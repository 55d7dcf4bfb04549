//! What the caller of the tests decides, by environment.

use std::path::PathBuf;

/// Settings of a test run.
pub struct RunConfig {
    /// Maintenance database of a PostgreSQL cluster in which databases may be made and dropped.
    pub postgres_url: Option<String>,
    /// True if a run without PostgreSQL is a failure.
    pub postgres_required: bool,
    /// File that gets a line for each test that ran.
    pub report: Option<PathBuf>,
    /// Strange requests per operation.
    pub fuzz: u32,
    /// Replays a walk beside the model.
    pub seed: Option<u64>,
    /// Steps of that walk.
    pub steps: Option<usize>,
    /// Purchases or refunds of a race of money.
    pub races: usize,
    /// Buyers who want the same few pieces.
    pub crowd: usize,
    /// Products of the test with many.
    pub products: usize,
}

impl RunConfig {
    #[expect(clippy::disallowed_methods, reason = "this is where the settings of the tests come from")]
    pub fn from_env() -> Self {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            postgres_url: read("LAPAK_TEST_POSTGRES_URL"),
            postgres_required: read("LAPAK_TEST_POSTGRES").as_deref() == Some("required"),
            report: read("LAPAK_TEST_REPORT").map(PathBuf::from),
            seed: read("LAPAK_TEST_SEED").map(|seed| seed.parse().unwrap()),
            steps: read("LAPAK_TEST_STEPS").map(|steps| steps.parse().unwrap()),
            races: read("LAPAK_TEST_RACES").map_or(100, |count| count.parse().unwrap()),
            crowd: read("LAPAK_TEST_CROWD").map_or(1_000, |count| count.parse().unwrap()),
            products: read("LAPAK_TEST_PRODUCTS").map_or(6_000, |count| count.parse().unwrap()),
            fuzz: read("LAPAK_TEST_FUZZ").map_or(30, |count| count.parse().unwrap()),
        }
    }
}

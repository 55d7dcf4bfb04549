//! The engine of a process: opened when first needed, and how fresh its answers are.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::meilisearch::MeilisearchEngine;
use super::tantivy::TantivyEngine;
use super::{Result, SearchEngine, TextAnalysis};
use crate::kernel::Clock;

/// Which engine, and where.
#[derive(Clone, Debug)]
pub enum EngineSettings {
    /// In this process, on disk below a folder.
    Embedded {
        /// Where the indexes live.
        root: PathBuf,
    },
    /// A Meilisearch server.
    Meilisearch {
        /// Its address.
        url: String,
        /// A key that may read, write and manage indexes.
        key: SecretString,
        /// The name of the index.
        index: String,
    },
}

/// The search engine of a process.
pub struct Search {
    settings: EngineSettings,
    analysis: Arc<dyn TextAnalysis>,
    clock: Clock,
    engine: OnceCell<Arc<dyn SearchEngine>>,
    /// Microseconds since 1970; 0 before the first catch-up.
    fresh_as_of: AtomicI64,
}

impl Search {
    /// Remembers how to open the engine. Commands that never search never touch an index.
    pub fn new(settings: EngineSettings, analysis: Arc<dyn TextAnalysis>, clock: Clock) -> Self {
        Self { settings, analysis, clock, engine: OnceCell::new(), fresh_as_of: AtomicI64::new(0) }
    }

    /// The same with an engine of the caller's, for tests.
    pub fn with_engine(engine: Arc<dyn SearchEngine>, analysis: Arc<dyn TextAnalysis>, clock: Clock) -> Self {
        let settings = EngineSettings::Embedded { root: PathBuf::new() };
        Self { engine: OnceCell::new_with(Some(engine)), ..Self::new(settings, analysis, clock) }
    }

    /// The engine, opened at the first call.
    pub async fn engine(&self) -> Result<&Arc<dyn SearchEngine>> {
        self.engine.get_or_try_init(|| self.open()).await
    }

    async fn open(&self) -> Result<Arc<dyn SearchEngine>> {
        let analysis = Arc::clone(&self.analysis);
        Ok(match &self.settings {
            EngineSettings::Embedded { root } => Arc::new(TantivyEngine::open(root, analysis).await?),
            EngineSettings::Meilisearch { url, key, index } => {
                let clock = self.clock.clone();
                Arc::new(MeilisearchEngine::new(url, key, index, analysis, clock)?)
            }
        })
    }

    /// The settings.
    pub fn settings(&self) -> &EngineSettings {
        &self.settings
    }

    /// The language rules.
    pub fn analysis(&self) -> &dyn TextAnalysis {
        self.analysis.as_ref()
    }

    /// Whether every process keeps an index of its own (else one process feeds a shared one).
    pub fn is_per_process(&self) -> bool {
        matches!(self.settings, EngineSettings::Embedded { .. })
    }

    /// All changes committed before this moment are in the index; `None` before the first catch-up.
    pub fn fresh_as_of(&self) -> Option<DateTime<Utc>> {
        match self.fresh_as_of.load(Ordering::Relaxed) {
            0 => None,
            micros => DateTime::from_timestamp_micros(micros),
        }
    }

    /// Notes that the index holds all changes committed before `moment`.
    pub fn caught_up(&self, moment: DateTime<Utc>) {
        self.fresh_as_of.store(moment.timestamp_micros(), Ordering::Relaxed);
    }
}

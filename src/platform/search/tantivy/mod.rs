//! The in-process engine: a tantivy index on disk, one per process.

mod collect;
mod correct;
mod generation;
mod lexicon;
mod plan;
mod rank;
mod rebuild;
mod schema;
mod search;
mod slot;
mod suggest;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{
    FeedPosition, ProductDoc, Rebuild, Result, SearchEngine, SearchHits, SearchQuery, Suggestion,
    TextAnalysis,
};
use generation::Generation;
use rebuild::FreshGeneration;
use slot::Slot;

/// The product ids of every index below `root` that a running process uses, by slot; nothing is locked or changed.
pub fn in_use(root: &Path) -> Result<Vec<(String, Vec<Uuid>)>> {
    let mut found = Vec::new();
    for (name, folder) in slot::taken(root)? {
        found.push((name, generation::ids(&generation::look(&folder)?)?));
    }
    Ok(found)
}

/// The in-process engine.
#[derive(Clone)]
pub struct TantivyEngine {
    shared: Arc<Shared>,
}

struct Shared {
    slot: Slot,
    analysis: Arc<dyn TextAnalysis>,
    current: RwLock<Arc<Generation>>,
    /// The highest generation number given out.
    newest: AtomicU64,
}

impl TantivyEngine {
    /// Opens (or begins) the index below `root` in the first slot no other process uses. A damaged index, or one of
    /// another version, is thrown away; [`SearchEngine::position`] then says that a rebuild is due.
    pub async fn open(root: &Path, analysis: Arc<dyn TextAnalysis>) -> Result<Self> {
        let root = root.to_owned();
        let shared = spawn_blocking(move || Shared::open(&root, analysis)).await??;
        Ok(Self { shared: Arc::new(shared) })
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(&self.shared);
        spawn_blocking(move || work(&shared)).await?
    }
}

impl Shared {
    fn open(root: &Path, analysis: Arc<dyn TextAnalysis>) -> Result<Self> {
        let slot = Slot::take(root)?;
        let number = slot.current().unwrap_or(0);
        slot.sweep(number)?;
        let folder = slot.generation(number);
        let generation = match Generation::open(&folder, analysis.version()) {
            Some(generation) => generation,
            None => Generation::create(&folder)?,
        };
        slot.set_current(number)?;
        Ok(Self {
            slot,
            analysis,
            current: RwLock::new(Arc::new(generation)),
            newest: AtomicU64::new(number),
        })
    }

    fn current(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a finished generation in the place of the current one.
    fn adopt(&self, number: u64, generation: Arc<Generation>) -> Result<()> {
        self.slot.set_current(number)?;
        let old = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, generation)
        };
        // Searches that still run hold the files open; the names can go.
        if let Err(error) = std::fs::remove_dir_all(old.folder()) {
            tracing::warn!(%error, "an old search index stays behind until the next start");
        }
        Ok(())
    }
}

#[async_trait]
impl SearchEngine for TantivyEngine {
    async fn search(&self, query: &SearchQuery) -> Result<SearchHits> {
        let query = query.clone();
        self.blocking(move |shared| {
            let generation = shared.current();
            search::search(&generation.searcher(), generation.fields(), shared.analysis.as_ref(), &query)
        })
        .await
    }

    async fn suggest(&self, typed: &str, limit: usize) -> Result<Vec<Suggestion>> {
        let typed = typed.to_owned();
        self.blocking(move |shared| {
            let generation = shared.current();
            let searcher = generation.searcher();
            suggest::suggest(&searcher, generation.fields(), shared.analysis.as_ref(), &typed, limit)
        })
        .await
    }

    async fn apply(&self, upserts: &[ProductDoc], deletes: &[Uuid], position: FeedPosition) -> Result<()> {
        let (upserts, deletes) = (upserts.to_vec(), deletes.to_vec());
        self.blocking(move |shared| {
            shared.current().apply(&upserts, &deletes, position, shared.analysis.as_ref())
        })
        .await
    }

    async fn position(&self) -> Result<Option<FeedPosition>> {
        self.blocking(|shared| shared.current().position()).await
    }

    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>> {
        let number = self.shared.newest.fetch_add(1, Ordering::Relaxed) + 1;
        let generation =
            self.blocking(move |shared| Generation::create(&shared.slot.generation(number))).await?;
        let shared = Arc::clone(&self.shared);
        Ok(Box::new(FreshGeneration { shared, number, generation: Some(Arc::new(generation)) }))
    }

    async fn doc_count(&self) -> Result<u64> {
        self.blocking(|shared| Ok(shared.current().count())).await
    }

    async fn ids(&self) -> Result<Vec<Uuid>> {
        self.blocking(|shared| generation::ids(&shared.current().searcher())).await
    }

    async fn health(&self) -> Result<()> {
        self.position().await.map(drop)
    }
}

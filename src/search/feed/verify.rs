//! `lapak reindex --verify`: is every public product in the index, and nothing else?

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{FeedError, catch_up};
use crate::app::App;
use crate::kernel::ProductId;
use crate::platform::search::tantivy::in_use;
use crate::platform::search::{EngineSettings, SearchError};
use crate::search::query::public_ids;

/// Products read at once.
const BATCH: u64 = 5_000;

/// How one index compares with the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Which index.
    pub index: String,
    /// Products the public sees.
    pub expected: usize,
    /// Of these, not in the index.
    pub missing: BTreeSet<Uuid>,
    /// In the index, but not to be seen.
    pub surplus: BTreeSet<Uuid>,
}

impl Comparison {
    /// Whether index and database agree.
    pub fn agrees(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty()
    }
}

/// Compares every index in use with the database. An index that follows the catalogue is always a moment behind, so
/// only what differs twice, a moment apart, counts.
pub async fn verify(app: &App) -> Result<Vec<Comparison>, FeedError> {
    let first = compare(app).await?;
    if first.iter().all(Comparison::agrees) {
        return Ok(first);
    }
    tokio::time::sleep(app.config.search.poll * 10).await;
    let second = compare(app).await?;
    let lasting = second.into_iter().map(|mut later| {
        if let Some(before) = first.iter().find(|one| one.index == later.index) {
            later.missing.retain(|id| before.missing.contains(id));
            later.surplus.retain(|id| before.surplus.contains(id));
        }
        later
    });
    Ok(lasting.collect())
}

async fn compare(app: &App) -> Result<Vec<Comparison>, FeedError> {
    let indexes = indexes(app).await?;
    let expected = expected(app).await?;
    let compared = indexes.into_iter().map(|(index, ids)| Comparison {
        index,
        expected: expected.len(),
        missing: expected.difference(&ids).copied().collect(),
        surplus: ids.difference(&expected).copied().collect(),
    });
    Ok(compared.collect())
}

async fn indexes(app: &App) -> Result<Vec<(String, BTreeSet<Uuid>)>, FeedError> {
    if let EngineSettings::Embedded { root } = app.search.settings() {
        let root = root.clone();
        let running = tokio::task::spawn_blocking(move || in_use(&root)).await;
        let running = running.map_err(SearchError::from)??;
        if !running.is_empty() {
            return Ok(running.into_iter().map(|(slot, ids)| (slot, ids.into_iter().collect())).collect());
        }
        // Nobody runs: the index is ours to bring up to date and to look at.
        catch_up(app).await?;
    }
    let ids = app.search.engine().await?.ids().await?;
    Ok(vec![("index".to_owned(), ids.into_iter().collect())])
}

async fn expected(app: &App) -> Result<BTreeSet<Uuid>, FeedError> {
    let (mut found, mut after): (BTreeSet<Uuid>, Option<ProductId>) = (BTreeSet::new(), None);
    loop {
        let ids = public_ids(app.db.read(), after, BATCH).await?;
        let Some(last) = ids.last() else { return Ok(found) };
        after = Some(*last);
        found.extend(ids.into_iter().map(|id| id.0));
    }
}

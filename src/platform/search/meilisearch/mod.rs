//! Meilisearch behind the same trait. Two indexes: the products, and one document that remembers the feed's position.
//!
//! Every write is a task of the server and is waited for. The position is written last, so that after a failure the
//! same changes come again; writing them twice does no harm.

mod document;
mod filter;
mod http;
mod rebuild;
mod search;
mod settings;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use meilisearch_sdk::client::Client;
use meilisearch_sdk::errors::{Error, ErrorCode};
use meilisearch_sdk::indexes::Index;
use meilisearch_sdk::task_info::TaskInfo;
use meilisearch_sdk::tasks::Task;
use secrecy::SecretString;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::breaker::Breaker;
use super::{
    FeedPosition, ProductDoc, Rebuild, Result, SearchEngine, SearchError, SearchHits, SearchQuery,
    Suggestion, TextAnalysis,
};
use crate::kernel::Clock;
use document::{Document, Found, PositionDoc};
use http::Http;

/// How often a task is asked for.
const TASK_POLL: Duration = Duration::from_millis(20);

/// A batch that takes longer than this has failed.
const TASK_TIMEOUT: Duration = Duration::from_secs(120);

/// Failures in a row before searches are turned away at once.
const MOST_FAILURES: u32 = 3;

/// How long they are.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// The key of the position's document.
const POSITION: &str = "position";

/// Documents listed at once.
const LISTED: usize = 1_000;

/// A Meilisearch server.
pub struct MeilisearchEngine {
    server: Arc<Server>,
}

/// What the engine and a rebuild share.
struct Server {
    client: Client<Http>,
    name: String,
    analysis: Arc<dyn TextAnalysis>,
    clock: Clock,
    breaker: Mutex<Breaker>,
    /// Set once the settings were looked at.
    prepared: OnceCell<()>,
}

impl MeilisearchEngine {
    /// An engine on the server at `url`; nothing is asked of it yet.
    pub fn new(
        url: &str,
        key: &SecretString,
        index: &str,
        analysis: Arc<dyn TextAnalysis>,
        clock: Clock,
    ) -> Result<Self> {
        let http = Http::new(key).map_err(|error| SearchError::Unexpected(error.to_string()))?;
        let host = url.trim_end_matches('/').to_owned();
        let server = Server {
            client: Client::new_with_client(host, None::<String>, http),
            name: index.to_owned(),
            analysis,
            clock,
            breaker: Mutex::new(Breaker::new(MOST_FAILURES, PAUSE)),
            prepared: OnceCell::new(),
        };
        Ok(Self { server: Arc::new(server) })
    }
}

impl Server {
    fn products(&self) -> Index<Http> {
        self.client.index(&self.name)
    }

    fn feed(&self) -> Index<Http> {
        self.client.index(format!("{}_feed", self.name))
    }

    /// Runs a call unless the breaker is open, and tells the breaker how it went.
    async fn guarded<T>(
        &self,
        call: impl Future<Output = std::result::Result<T, Error>> + Send,
    ) -> Result<T> {
        if !self.with_breaker(Breaker::allows) {
            return Err(SearchError::Unavailable("paused after failures".to_owned()));
        }
        match call.await {
            Ok(value) => {
                self.with_breaker(|breaker, _| breaker.succeeded());
                Ok(value)
            }
            Err(error) => {
                let error = SearchError::from(error);
                match error {
                    SearchError::Unavailable(_) => self.with_breaker(Breaker::failed),
                    _ => self.with_breaker(|breaker, _| breaker.succeeded()),
                }
                Err(error)
            }
        }
    }

    fn with_breaker<T>(&self, act: impl FnOnce(&mut Breaker, chrono::DateTime<chrono::Utc>) -> T) -> T {
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut breaker, self.clock.now())
    }

    /// Waits until the server has done a task.
    async fn done(&self, started: std::result::Result<TaskInfo, Error>) -> Result<()> {
        let task = started?;
        let ended = self.client.wait_for_task(task, Some(TASK_POLL), Some(TASK_TIMEOUT)).await;
        match ended? {
            Task::Failed { content } => Err(SearchError::Unexpected(content.error.to_string())),
            _ => Ok(()),
        }
    }

    /// Brings an index's settings to what they should be, where they differ.
    async fn apply_settings(&self, index: &Index<Http>) -> Result<()> {
        let unexpected = |error: serde_json::Error| SearchError::Unexpected(error.to_string());
        let actual = index.get_settings().await?;
        let actual = serde_json::to_value(&actual).map_err(unexpected)?;
        let missing = settings::missing(&settings::wanted(self.analysis.as_ref()), &actual);
        if missing.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(());
        }
        let missing = serde_json::from_value(missing).map_err(unexpected)?;
        self.done(index.set_settings(&missing).await).await
    }

    async fn stored_position(&self) -> Result<Option<PositionDoc>> {
        match self.feed().get_document::<PositionDoc>(POSITION).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn store_position(&self, position: FeedPosition) -> Result<()> {
        let doc = PositionDoc { id: POSITION.to_owned(), rules: self.analysis.version(), position };
        self.done(self.feed().add_or_replace(&[doc], Some("id")).await).await
    }

    async fn add(&self, index: &Index<Http>, products: &[ProductDoc]) -> Result<()> {
        if products.is_empty() {
            return Ok(());
        }
        let documents: Vec<Document> =
            products.iter().map(|product| Document::of(product, self.analysis.as_ref())).collect();
        self.done(index.add_or_replace(&documents, Some("id")).await).await
    }
}

/// Errors that are the server's considered answer, not a sign that it is away.
fn is_answer(error: &Error) -> bool {
    use meilisearch_sdk::errors::ErrorType;
    matches!(error, Error::Meilisearch(answer) if answer.error_type == ErrorType::InvalidRequest)
}

fn is_missing(error: &Error) -> bool {
    let missing = [ErrorCode::IndexNotFound, ErrorCode::DocumentNotFound];
    matches!(error, Error::Meilisearch(answer) if missing.contains(&answer.error_code))
}

impl From<Error> for SearchError {
    fn from(error: Error) -> Self {
        if is_answer(&error) {
            Self::Unexpected(error.to_string())
        } else {
            Self::Unavailable(error.to_string())
        }
    }
}

#[async_trait]
impl SearchEngine for MeilisearchEngine {
    async fn search(&self, query: &SearchQuery) -> Result<SearchHits> {
        search::search(&self.server, query).await
    }

    async fn suggest(&self, typed: &str, limit: usize) -> Result<Vec<Suggestion>> {
        search::suggest(&self.server, typed, limit).await
    }

    async fn apply(&self, upserts: &[ProductDoc], deletes: &[Uuid], position: FeedPosition) -> Result<()> {
        let index = self.server.products();
        self.server.add(&index, upserts).await?;
        if !deletes.is_empty() {
            self.server.done(index.delete_documents(deletes).await).await?;
        }
        self.server.store_position(position).await
    }

    async fn position(&self) -> Result<Option<FeedPosition>> {
        let stored = self.server.stored_position().await?;
        let Some(stored) = stored.filter(|stored| stored.rules == self.server.analysis.version()) else {
            return Ok(None);
        };
        let prepare = || async { self.server.apply_settings(&self.server.products()).await };
        self.server.prepared.get_or_try_init(prepare).await?;
        Ok(Some(stored.position))
    }

    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>> {
        Ok(Box::new(rebuild::FreshIndex::begin(&self.server).await?))
    }

    async fn doc_count(&self) -> Result<u64> {
        let stats = self.server.guarded(async { self.server.products().get_stats().await }).await?;
        Ok(stats.number_of_documents as u64)
    }

    async fn ids(&self) -> Result<Vec<Uuid>> {
        let index = self.server.products();
        let mut found = Vec::new();
        loop {
            let mut page = meilisearch_sdk::documents::DocumentsQuery::new(&index);
            page.with_offset(found.len()).with_limit(LISTED).with_fields(["id"]);
            let page = page.execute::<Found>().await?;
            let count = page.results.len();
            found.extend(page.results.into_iter().map(|one| one.id));
            if count < LISTED {
                break;
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    async fn health(&self) -> Result<()> {
        self.server.guarded(async { self.server.client.health().await }).await.map(drop)
    }
}

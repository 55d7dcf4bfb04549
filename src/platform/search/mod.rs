//! Product search behind one trait, with an in-process engine and Meilisearch.
//!
//! Owns the typed documents, queries and answers that both engines share. An engine is a cache: it can be thrown away
//! and rebuilt from the database, and it says by its [`FeedPosition`] how far it followed the catalogue's changes.

pub mod breaker;
mod handle;
pub mod meilisearch;
mod query;
mod suggest;
pub mod tantivy;
mod text;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use handle::{EngineSettings, Search};
pub use query::{
    Facet, FacetCount, Facets, Filters, PRICE_STEPS, PriceCount, SearchHits, SearchQuery, Sort, Suggestion,
    SuggestionKind, VendorKey,
};
pub use text::{AnalyzedQuery, DocFields, Form, PriceHint, QueryUnit, TextAnalysis, UnitKind, Variant};

/// What an engine can fail with.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The engine does not answer; the breaker keeps callers away from it for a while.
    #[error("the search engine is not available: {0}")]
    Unavailable(String),
    /// The in-process index failed.
    #[error("the search index failed")]
    Index(#[from] ::tantivy::TantivyError),
    /// The index folder could not be read or written.
    #[error("the search index folder failed")]
    Io(#[from] std::io::Error),
    /// A search thread was lost.
    #[error("a search task was cut off")]
    Task(#[from] tokio::task::JoinError),
    /// A rebuilt index does not hold what the database holds.
    #[error("the rebuilt index holds {found} products, not {expected}")]
    Incomplete {
        /// Products the database has.
        expected: u64,
        /// Products the new index has.
        found: u64,
    },
    /// The engine answered something that makes no sense.
    #[error("the search engine answered unexpectedly: {0}")]
    Unexpected(String),
}

/// The result of an engine call.
pub type Result<T> = std::result::Result<T, SearchError>;

/// How far an engine followed the table of catalogue changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPosition {
    /// Which run of the feed this is: another database has another one, and a wanted reindex begins a new one.
    pub feed: Uuid,
    /// The writing transaction (0 where the database has one writer).
    pub xid: i64,
    /// The row's own number.
    pub seq: i64,
}

impl FeedPosition {
    /// The place in the order of changes.
    pub fn place(self) -> (i64, i64) {
        (self.xid, self.seq)
    }
}

/// One product as the engines see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDoc {
    /// The product.
    pub product_id: Uuid,
    /// Its title as the seller wrote it.
    pub title: String,
    /// Its description as the seller wrote it.
    pub description: String,
    /// Title and description in other languages.
    pub translations: Vec<(String, String)>,
    /// Category slugs from root to leaf.
    pub category_path: Vec<String>,
    /// Category names in all languages, in the order of the path.
    pub category_names: Vec<String>,
    /// The shop.
    pub vendor_id: Uuid,
    /// The shop's address part.
    pub vendor_slug: String,
    /// The shop's name.
    pub vendor_name: String,
    /// The district the shop sells from.
    pub district_code: String,
    /// That district's name.
    pub district_name: String,
    /// The cheapest variant, in rupiah.
    pub price_min: i64,
    /// The dearest variant, in rupiah.
    pub price_max: i64,
    /// Whether any variant can be bought now.
    pub in_stock: bool,
    /// Mean rating in hundredths of a star; 0 when nobody rated.
    pub rating: i32,
    /// When the product came to be seen, in milliseconds.
    pub created_at_ms: i64,
    /// Named facts: material, colour, size, papers.
    pub attributes: Vec<(String, String)>,
    /// Option values of the variants.
    pub options: Vec<String>,
    /// Stock keeping units of the variants.
    pub sku: Vec<String>,
    /// The unit of sale.
    pub unit: String,
}

/// A place to search products. All methods are safe to call from several tasks.
#[async_trait]
pub trait SearchEngine: Send + Sync {
    /// Finds products.
    async fn search(&self, query: &SearchQuery) -> Result<SearchHits>;

    /// Completes what someone is typing.
    async fn suggest(&self, typed: &str, limit: usize) -> Result<Vec<Suggestion>>;

    /// Writes and removes products and remembers the position, all or nothing. What was written is findable on return.
    async fn apply(&self, upserts: &[ProductDoc], deletes: &[Uuid], position: FeedPosition) -> Result<()>;

    /// How far this engine followed the changes; `None` when it has to be rebuilt first.
    async fn position(&self) -> Result<Option<FeedPosition>>;

    /// Starts an empty index beside the one in use.
    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>>;

    /// How many products the index holds.
    async fn doc_count(&self) -> Result<u64>;

    /// The ids of all products it holds, ascending; for comparing the index with the database.
    async fn ids(&self) -> Result<Vec<Uuid>>;

    /// Whether the engine can answer now.
    async fn health(&self) -> Result<()>;
}

/// A fresh index being filled; dropping it leaves the index in use untouched.
#[async_trait]
pub trait Rebuild: Send {
    /// Adds products; an id must not be added twice.
    async fn add(&mut self, docs: &[ProductDoc]) -> Result<()>;

    /// Checks the count, then takes the place of the index in use without a moment in between.
    async fn finish(self: Box<Self>, expected: u64, position: FeedPosition) -> Result<()>;
}

//! The typed query and its answer. Filters never come from a user's string.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// What the user typed; empty to browse.
    pub text: String,
    /// What the hits have to fulfil.
    pub filters: Filters,
    /// Their order.
    pub sort: Sort,
    /// Which counts are wanted.
    pub facets: Vec<Facet>,
    /// How many hits to skip.
    pub offset: usize,
    /// How many hits to return.
    pub limit: usize,
    /// Turns the order among equals; callers pass the day, so that every shop is first sometimes.
    pub rotation: u64,
}

/// Conditions, all of which hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Slug of a category; its descendants count.
    pub category: Option<String>,
    /// Only this shop.
    pub vendor: Option<VendorKey>,
    /// Code of a district.
    pub district: Option<String>,
    /// A variant costs at least this, in rupiah.
    pub price_min: Option<i64>,
    /// A variant costs at most this, in rupiah.
    pub price_max: Option<i64>,
    /// Only what is (or is not) in stock.
    pub in_stock: Option<bool>,
    /// Only what was there at this moment, so that later pages do not shift.
    pub seen_until_ms: Option<i64>,
}

/// A shop by what a caller knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VendorKey {
    /// Its id.
    Id(Uuid),
    /// Its address part.
    Slug(String),
}

/// The order of the hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Best match first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
    /// Newest first.
    Newest,
    /// Best rated first.
    Rating,
}

/// A kind of count beside the hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// Per category slug, all levels.
    Category,
    /// Per district code.
    District,
    /// Per price range.
    Price,
}

/// Lower bounds of the price facet's ranges, in rupiah; each range ends where the next begins.
pub const PRICE_STEPS: [i64; 8] = [0, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000];

/// The counts that were asked for. Each ignores its own filter, so that the other choices stay visible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Category slug and hits, most hits first.
    pub category: Option<Vec<FacetCount>>,
    /// District code and hits, most hits first.
    pub district: Option<Vec<FacetCount>>,
    /// Price ranges that have hits, ascending.
    pub price: Option<Vec<PriceCount>>,
}

/// Hits of one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// Slug or code.
    pub value: String,
    /// Hits.
    pub count: u64,
}

/// Hits of one price range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriceCount {
    /// From this price, in rupiah.
    pub from: i64,
    /// Below this price; `None` for the last range.
    pub below: Option<i64>,
    /// Hits.
    pub count: u64,
}

/// The answer to a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchHits {
    /// One page of products, in order.
    pub ids: Vec<Uuid>,
    /// All hits, not only this page.
    pub total: u64,
    /// The counts.
    pub facets: Facets,
    /// The query as it was probably meant.
    pub did_you_mean: Option<String>,
    /// Whether nothing has all that was asked for, so that these lack a word or have another price.
    pub relaxed: bool,
}

/// What a suggestion leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// A product title.
    Product,
    /// A category.
    Category,
    /// A shop.
    Vendor,
}

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The completed text.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
}

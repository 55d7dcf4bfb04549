//! Answering a search: the engine's ids, the database's facts; or the database alone when no engine answers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::{hits, plain};
use crate::app::App;
use crate::catalog::entity::category::Model as Category;
use crate::catalog::model::Tree;
use crate::catalog::query::{categories, public};
use crate::kernel::{Lang, ProductId};
use crate::platform::search::{
    Facet, Facets, Filters, SearchError, SearchHits, SearchQuery, Sort, Suggestion,
};
use crate::search::analysis::raw_words;
use crate::search::model::{SearchCursor, Understood};

/// What a caller searches for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What was typed.
    pub text: String,
    /// Conditions.
    pub filters: Filters,
    /// The order.
    pub sort: Sort,
    /// Counts beside the hits.
    pub facets: Vec<Facet>,
    /// Hits of a page.
    pub limit: usize,
    /// Which page.
    pub page: SearchCursor,
}

/// What is shown.
#[derive(Debug)]
pub struct Answer {
    /// One page of hits.
    pub hits: Vec<public::Row>,
    /// All hits.
    pub total: u64,
    /// The counts.
    pub facets: Facets,
    /// Category names by slug, for the counts.
    pub category_names: HashMap<String, String>,
    /// The query as it was probably meant.
    pub did_you_mean: Option<String>,
    /// Whether no hit has all that was asked for.
    pub relaxed: bool,
    /// What was read out of the text.
    pub understood: Understood,
    /// Every change before this moment is in the answer.
    pub fresh_as_of: DateTime<Utc>,
    /// The next page.
    pub next: Option<SearchCursor>,
    /// Whether the database had to answer alone.
    pub degraded: bool,
}

/// Answers a search.
pub async fn search(app: &App, wanted: Wanted, lang: Lang) -> Result<Answer, DbErr> {
    let query = SearchQuery {
        text: wanted.text,
        filters: Filters { seen_until_ms: Some(wanted.page.seen_until_ms), ..wanted.filters },
        sort: wanted.sort,
        facets: wanted.facets,
        offset: wanted.page.offset,
        limit: wanted.limit,
        rotation: wanted.page.rotation,
    };
    match ask(app, &query).await {
        Ok((found, fresh_as_of)) => full(app, &query, wanted.page, (found, fresh_as_of), lang).await,
        Err(error) => {
            tracing::warn!(%error, "the database answers a search instead of the engine");
            degraded(app, &query, wanted.page).await
        }
    }
}

/// Completes what is typed; nothing when no engine answers.
pub async fn suggest(app: &App, typed: &str, limit: usize) -> Vec<Suggestion> {
    let found = async {
        filled(app)?;
        app.search.engine().await?.suggest(typed, limit).await
    };
    found.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "no suggestions");
        Vec::new()
    })
}

/// An index that never caught up is no source of answers.
fn filled(app: &App) -> Result<DateTime<Utc>, SearchError> {
    let missing = || SearchError::Unavailable("the index is still being built".to_owned());
    app.search.fresh_as_of().ok_or_else(missing)
}

async fn ask(app: &App, query: &SearchQuery) -> Result<(SearchHits, DateTime<Utc>), SearchError> {
    // Read before the search, so that it never promises more than the search saw.
    let fresh_as_of = filled(app)?;
    let hits = app.search.engine().await?.search(query).await?;
    Ok((hits, fresh_as_of))
}

async fn full(
    app: &App,
    query: &SearchQuery,
    page: SearchCursor,
    (found, fresh_as_of): (SearchHits, DateTime<Utc>),
    lang: Lang,
) -> Result<Answer, DbErr> {
    let db = app.db.read();
    let ids: Vec<ProductId> = found.ids.iter().copied().map(ProductId).collect();
    let mut hits = hits(db, &ids).await?;
    hits.retain(|hit| still_fits(hit, &query.filters));
    let category_names = match &found.facets.category {
        Some(counts) if !counts.is_empty() => names(&categories::tree(db).await?, lang),
        _ => HashMap::new(),
    };
    Ok(Answer {
        hits,
        total: found.total,
        facets: found.facets,
        category_names,
        did_you_mean: found.did_you_mean,
        relaxed: found.relaxed,
        understood: Understood::of(&app.search.analysis().query(&query.text)),
        fresh_as_of,
        next: page.next(query.limit, found.total),
        degraded: false,
    })
}

fn names(tree: &Tree, lang: Lang) -> HashMap<String, String> {
    let name = |category: &Category| match lang {
        Lang::En if !category.name_en.is_empty() => category.name_en.clone(),
        _ => category.name_id.clone(),
    };
    tree.iter().map(|category| (category.slug.clone(), name(category))).collect()
}

/// Whether a product still is what was asked for; the index may be a moment behind.
fn still_fits(hit: &public::Row, filters: &Filters) -> bool {
    filters.in_stock.is_none_or(|wanted| wanted == hit.in_stock)
        && filters.price_min.is_none_or(|low| hit.price_max.get() >= low)
        && filters.price_max.is_none_or(|high| hit.price_min.get() <= high)
}

async fn degraded(app: &App, query: &SearchQuery, page: SearchCursor) -> Result<Answer, DbErr> {
    let fresh_as_of = app.now();
    let analyzed = app.search.analysis().query(&query.text);
    let words = raw_words(&query.text, analyzed.price.is_some());
    let (hits, total) = plain::search(app.db.read(), query, &words, analyzed.price).await?;
    Ok(Answer {
        hits,
        total,
        facets: Facets::default(),
        category_names: HashMap::new(),
        did_you_mean: None,
        relaxed: false,
        understood: Understood::of(&analyzed),
        fresh_as_of,
        next: page.next(query.limit, total),
        degraded: true,
    })
}

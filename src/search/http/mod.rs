//! `GET /v1/search` and `GET /v1/search/suggest`.

mod changes;
mod params;

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, VARY};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::model::{SearchCursor, Understood};
use super::query::answer::{self, Answer};
use crate::app::App;
use crate::catalog::model::{Tongue, media};
use crate::catalog::query::public::Row;
use crate::catalog::query::translations;
use crate::kernel::{Problem, ProductId, Rupiah, VendorId};
use crate::platform::images::THUMBNAILS;
use crate::platform::search::{FacetCount, Facets, SuggestionKind};
use crate::web::{Api, Language, Policy, ValidQuery};

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(SEARCH, routes!(search_products))
        .route(SUGGEST, routes!(suggest_searches))
        .route(changes::CHANGES, routes!(changes::list_product_changes))
}

const SEARCH: Policy = Policy::PUBLIC;
const SUGGEST: Policy = Policy::PUBLIC;

/// Parameters of a search, as they come; [`params::read`] checks them all at once.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// What to search for; empty to browse. Price words count: `keripik 15rb`.
    pub q: Option<String>,
    /// Slug of a category; its descendants count.
    pub category: Option<String>,
    /// Id or slug of a shop.
    pub vendor: Option<String>,
    /// Code of the shop's district, e.g. `32.16.09`.
    pub district: Option<String>,
    /// Lowest price in rupiah.
    pub price_min: Option<String>,
    /// Highest price in rupiah.
    pub price_max: Option<String>,
    /// `true` for what can be bought now.
    pub in_stock: Option<String>,
    /// `relevance` (default), `price_asc`, `price_desc`, `newest` or `rating`.
    pub sort: Option<String>,
    /// Counts beside the hits, separated by commas: `category,district,price`.
    pub facets: Option<String>,
    /// The language of titles; wins over `Accept-Language`, and Indonesian stands for what is not translated.
    pub lang: Option<Tongue>,
    /// Hits of a page: 1 to 100, default 20.
    pub limit: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One page of hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchOut {
    items: Vec<HitOut>,
    /// All hits, not only this page.
    total: u64,
    facets: FacetsOut,
    /// The query as it was probably meant.
    did_you_mean: Option<String>,
    /// True when no hit has all that was asked for: these lack a word, or have another price.
    relaxed: bool,
    /// What was read out of the text beside words.
    understood: UnderstoodOut,
    /// Every change before this moment is in the answer.
    fresh_as_of: DateTime<Utc>,
    next_cursor: Option<String>,
    /// True when the search engine is away and a plainer search answered.
    degraded: bool,
}

/// What was read out of the text of a query: these already narrow or order the hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnderstoodOut {
    /// At least this price, in rupiah.
    price_min: Option<i64>,
    /// At most this price, in rupiah.
    price_max: Option<i64>,
    /// Papers: `halal`, `pirt`, `tkdn`, `ekspor`.
    papers: Vec<String>,
    /// Codes of the districts that were named; what is sold there comes first.
    districts: Vec<String>,
    /// Words in quotes, which every hit has in this order.
    phrases: Vec<String>,
}

impl UnderstoodOut {
    fn new(understood: Understood) -> Self {
        let Understood { price_min, price_max, papers, districts, phrases } = understood;
        Self { price_min, price_max, papers, districts, phrases }
    }
}

/// One product.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitOut {
    product_id: ProductId,
    slug: String,
    title: String,
    vendor: HitVendorOut,
    price_min: Rupiah,
    price_max: Rupiah,
    in_stock: bool,
    /// The address of its first picture, small.
    image: Option<String>,
}

/// The shop of a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitVendorOut {
    id: VendorId,
    slug: String,
    name: String,
}

/// The counts that were asked for; each ignores its own filter, so that the other choices stay visible.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct FacetsOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Vec<FacetOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    district: Option<Vec<FacetOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Vec<PriceFacetOut>>,
}

/// Hits of one category or district.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetOut {
    /// What to give back as filter: a slug or a code.
    value: String,
    name: String,
    count: u64,
}

/// Hits of one price range.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceFacetOut {
    from: i64,
    /// Below this; `null` for the last range.
    below: Option<i64>,
    count: u64,
}

/// Find products.
///
/// Spelling habits, typing errors, synonyms and units of Bahasa Indonesia are understood. Price, stock and visibility
/// are those of the database at this moment.
#[utoipa::path(
    get, path = "/v1/search", tag = "search", params(SearchParams),
    responses(
        (status = 200, description = "One page of hits", body = SearchOut),
        (status = 422, description = "A parameter is wrong"),
    )
)]
async fn search_products(
    State(app): State<App>,
    Language(lang): Language,
    headers: HeaderMap,
    ValidQuery(given): ValidQuery<SearchParams>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = params::read(&given, app.now())?;
    let mut answer = answer::search(&app, wanted, lang).await?;
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    translations::translate_rows(app.db.read(), &mut answer.hits, Tongue::choose(given.lang, accepted))
        .await?;
    let out = SearchOut::new(answer, &app.config.server.base_url);
    // Caches must not show one language to readers of another.
    Ok(([(VARY, "accept-language")], Json(out)))
}

/// Parameters of a suggestion.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestParams {
    /// What was typed so far.
    pub q: Option<String>,
    /// 1 to 20, default 10.
    pub limit: Option<String>,
}

/// Completions.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestOut {
    items: Vec<SuggestionOut>,
}

/// One completion.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionOut {
    text: String,
    /// `product`, `category` or `vendor`.
    kind: &'static str,
}

/// Complete what someone types into the search box.
#[utoipa::path(
    get, path = "/v1/search/suggest", tag = "search", params(SuggestParams),
    responses(
        (status = 200, description = "Completions, best first", body = SuggestOut),
        (status = 422, description = "A parameter is wrong"),
    )
)]
async fn suggest_searches(
    State(app): State<App>,
    ValidQuery(given): ValidQuery<SuggestParams>,
) -> Result<Json<SuggestOut>, Problem> {
    let (typed, limit) = params::read_suggest(&given)?;
    let found = answer::suggest(&app, &typed, limit).await;
    let items = found.into_iter().map(|one| SuggestionOut { text: one.text, kind: kind(one.kind) });
    Ok(Json(SuggestOut { items: items.collect() }))
}

fn kind(kind: SuggestionKind) -> &'static str {
    match kind {
        SuggestionKind::Product => "product",
        SuggestionKind::Category => "category",
        SuggestionKind::Vendor => "vendor",
    }
}

impl SearchOut {
    fn new(answer: Answer, base: &Url) -> Self {
        Self {
            items: answer.hits.into_iter().map(|row| HitOut::new(row, base)).collect(),
            total: answer.total,
            facets: FacetsOut::new(answer.facets, &answer.category_names),
            did_you_mean: answer.did_you_mean,
            relaxed: answer.relaxed,
            understood: UnderstoodOut::new(answer.understood),
            fresh_as_of: answer.fresh_as_of,
            next_cursor: answer.next.map(SearchCursor::encode),
            degraded: answer.degraded,
        }
    }
}

impl HitOut {
    fn new(hit: Row, base: &Url) -> Self {
        Self {
            product_id: hit.id,
            slug: hit.slug,
            title: hit.title,
            vendor: HitVendorOut { id: hit.vendor_id, slug: hit.vendor_slug, name: hit.vendor_name },
            price_min: hit.price_min,
            price_max: hit.price_max,
            in_stock: hit.in_stock,
            image: hit.image_id.map(|id| media::url(base, id, Some(THUMBNAILS[0]))),
        }
    }
}

impl FacetsOut {
    fn new(facets: Facets, categories: &HashMap<String, String>) -> Self {
        let category = |value: &str| categories.get(value).cloned();
        let district = |value: &str| crate::kernel::region::name_of(value).map(str::to_owned);
        Self {
            category: facets.category.map(|counts| named(counts, category)),
            district: facets.district.map(|counts| named(counts, district)),
            price: facets.price.map(|counts| {
                let out = |one: crate::platform::search::PriceCount| PriceFacetOut {
                    from: one.from,
                    below: one.below,
                    count: one.count,
                };
                counts.into_iter().map(out).collect()
            }),
        }
    }
}

fn named(counts: Vec<FacetCount>, name: impl Fn(&str) -> Option<String>) -> Vec<FacetOut> {
    let out = |one: FacetCount| FacetOut {
        name: name(&one.value).unwrap_or_else(|| one.value.clone()),
        value: one.value,
        count: one.count,
    };
    counts.into_iter().map(out).collect()
}

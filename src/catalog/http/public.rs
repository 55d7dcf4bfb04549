//! Products for everybody.

use axum::extract::State;
use axum::http::header::{ACCEPT_LANGUAGE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answers::{ProductPage, ProductRow};
use super::conditions::Conditions;
use crate::app::App;
use crate::catalog::model::Tongue;
use crate::catalog::model::unit::UNITS;
use crate::catalog::query::public::{self, Filter, Sort};
use crate::catalog::query::translations;
use crate::kernel::clock::business_date;
use crate::kernel::fields::{Fault, number};
use crate::kernel::{Fields, Page, Problem};
use crate::web::cache::{Freshness, Kept};
use crate::web::query::page_of;
use crate::web::{PathId, Policy, ValidQuery};

pub const LIST_PRODUCTS: Policy = Policy::PUBLIC;
pub const GET_PRODUCT: Policy = Policy::PUBLIC;
pub const LIST_RELATED: Policy = Policy::PUBLIC;

#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Slug of a category; what is below it is found, too.
    category: Option<String>,
    /// Id or slug of a shop.
    vendor: Option<String>,
    /// Something of it costs at least so much, in rupiah.
    price_min: Option<i64>,
    /// Something of it costs at most so much, in rupiah.
    price_max: Option<i64>,
    /// `newest` when absent.
    sort: Option<Sort>,
    /// What `unit_price` is compared in: `kg`, `liter`, `meter`, `lembar`, `pcs`, `pasang` or `porsi`.
    per: Option<String>,
    /// Wins over `Accept-Language`; Indonesian stands for what is not translated.
    lang: Option<Tongue>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// In which language.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LanguageQuery {
    /// Wins over `Accept-Language`; Indonesian stands for what is not translated.
    lang: Option<Tongue>,
}

/// How many, and in which language.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RelatedQuery {
    /// 8 when absent.
    #[param(minimum = 1, maximum = 24)]
    limit: Option<u64>,
    /// Wins over `Accept-Language`.
    lang: Option<Tongue>,
}

/// Products that are like another.
#[derive(Serialize, ToSchema)]
pub struct RelatedProducts {
    items: Vec<ProductRow>,
}

/// Published products, the newest first.
#[utoipa::path(get, path = "/v1/products", tag = "catalog", params(ProductQuery,
    ("attr.warna" = Option<String>, Query, description = "Only what says so: `attr.<key>=<value>`, at most five. `warna` is one example.")),
    responses((status = 200, body = Page<ProductRow>), (status = 304, description = "Nothing changed"), (status = 422, description = "`invalid`")))]
pub async fn list_products(
    State(app): State<App>,
    kept: Kept,
    headers: HeaderMap,
    Conditions(attributes): Conditions,
    ValidQuery(query): ValidQuery<ProductQuery>,
) -> Result<Response, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let cheapest_per = query.cheapest_per()?;
    let ProductQuery { category, vendor, price_min, price_max, .. } = query;
    let sort = query.sort.unwrap_or_default();
    let filter = Filter { category, vendor, attributes, cheapest_per, price_min, price_max, sort };
    let mut found = public::list(app.db.read(), &filter, &page).await?;
    let tongue = tongue(query.lang, &headers);
    translations::translate_rows(app.db.read(), &mut found.items, tongue).await?;
    varying(kept.or_answer(&found.map(|row| ProductRow::new(&app, row)), Freshness::Ask))
}

/// One published product. A slug that it had once leads to it as well; the answer carries the slug of today.
#[utoipa::path(get, path = "/v1/products/{id_or_slug}", tag = "catalog", params(("id_or_slug" = String, Path), LanguageQuery), responses(
    (status = 200, body = ProductPage), (status = 304, description = "Nothing changed"), (status = 404, description = "`not-found`")))]
pub async fn get_product(
    State(app): State<App>,
    kept: Kept,
    headers: HeaderMap,
    PathId(id_or_slug): PathId<String>,
    ValidQuery(query): ValidQuery<LanguageQuery>,
) -> Result<Response, Problem> {
    let found = public::details(app.db.read(), &id_or_slug, business_date(app.now())).await?;
    let mut details = found.ok_or_else(Problem::not_found)?;
    let asked = tongue(query.lang, &headers);
    let lang = translations::translate_page(app.db.read(), &mut details, asked).await?;
    varying(kept.or_answer(&ProductPage::new(&app, details, lang), Freshness::Ask))
}

/// What else might please: the newest of the same category, then of the same shop.
#[utoipa::path(get, path = "/v1/products/{id_or_slug}/related", tag = "catalog", params(("id_or_slug" = String, Path), RelatedQuery), responses(
    (status = 200, body = RelatedProducts), (status = 304, description = "Nothing changed"), (status = 404, description = "`not-found`")))]
pub async fn list_related_products(
    State(app): State<App>,
    kept: Kept,
    headers: HeaderMap,
    PathId(id_or_slug): PathId<String>,
    ValidQuery(query): ValidQuery<RelatedQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::new();
    let most = fields.take("?limit", number(query.limit.unwrap_or(8), 1, 24));
    let most = most.ok_or_else(|| fields.into_problem())?;
    let found = public::related(app.db.read(), &id_or_slug, most).await?;
    let mut rows = found.ok_or_else(Problem::not_found)?;
    translations::translate_rows(app.db.read(), &mut rows, tongue(query.lang, &headers)).await?;
    let items = rows.into_iter().map(|row| ProductRow::new(&app, row)).collect();
    varying(kept.or_answer(&RelatedProducts { items }, Freshness::Ask))
}

fn tongue(asked: Option<Tongue>, headers: &HeaderMap) -> Tongue {
    Tongue::choose(asked, headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// Caches must not show one language to readers of another.
fn varying(answer: Result<Response, Problem>) -> Result<Response, Problem> {
    let mut answer = answer?;
    answer.headers_mut().append(VARY, HeaderValue::from_static("accept-language"));
    Ok(answer)
}

impl ProductQuery {
    /// Prices per measure can only be compared in one measure.
    fn cheapest_per(&self) -> Result<Option<&'static str>, Problem> {
        if self.sort != Some(Sort::UnitPrice) {
            return Ok(None);
        }
        let per = self.per.as_deref().unwrap_or_default();
        let mut compared = UNITS.iter().map(|unit| unit.measure.compared_in());
        compared.find(|name| *name == per).map(Some).ok_or_else(|| Problem::field(no_measure().at("?per")))
    }
}

fn no_measure() -> Fault {
    Fault::new(
        "unknown-measure",
        "Isi per dengan kg, liter, meter, lembar, pcs, pasang atau porsi.",
        "Say per=kg, liter, meter, lembar, pcs, pasang or porsi.",
    )
}

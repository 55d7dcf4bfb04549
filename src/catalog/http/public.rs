//! Products for everybody.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers::{ProductPage, ProductRow};
use crate::app::App;
use crate::catalog::query::public::{self, Filter};
use crate::kernel::{Page, Problem};
use crate::web::cache::{Freshness, Kept};
use crate::web::query::page_of;
use crate::web::{PathId, Policy, ValidQuery};

pub const LIST_PRODUCTS: Policy = Policy::PUBLIC;
pub const GET_PRODUCT: Policy = Policy::PUBLIC;

#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Slug of a category; what is below it is found, too.
    category: Option<String>,
    /// Id or slug of a shop.
    vendor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Published products, the newest first.
#[utoipa::path(get, path = "/v1/products", tag = "catalog", params(ProductQuery), responses(
    (status = 200, body = Page<ProductRow>), (status = 304, description = "Nothing changed"), (status = 422, description = "`invalid`")))]
pub async fn list_products(
    State(app): State<App>,
    kept: Kept,
    ValidQuery(query): ValidQuery<ProductQuery>,
) -> Result<Response, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let filter = Filter { category: query.category, vendor: query.vendor };
    let found = public::list(app.db.read(), &filter, &page).await?;
    kept.or_answer(&found.map(|row| ProductRow::new(&app, row)), Freshness::Ask)
}

/// One published product.
#[utoipa::path(get, path = "/v1/products/{id_or_slug}", tag = "catalog", params(("id_or_slug" = String, Path)), responses(
    (status = 200, body = ProductPage), (status = 304, description = "Nothing changed"), (status = 404, description = "`not-found`")))]
pub async fn get_product(
    State(app): State<App>,
    kept: Kept,
    PathId(id_or_slug): PathId<String>,
) -> Result<Response, Problem> {
    let details = public::details(app.db.read(), &id_or_slug).await?.ok_or_else(Problem::not_found)?;
    kept.or_answer(&ProductPage::new(&app, details), Freshness::Ask)
}

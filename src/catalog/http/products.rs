//! Products, for the members of their shop.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers::{ProductStatus, VendorProduct, VendorProductRow};
use super::requests::{CreateProduct, UpdateProduct};
use super::revisions::read_edit;
use crate::app::App;
use crate::catalog::entity::product::Status;
use crate::catalog::query::member;
use crate::catalog::service::{self, Edit, Seen};
use crate::kernel::{Page, Problem, ProductId, VendorId};
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::query::page_of;
use crate::web::{Area, Caller, IfMatch, PathId, PathIds, Policy, ValidJson, ValidQuery, etag};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);
const LEADS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Catalog);

pub const CREATE_PRODUCT: Policy = MEMBERS;
pub const LIST_VENDOR_PRODUCTS: Policy = MEMBERS;
pub const GET_VENDOR_PRODUCT: Policy = MEMBERS;
pub const UPDATE_PRODUCT: Policy = MEMBERS.if_match();
pub const PUBLISH_PRODUCT: Policy = LEADS;
pub const ARCHIVE_PRODUCT: Policy = LEADS;

#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VendorProductQuery {
    pub status: Option<Status>,
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// Add a product; it is a draft until it is published.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products", tag = "catalog",
    params(("vendor_id" = VendorId, Path)), request_body = CreateProduct, responses(
    (status = 201, body = VendorProduct, headers(("etag" = String, description = "The version"))),
    (status = 409, description = "`sku-taken`"), (status = 422, description = "`invalid`")))]
pub async fn create_product(
    State(app): State<App>,
    caller: Caller,
    PathId(vendor_id): PathId<VendorId>,
    ValidJson(body): ValidJson<CreateProduct>,
) -> Result<impl IntoResponse, Problem> {
    let details = service::create(&app, vendor_id, caller.user_id, body.parse()?).await?;
    let product = VendorProduct::new(&app, details);
    Ok((StatusCode::CREATED, etag(product.version()), Json(product)))
}

/// The products of a shop, drafts too, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products", tag = "catalog",
    params(("vendor_id" = VendorId, Path), VendorProductQuery), responses(
    (status = 200, body = Page<VendorProductRow>), (status = 422, description = "`invalid`")))]
pub async fn list_vendor_products(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<VendorProductQuery>,
) -> Result<Json<Page<VendorProductRow>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let found = member::list(app.db.read(), vendor_id, query.status, &page).await?;
    Ok(Json(found.map(|row| VendorProductRow::new(&app, row))))
}

/// One product of a shop, with its stock.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products/{product_id}", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = VendorProduct, headers(("etag" = String, description = "The version")))))]
pub async fn get_vendor_product(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<impl IntoResponse, Problem> {
    let details = member::details(app.db.read(), vendor_id, product_id).await?;
    let product = VendorProduct::of(&app, details).await?;
    Ok((etag(product.version()), Json(product)))
}

/// Change a product and its variants, or add variants. Where edits are moderated, what the public reads of a published
/// product waits as its `revision` (see `waiting_revision`) until an officer approved; the rest is changed at once.
#[utoipa::path(patch, path = "/v1/vendors/{vendor_id}/products/{product_id}", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path), ("if-match" = String, Header)),
    request_body = UpdateProduct, responses(
    (status = 200, body = VendorProduct, headers(("etag" = String, description = "The version"))),
    (status = 409, description = "`sku-taken`"), (status = 422, description = "`invalid`")))]
pub async fn update_product(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
    IfMatch(version): IfMatch,
    ValidJson(body): ValidJson<UpdateProduct>,
) -> Result<impl IntoResponse, Problem> {
    let seen = Seen { vendor_id, product_id, version, actor: caller.user_id };
    let request = serde_json::to_value(&body).map_err(Problem::internal)?;
    let edit = Edit { patch: body.parse()?, request, read: read_edit };
    let product = VendorProduct::of(&app, service::edit(&app, seen, edit).await?).await?;
    Ok((etag(product.version()), Json(product)))
}

/// Show a product to everybody, or hand it to an officer where products are moderated.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/publish", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductStatus), (status = 409, description = "`vendor-not-active`, `product-state`")))]
pub async fn publish_product(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<ProductStatus>, Problem> {
    let product = service::publish(&app, vendor_id, product_id).await?;
    Ok(Json(ProductStatus::of(&app, product).await?))
}

/// Take a product away from the public; it can be published again.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/archive", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductStatus), (status = 409, description = "`product-state`")))]
pub async fn archive_product(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<ProductStatus>, Problem> {
    let product = service::archive(&app, vendor_id, product_id).await?;
    Ok(Json(product.into()))
}

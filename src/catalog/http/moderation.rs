//! Products, for the officers who review them.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::{ProductStatus, VendorProduct, VendorProductRow};
use super::products::VendorProductQuery;
use crate::app::App;
use crate::catalog::query::member;
use crate::catalog::service::{self, Decision};
use crate::kernel::fields::text;
use crate::kernel::{Fields, Page, Problem, ProductId};
use crate::platform::audit::Who;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery, etag};

pub const LIST_REVIEW_PRODUCTS: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
pub const GET_REVIEW_PRODUCT: Policy =
    Policy::any_of(&[Role::Officer, Role::Auditor]).on("product", "product_id").area(Area::Office);
pub const APPROVE_PRODUCT: Policy =
    Policy::any_of(&[Role::Officer]).on("product", "product_id").area(Area::Office);
pub const REJECT_PRODUCT: Policy =
    Policy::any_of(&[Role::Officer]).on("product", "product_id").area(Area::Office);
pub const TAKE_DOWN_PRODUCT: Policy =
    Policy::any_of(&[Role::Officer]).on("product", "product_id").area(Area::Office);

/// A good decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveProduct {
    /// For the shop.
    note: Option<String>,
    /// The version that was looked at; another one is refused with 412.
    version: i32,
}

/// A bad decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectProduct {
    /// What the shop has to change.
    note: String,
    /// The version that was looked at; another one is refused with 412.
    version: i32,
}

/// Why the public should not see a product any longer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeDownProduct {
    /// What is wrong; the shop reads it.
    note: String,
}

/// Products of all shops, e.g. those in review; the newest first.
#[utoipa::path(get, path = "/v1/admin/products", tag = "catalog", params(VendorProductQuery), responses(
    (status = 200, body = Page<VendorProductRow>), (status = 422, description = "`invalid`")))]
pub async fn list_review_products(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<VendorProductQuery>,
) -> Result<Json<Page<VendorProductRow>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let found = member::list_of_all(app.db.read(), query.status, &page).await?;
    Ok(Json(found.map(|row| VendorProductRow::new(&app, row))))
}

/// One product of any shop, as its shop sees it.
#[utoipa::path(get, path = "/v1/admin/products/{product_id}", tag = "catalog", params(("product_id" = ProductId, Path)),
    responses((status = 200, body = VendorProduct)))]
pub async fn get_review_product(
    State(app): State<App>,
    PathId(product_id): PathId<ProductId>,
) -> Result<impl IntoResponse, Problem> {
    let details = member::details_of_any(app.db.read(), product_id).await?;
    let product = VendorProduct::new(&app, details);
    Ok((etag(product.version()), Json(product)))
}

/// Publish a product that waits for review.
#[utoipa::path(post, path = "/v1/admin/products/{product_id}/approve", tag = "catalog", params(("product_id" = ProductId, Path)),
    request_body = ApproveProduct, responses((status = 200, body = ProductStatus),
    (status = 409, description = "`product-state`"), (status = 412, description = "`stale`")))]
pub async fn approve_product(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(product_id): PathId<ProductId>,
    ValidJson(body): ValidJson<ApproveProduct>,
) -> Result<Json<ProductStatus>, Problem> {
    let decision = Decision { approve: true, note: note(body.note.as_deref(), 0)?, version: body.version };
    let product = service::decide(&app, (caller.user_id, &who), product_id, decision).await?;
    Ok(Json(ProductStatus::of(&app, product).await?))
}

/// Send a product that waits for review back to its shop.
#[utoipa::path(post, path = "/v1/admin/products/{product_id}/reject", tag = "catalog", params(("product_id" = ProductId, Path)),
    request_body = RejectProduct, responses((status = 200, body = ProductStatus),
    (status = 409, description = "`product-state`"), (status = 412, description = "`stale`")))]
pub async fn reject_product(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(product_id): PathId<ProductId>,
    ValidJson(body): ValidJson<RejectProduct>,
) -> Result<Json<ProductStatus>, Problem> {
    let decision = Decision { approve: false, note: note(Some(&body.note), 1)?, version: body.version };
    let product = service::decide(&app, (caller.user_id, &who), product_id, decision).await?;
    Ok(Json(product.into()))
}

/// Take a product away from the public. It is looked at before the public sees it again, whatever the rule is.
#[utoipa::path(post, path = "/v1/admin/products/{product_id}/unpublish", tag = "catalog", params(("product_id" = ProductId, Path)),
    request_body = TakeDownProduct, responses((status = 200, body = ProductStatus), (status = 409, description = "`product-state`"),
    (status = 422, description = "`invalid`")))]
pub async fn take_down_product(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(product_id): PathId<ProductId>,
    ValidJson(body): ValidJson<TakeDownProduct>,
) -> Result<Json<ProductStatus>, Problem> {
    let note = note(Some(&body.note), 1)?.unwrap_or_default();
    let product = service::take_down(&app, (caller.user_id, &who), product_id, note).await?;
    Ok(Json(product.into()))
}

fn note(note: Option<&str>, least: usize) -> Result<Option<String>, Problem> {
    let mut fields = Fields::new();
    let note = fields.take_opt("/note", note.map(|note| text(note, least, 1000, true)));
    let note = note.ok_or_else(|| fields.into_problem())?;
    Ok(note.filter(|note| !note.is_empty()))
}

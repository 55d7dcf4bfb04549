//! The life of a product page: scheduling it, and taking it back.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::ProductStatus;
use crate::app::App;
use crate::catalog::service;
use crate::kernel::{Problem, ProductId, VendorId};
use crate::web::authz::VENDOR_LEADS;
use crate::web::{Area, PathIds, Policy, ValidJson};

const LEADS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Catalog);

pub const SCHEDULE_PRODUCT: Policy = LEADS;
pub const UNPUBLISH_PRODUCT: Policy = LEADS;
pub const UNARCHIVE_PRODUCT: Policy = LEADS;

/// When a product goes before the public.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleProduct {
    /// In the future, within a year; RFC 3339.
    #[schema(example = "2026-12-01T01:00:00Z")]
    publish_at: DateTime<Utc>,
}

/// Let a product be published at a time to come; where products are moderated, an officer looks at it until then.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/schedule", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), request_body = ScheduleProduct,
    responses((status = 200, body = ProductStatus), (status = 409, description = "`vendor-not-active`, `product-state`"),
    (status = 422, description = "`invalid`, `banned-words`")))]
pub async fn schedule_product(
    State(app): State<App>,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
    ValidJson(body): ValidJson<ScheduleProduct>,
) -> Result<Json<ProductStatus>, Problem> {
    service::check_publish_at(body.publish_at, app.now())?;
    Ok(Json(service::schedule(&app, ids, body.publish_at).await?.into()))
}

/// Make a product a draft again, whether it is published, scheduled or in review.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/unpublish", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductStatus), (status = 409, description = "`product-state`")))]
pub async fn unpublish_product(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<ProductStatus>, Problem> {
    Ok(Json(service::unpublish(&app, vendor_id, product_id).await?.into()))
}

/// Take a product out of the archive; it is a draft then.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/unarchive", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), responses(
    (status = 200, body = ProductStatus), (status = 409, description = "`product-state`")))]
pub async fn unarchive_product(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<ProductStatus>, Problem> {
    Ok(Json(service::unarchive(&app, vendor_id, product_id).await?.into()))
}

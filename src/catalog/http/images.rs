//! Pictures of products.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::answers::ProductImage;
use crate::app::App;
use crate::catalog::error::CatalogError;
use crate::catalog::service;
use crate::kernel::{ImageId, Problem, ProductId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::body::FileForm;
use crate::web::{Area, Caller, FilePart, PathIds, Policy, etag};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);

pub const ADD_PRODUCT_IMAGE: Policy = MEMBERS;
pub const DELETE_PRODUCT_IMAGE: Policy = MEMBERS;

/// Add a picture (JPEG, PNG or WebP). It is stored anew, upright and without metadata. Where edits are moderated, a picture
/// of a published product waits as part of its `revision`.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/products/{product_id}/images", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)), responses(
    (status = 201, body = ProductImage, headers(("etag" = String, description = "The version of the product"))), (status = 409, description = "`too-many-images`"),
    (status = 413, description = "`too-large`"), (status = 415, description = "`unsupported-media-type`"),
    (status = 422, description = "`image-not-plain`, `image-too-large`, `image-unreadable`")))]
pub async fn add_product_image(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
    upload: FilePart,
) -> Result<impl IntoResponse, Problem> {
    service::may_add_image(&app, vendor_id, product_id).await?;
    let picture = app.images.process(upload.bytes).await.map_err(CatalogError::from)?;
    let ids = (vendor_id, product_id);
    let (image, version) = service::add_image(&app, ids, Some(caller.user_id), picture).await?;
    let image = ProductImage::new(&app.config.server.base_url, &image);
    Ok((StatusCode::CREATED, etag(version), Json(image)))
}

/// Remove a picture; where edits are moderated, that waits for a published product.
#[utoipa::path(delete, path = "/v1/vendors/{vendor_id}/products/{product_id}/images/{image_id}", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path), ("image_id" = ImageId, Path)),
    responses((status = 204, description = "Removed", headers(("etag" = String, description = "The version of the product")))))]
pub async fn delete_product_image(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, product_id, image_id)): PathIds<(VendorId, ProductId, ImageId)>,
) -> Result<impl IntoResponse, Problem> {
    let version = service::delete_image(&app, (vendor_id, product_id), caller.user_id, image_id).await?;
    Ok((StatusCode::NO_CONTENT, etag(version)))
}

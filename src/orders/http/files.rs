//! Pictures and PDFs about an order: private to both sides, and to the office once they are shown in a quarrel.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::talk::MEMBERS;
use crate::app::App;
use crate::kernel::{OrderFileId, OrderId, Problem, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::file::{self, Use};
use crate::orders::query::{self, claims};
use crate::orders::service::files;
use crate::platform::files::FileKey;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::body::FileForm;
use crate::web::{Area, Caller, FilePart, PathId, PathIds, Policy, Role};

pub(super) const SEND_ORDER_FILE: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub(super) const SEND_VENDOR_ORDER_FILE: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);
pub(super) const GET_ORDER_FILE: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub(super) const GET_VENDOR_ORDER_FILE: Policy = MEMBERS;
pub(super) const GET_ORDER_FILE_AS_OFFICE: Policy =
    Policy::any_of(&[Role::Officer, Role::Operator, Role::Auditor]).area(Area::Office);

/// A file of an order.
#[derive(Serialize, ToSchema)]
pub struct FileRef {
    id: OrderFileId,
    /// Who sent it.
    by: Actor,
    /// What it shows; `null` until it is used.
    #[serde(rename = "use")]
    use_of: Option<Use>,
    /// The shipment, return or dispute that it belongs to.
    object_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl FileRef {
    /// As both sides see it.
    pub fn of(file: &file::Model) -> Self {
        Self {
            id: file.id,
            by: file.side,
            use_of: file.use_of,
            object_id: file.object_id,
            created_at: file.created_at,
        }
    }
}

/// Send a picture or a PDF about an order, in the part `file`; name it afterwards in a return or a dispute.
#[utoipa::path(post, path = "/v1/orders/{order_id}/files", tag = "orders", params(("order_id" = OrderId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)),
    responses((status = 201, body = FileRef), (status = 404), (status = 409, description = "too-many-files"),
        (status = 413), (status = 422, description = "file-type")))]
pub(super) async fn send_order_file(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    file: FilePart,
) -> Result<(StatusCode, Json<FileRef>), Problem> {
    query::of_buyer(app.db.read(), caller.user_id, id).await?.ok_or(OrderError::NotFound)?;
    let file = files::keep(&app, (id, Actor::Buyer), caller.user_id, file.bytes).await?;
    Ok((StatusCode::CREATED, Json(FileRef::of(&file))))
}

/// Send a picture or a PDF about an order, in the part `file`; name it afterwards in a delivery or a dispute.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/files", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)),
    responses((status = 201, body = FileRef), (status = 404), (status = 409, description = "too-many-files"),
        (status = 413), (status = 422, description = "file-type")))]
pub(super) async fn send_vendor_order_file(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    file: FilePart,
) -> Result<(StatusCode, Json<FileRef>), Problem> {
    query::of_vendor(app.db.read(), vendor_id, id).await?.ok_or(OrderError::NotFound)?;
    let file = files::keep(&app, (id, Actor::Vendor), caller.user_id, file.bytes).await?;
    Ok((StatusCode::CREATED, Json(FileRef::of(&file))))
}

/// Read a file of one of the caller's orders.
#[utoipa::path(get, path = "/v1/orders/{order_id}/files/{file_id}", tag = "orders",
    params(("order_id" = OrderId, Path), ("file_id" = OrderFileId, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>), (status = 404)))]
pub(super) async fn get_order_file(
    State(app): State<App>,
    caller: Caller,
    PathIds((order_id, id)): PathIds<(OrderId, OrderFileId)>,
) -> Result<Download, Problem> {
    query::of_buyer(app.db.read(), caller.user_id, order_id).await?.ok_or(OrderError::NotFound)?;
    let file =
        claims::file_of(app.db.read(), (order_id, id)).await?.filter(|file| shown_to(file, Actor::Buyer));
    Ok(download(files::content(&app, &file.ok_or(OrderError::NotFound)?).await?))
}

/// Read a file of one of the shop's orders.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders/{order_id}/files/{file_id}", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("file_id" = OrderFileId, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>), (status = 404)))]
pub(super) async fn get_vendor_order_file(
    State(app): State<App>,
    PathIds((vendor_id, order_id, id)): PathIds<(VendorId, OrderId, OrderFileId)>,
) -> Result<Download, Problem> {
    query::of_vendor(app.db.read(), vendor_id, order_id).await?.ok_or(OrderError::NotFound)?;
    let file = claims::file_of(app.db.read(), (order_id, id)).await?;
    let file = file.filter(|file| shown_to(file, Actor::Vendor)).ok_or(OrderError::NotFound)?;
    Ok(download(files::content(&app, &file).await?))
}

/// Read a file of an order that went to the office.
#[utoipa::path(get, path = "/v1/admin/orders/{order_id}/files/{file_id}", tag = "orders",
    params(("order_id" = OrderId, Path), ("file_id" = OrderFileId, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>), (status = 404)))]
pub(super) async fn get_order_file_as_office(
    State(app): State<App>,
    PathIds((order_id, id)): PathIds<(OrderId, OrderFileId)>,
) -> Result<Download, Problem> {
    // Without a quarrel the office has no business with what people sent each other.
    if claims::disputes_of(app.db.read(), order_id).await?.is_empty() {
        return Err(Problem::not_found());
    }
    let file = claims::file_of(app.db.read(), (order_id, id)).await?.filter(|file| file.use_of.is_some());
    Ok(download(files::content(&app, &file.ok_or(OrderError::NotFound)?).await?))
}

/// Until it is used, a file is its sender's alone.
fn shown_to(file: &file::Model, side: Actor) -> bool {
    file.use_of.is_some() || file.side == side
}

/// Headers and content of a file.
pub type Download = ([(HeaderName, &'static str); 4], Bytes);

/// Shown by nothing that would run it.
fn download((key, content): (FileKey, Bytes)) -> Download {
    let headers = [
        (CONTENT_TYPE, key.content_type()),
        (CACHE_CONTROL, "private, no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    (headers, content)
}

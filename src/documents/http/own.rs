//! Papers of the caller's orders.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{DocumentOut, DocumentQuery, IssueDocument, download, issued};
use crate::app::App;
use crate::documents::entity::document::Kind;
use crate::documents::query::{self, Owner};
use crate::documents::service::issue::{self, For};
use crate::kernel::{DocumentId, OrderId, Page, Problem};
use crate::platform::audit::Who;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, ValidJson, ValidQuery};

pub const LIST: Policy = Policy::BUYER.area(Area::Orders);
pub const ISSUE: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub const FILE: Policy = Policy::BUYER.on("document", "document_id").area(Area::Orders);

/// What a buyer may ask for.
const KINDS: &[Kind] = &[Kind::Invoice, Kind::Receipt, Kind::CreditNote];

/// List the papers of the caller's orders, the newest first.
#[utoipa::path(get, path = "/v1/me/documents", tag = "documents", params(DocumentQuery),
    responses((status = 200, body = Page<DocumentOut>)))]
pub(super) async fn list_order_documents(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(wanted): ValidQuery<DocumentQuery>,
) -> Result<Json<Page<DocumentOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let owner = Owner::Buyer(caller.user_id);
    let page = query::list(app.db.read(), owner, wanted.filter(), &page).await?;
    Ok(Json(page.map(DocumentOut::of)))
}

/// Have a paper of one's order issued: an invoice, a receipt or a credit note. What was issued before is found again.
#[utoipa::path(post, path = "/v1/orders/{order_id}/documents", tag = "documents", request_body = IssueDocument,
    params(("order_id" = OrderId, Path)),
    responses((status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Issued before"),
        (status = 404), (status = 409, description = "`document-too-early`"), (status = 422)))]
pub(super) async fn issue_order_document(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(order_id): PathId<OrderId>,
    ValidJson(body): ValidJson<IssueDocument>,
) -> Result<(StatusCode, Json<DocumentOut>), Problem> {
    let wanted = body.wanted(order_id, KINDS)?;
    Ok(issued(issue::issue(&app, &who, (For::Buyer(caller.user_id), wanted)).await?))
}

/// Download a paper of one's order.
#[utoipa::path(get, path = "/v1/me/documents/{document_id}/file", tag = "documents",
    params(("document_id" = DocumentId, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404),
        (status = 409, description = "`document-not-ready`"), (status = 410, description = "`document-erased`")))]
pub(super) async fn get_order_document_file(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<DocumentId>,
) -> Result<Response, Problem> {
    download(&app, query::one(app.db.read(), Owner::Buyer(caller.user_id), id).await?).await
}

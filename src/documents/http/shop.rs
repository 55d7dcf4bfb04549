//! Papers of a shop.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{DocumentOut, DocumentQuery, IssueDocument, download, issued};
use crate::app::App;
use crate::documents::entity::document::Kind;
use crate::documents::model::Month;
use crate::documents::query::{self, Owner};
use crate::documents::service::issue::{self, For};
use crate::documents::service::statement;
use crate::kernel::{DocumentId, OrderId, Page, Problem, VendorId};
use crate::platform::audit::Who;
use crate::web::authz::{Scope, VENDOR_MEMBERS};
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathIds, Policy, Role, ValidJson, ValidQuery};

pub const LIST: Policy = READ;
pub const ISSUE: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);
pub const FILE: Policy = READ;
pub const STATEMENT: Policy = Policy::any_of(&[Role::VendorOwner, Role::VendorManager, Role::Finance])
    .on("vendor", "vendor_id")
    .area(Area::Payments);

const READ: Policy = Policy::any_of(&[
    Role::VendorOwner,
    Role::VendorManager,
    Role::VendorStaff,
    Role::Finance,
    Role::Operator,
    Role::Auditor,
])
.on("vendor", "vendor_id")
.area(Area::Orders);

/// What a shop issues.
const KINDS: &[Kind] = &[Kind::Invoice, Kind::Receipt, Kind::PackingSlip, Kind::CreditNote];

/// Staff see what goes to buyers, not what the shop earns.
fn owner(caller: &Caller, vendor_id: VendorId) -> Owner {
    let mut roles = caller.roles_in(Scope::Vendor, vendor_id.0).peekable();
    if roles.peek().is_some() && roles.all(|role| role == Role::VendorStaff) {
        Owner::Counter(vendor_id)
    } else {
        Owner::Vendor(vendor_id)
    }
}

/// List the papers of a shop, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/documents", tag = "documents",
    params(("vendor_id" = VendorId, Path), DocumentQuery), responses((status = 200, body = Page<DocumentOut>)))]
pub(super) async fn list_vendor_documents(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id,)): PathIds<(VendorId,)>,
    ValidQuery(wanted): ValidQuery<DocumentQuery>,
) -> Result<Json<Page<DocumentOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let page = query::list(app.db.read(), owner(&caller, vendor_id), wanted.filter(), &page).await?;
    Ok(Json(page.map(DocumentOut::of)))
}

/// Issue a paper of an order of the shop; the buyer is told. What was issued before is found again.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/documents", tag = "documents",
    request_body = IssueDocument, params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Issued before"),
        (status = 404), (status = 409, description = "`document-too-early`"), (status = 422)))]
pub(super) async fn issue_vendor_document(
    State(app): State<App>,
    who: Who,
    PathIds((vendor_id, order_id)): PathIds<(VendorId, OrderId)>,
    ValidJson(body): ValidJson<IssueDocument>,
) -> Result<(StatusCode, Json<DocumentOut>), Problem> {
    let wanted = body.wanted(order_id, KINDS)?;
    Ok(issued(issue::issue(&app, &who, (For::Vendor(vendor_id), wanted)).await?))
}

/// Download a paper of the shop.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/documents/{document_id}/file", tag = "documents",
    params(("vendor_id" = VendorId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404),
        (status = 409, description = "`document-not-ready`"), (status = 410, description = "`document-erased`")))]
pub(super) async fn get_vendor_document_file(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, DocumentId)>,
) -> Result<Response, Problem> {
    download(&app, query::one(app.db.read(), owner(&caller, vendor_id), id).await?).await
}

/// Which month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueStatement {
    /// `2026-11`; it must be over.
    month: String,
}

/// Issue the statement of a shop for a month: every movement of the ledger on what it is owed and what it owes.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/statement-documents", tag = "documents",
    request_body = IssueStatement, params(("vendor_id" = VendorId, Path)),
    responses((status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Issued before"),
        (status = 409, description = "`month-not-over`"), (status = 422)))]
pub(super) async fn issue_vendor_statement(
    State(app): State<App>,
    who: Who,
    PathIds((vendor_id,)): PathIds<(VendorId,)>,
    ValidJson(body): ValidJson<IssueStatement>,
) -> Result<(StatusCode, Json<DocumentOut>), Problem> {
    let month = Month::parse(&body.month).map_err(|fault| Problem::field(fault.at("/month")))?;
    Ok(issued(statement::issue(&app, &who, (vendor_id, month)).await?))
}

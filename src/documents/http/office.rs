//! All papers, for the people who answer for the money.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::{DocumentOut, DocumentQuery, download};
use crate::app::App;
use crate::documents::query::{self, Owner};
use crate::kernel::{DocumentId, Page, Problem};
use crate::web::query::page_of;
use crate::web::{Area, PathId, Policy, Role, ValidQuery};

const READ: Policy = Policy::any_of(&[Role::Finance, Role::Operator, Role::Auditor]).area(Area::Payments);
pub const LIST: Policy = READ;
pub const FILE: Policy = READ.on("document", "document_id");

/// List papers, the newest first.
#[utoipa::path(get, path = "/v1/admin/documents", tag = "documents", params(DocumentQuery),
    responses((status = 200, body = Page<DocumentOut>)))]
pub(super) async fn list_documents(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<DocumentQuery>,
) -> Result<Json<Page<DocumentOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let page = query::list(app.db.read(), Owner::Office, wanted.filter(), &page).await?;
    Ok(Json(page.map(DocumentOut::of)))
}

/// Download a paper.
#[utoipa::path(get, path = "/v1/admin/documents/{document_id}/file", tag = "documents",
    params(("document_id" = DocumentId, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404),
        (status = 409, description = "`document-not-ready`"), (status = 410, description = "`document-erased`")))]
pub(super) async fn get_document_file(
    State(app): State<App>,
    PathId(id): PathId<DocumentId>,
) -> Result<Response, Problem> {
    download(&app, query::one(app.db.read(), Owner::Office, id).await?).await
}

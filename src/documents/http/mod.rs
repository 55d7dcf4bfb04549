//! Papers over HTTP: for buyers, shops and the office; and for whoever holds one.

mod office;
mod own;
mod shop;
mod verify;

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::entity::document::Kind;
use super::error::DocumentError;
use super::query::{Filed, Filter};
use super::service::issue::{Issued, Wanted};
use crate::app::App;
use crate::kernel::fields::Fault;
use crate::kernel::{DocumentId, OrderId, Problem, RefundId, Rupiah, VendorId};
use crate::platform::files::FileKey;
use crate::web::Api;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(own::LIST, routes!(own::list_order_documents))
        .route(own::ISSUE, routes!(own::issue_order_document))
        .route(own::FILE, routes!(own::get_order_document_file))
        .route(shop::LIST, routes!(shop::list_vendor_documents))
        .route(shop::ISSUE, routes!(shop::issue_vendor_document))
        .route(shop::STATEMENT, routes!(shop::issue_vendor_statement))
        .route(shop::FILE, routes!(shop::get_vendor_document_file))
        .route(office::LIST, routes!(office::list_documents))
        .route(office::FILE, routes!(office::get_document_file))
        .route(verify::CODE, routes!(verify::verify_document))
        .route(verify::PAGE, routes!(verify::show_document))
        .route(verify::FILE, routes!(verify::verify_document_file))
}

/// A paper.
#[derive(Serialize, ToSchema)]
pub struct DocumentOut {
    id: DocumentId,
    kind: Kind,
    number: String,
    /// What it is about, e.g. `order` and its id.
    subject_kind: String,
    subject_id: Uuid,
    vendor_id: Option<VendorId>,
    total: Rupiah,
    issued_at: DateTime<Utc>,
    /// What the QR code on it names, see `GET /v1/documents/verify/{code}`.
    code: String,
    /// Hash of the file; `null` while it is being made.
    sha256: Option<String>,
    /// Size of the file.
    bytes: Option<i64>,
}

impl DocumentOut {
    fn of((row, file): Filed) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            number: row.number,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            vendor_id: row.vendor_id,
            total: row.total,
            issued_at: row.issued_at,
            code: row.code,
            bytes: file.as_ref().map(|file| file.bytes),
            sha256: file.map(|file| file.sha256),
        }
    }
}

/// Narrows a list of papers.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DocumentQuery {
    kind: Option<Kind>,
    /// About this order, its refunds included.
    order_id: Option<OrderId>,
    limit: Option<u64>,
    cursor: Option<String>,
}

impl DocumentQuery {
    fn filter(&self) -> Filter {
        Filter { kind: self.kind, order_id: self.order_id }
    }
}

/// Which paper to issue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueDocument {
    kind: Kind,
    /// The refund that a credit note is about.
    #[serde(default)]
    refund_id: Option<RefundId>,
}

impl IssueDocument {
    fn wanted(&self, order_id: OrderId, allowed: &[Kind]) -> Result<Wanted, Problem> {
        match (self.kind, self.refund_id) {
            (kind, _) if !allowed.contains(&kind) => Err(Problem::field(
                Fault::new(
                    "kind",
                    "Dokumen ini tidak diterbitkan di sini.",
                    "This paper is not issued here.",
                )
                .at("/kind"),
            )),
            (Kind::CreditNote, Some(refund_id)) => Ok(Wanted::CreditNote(order_id, refund_id)),
            (Kind::CreditNote, None) => Err(Problem::field(
                Fault::new("required", "Sebutkan pengembaliannya.", "Name the refund.").at("/refund_id"),
            )),
            (kind, _) => Ok(Wanted::OfOrder(kind, order_id)),
        }
    }
}

/// 201 for a new paper, 200 for one that was there.
fn issued((paper, new): Issued) -> (StatusCode, Json<DocumentOut>) {
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    (status, Json(DocumentOut::of(paper)))
}

/// The file of a paper, as a download.
async fn download(app: &App, found: Option<Filed>) -> Result<Response, Problem> {
    let (row, file) = found.ok_or(DocumentError::NotFound)?;
    let file = file.ok_or(DocumentError::NotReady)?;
    let key = FileKey::parse(&file.file_key).ok_or_else(|| Problem::internal("no key of a file"))?;
    let content = app.files.get(&key).await.map_err(DocumentError::from)?.ok_or(DocumentError::Erased)?;
    let name = row.number.replace('/', "-");
    let attachment = format!("attachment; filename=\"{name}.pdf\"");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&attachment).map_err(Problem::internal)?),
    ];
    Ok((headers, content).into_response())
}

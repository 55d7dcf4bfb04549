//! Papers for those who run a shop, and reading them for the office.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::{CategoryId, Fields, Page, PaperId, Problem, VendorId};
use crate::platform::audit::Who;
use crate::platform::files::FileKey;
use crate::vendors::entity::paper::{self, PaperKind, PaperStatus};
use crate::vendors::model::PaperIn;
use crate::vendors::query::{self, PaperFilter};
use crate::vendors::service::wallet;
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::body::{FileForm, created};
use crate::web::query::page_of;
use crate::web::{Area, Caller, FilePart, PathId, PathIds, Policy, Role, ValidJson, ValidQuery, etag};

pub const READ: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Shop);
pub const WRITE: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
pub const OFFICE: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
pub const OFFICE_ONE: Policy = OFFICE.on("paper", "paper_id");

/// A file that only its reader sees.
type Download = ([(HeaderName, HeaderValue); 1], [(HeaderName, &'static str); 4], Bytes);

/// A paper, or an officer's word that none is needed.
#[derive(Serialize, ToSchema)]
pub struct PaperOut {
    id: PaperId,
    vendor_id: VendorId,
    kind: PaperKind,
    number: String,
    has_file: bool,
    /// No paper, but the office's word that the shop needs none.
    is_exemption: bool,
    /// The category that an exemption is for; for all if there is none.
    category_id: Option<CategoryId>,
    issued_on: Option<NaiveDate>,
    /// Its last day.
    expires_on: Option<NaiveDate>,
    status: PaperStatus,
    /// Why it was not taken, or why none is needed.
    reason: Option<String>,
    reviewed_at: Option<DateTime<Utc>>,
    /// The number in the `ETag`; it grows with each file and decision.
    version: i32,
    created_at: DateTime<Utc>,
}

impl From<paper::Model> for PaperOut {
    fn from(row: paper::Model) -> Self {
        let day = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Self {
            id: row.id,
            vendor_id: row.vendor_id,
            kind: row.kind,
            number: row.number,
            has_file: row.file_key.is_some(),
            is_exemption: row.is_exemption,
            category_id: row.category_id,
            issued_on: day(row.issued_on),
            expires_on: day(row.expires_on),
            status: row.status,
            reason: row.reason,
            reviewed_at: row.reviewed_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WalletQuery {
    status: Option<PaperStatus>,
    kind: Option<PaperKind>,
    limit: Option<u64>,
    cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeskQuery {
    status: Option<PaperStatus>,
    kind: Option<PaperKind>,
    /// Of one shop.
    vendor: Option<VendorId>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Add a paper; its file follows. The office looks at it while the shop stays open.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/papers", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = PaperIn,
    responses((status = 201, body = PaperOut), (status = 409, description = "`vendor-locked`, `too-many-papers`")))]
pub async fn add_paper(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(vendor_id): PathId<VendorId>,
    ValidJson(body): ValidJson<PaperIn>,
) -> Result<(StatusCode, Json<PaperOut>), Problem> {
    let mut fields = Fields::new();
    let paper = body.parse(business_date(app.now()), &mut fields).ok_or_else(|| fields.into_problem())?;
    let paper = wallet::add(&app, (caller.user_id, &who), vendor_id, paper).await?;
    Ok(created(paper.into()))
}

/// List the papers of the shop, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/papers", tag = "vendors",
    params(("vendor_id" = VendorId, Path), WalletQuery), responses((status = 200, body = Page<PaperOut>)))]
pub async fn list_papers(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(params): ValidQuery<WalletQuery>,
) -> Result<Json<Page<PaperOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let filter = PaperFilter { vendor_id: Some(vendor_id), status: params.status, kind: params.kind };
    Ok(Json(query::papers(app.db.read(), &filter, &page).await?.map(PaperOut::from)))
}

/// Send the file of a paper: PDF, PNG or JPEG. A rejected paper waits for the office again.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/papers/{paper_id}/file", tag = "vendors",
    params(("vendor_id" = VendorId, Path), ("paper_id" = PaperId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(FileForm)), responses(
    (status = 200, body = PaperOut), (status = 409, description = "`paper-state`, `vendor-locked`"),
    (status = 413, description = "`too-large`"), (status = 415, description = "`paper-file`")))]
pub async fn attach_paper_file(
    State(app): State<App>,
    who: Who,
    PathIds((vendor_id, id)): PathIds<(VendorId, PaperId)>,
    upload: FilePart,
) -> Result<Json<PaperOut>, Problem> {
    let paper = wallet::attach(&app, &who, (vendor_id, id), upload.bytes).await?;
    Ok(Json(paper.into()))
}

/// Read the file of a paper.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/papers/{paper_id}/file", tag = "vendors",
    params(("vendor_id" = VendorId, Path), ("paper_id" = PaperId, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn get_paper_file(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, PaperId)>,
) -> Result<Download, Problem> {
    let paper = query::paper_of(app.db.read(), vendor_id, id).await?.ok_or_else(Problem::not_found)?;
    Ok(download(paper.version, wallet::file(&app, &paper).await?))
}

/// List the papers of all shops, e.g. those that wait; the newest first.
#[utoipa::path(get, path = "/v1/admin/papers", tag = "vendors", params(DeskQuery),
    responses((status = 200, body = Page<PaperOut>)))]
pub async fn list_papers_as_office(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<DeskQuery>,
) -> Result<Json<Page<PaperOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let filter = PaperFilter { vendor_id: params.vendor, status: params.status, kind: params.kind };
    Ok(Json(query::papers(app.db.read(), &filter, &page).await?.map(PaperOut::from)))
}

/// Read the file of a paper of any shop.
#[utoipa::path(get, path = "/v1/admin/papers/{paper_id}/file", tag = "vendors", params(("paper_id" = PaperId, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn get_paper_file_as_office(
    State(app): State<App>,
    PathId(id): PathId<PaperId>,
) -> Result<Download, Problem> {
    let paper = query::paper(app.db.read(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(download(paper.version, wallet::file(&app, &paper).await?))
}

/// Shown by nothing that would run it; with the version of the paper that has this file.
fn download(version: i32, (key, content): (FileKey, Bytes)) -> Download {
    let headers = [
        (CONTENT_TYPE, key.content_type()),
        (CACHE_CONTROL, "private, no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    (etag(version), headers, content)
}

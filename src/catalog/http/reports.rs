//! What people say is wrong with products and shops.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::entity::report::{self, Kind, Outcome, Reason, Status};
use crate::catalog::query::listing;
use crate::catalog::service::{self, Finding, Reported};
use crate::kernel::fields::{Fault, text};
use crate::kernel::{ContentReportId, Fields, Page, Problem, ProductId, UserId, VendorId};
use crate::platform::audit::Who;
use crate::web::body::created;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

pub const REPORT_PRODUCT: Policy = Policy::BUYER;
pub const REPORT_VENDOR: Policy = Policy::BUYER;
pub const LIST_REPORTS: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
pub const CLOSE_REPORT: Policy =
    Policy::any_of(&[Role::Officer]).on("content_report", "report_id").area(Area::Office);

/// What is wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportContent {
    reason: Reason,
    /// At most 1,000 characters.
    text: Option<String>,
}

/// A report that was received.
#[derive(Serialize, ToSchema)]
pub struct ReportReceived {
    id: ContentReportId,
    status: Status,
}

/// A report, for the office.
#[derive(Serialize, ToSchema)]
pub struct ContentReport {
    id: ContentReportId,
    kind: Kind,
    /// The product or shop.
    object_id: Uuid,
    reporter_id: UserId,
    reason: Reason,
    text: Option<String>,
    status: Status,
    outcome: Option<Outcome>,
    note: Option<String>,
    created_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

/// What the officer found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseReport {
    outcome: Outcome,
    /// For the office.
    note: Option<String>,
    /// Takes the product down as well (see `unpublish`); the reason that its shop reads. Only of a product, and where the
    /// report was right.
    take_down: Option<String>,
}

/// Which reports.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContentReportQuery {
    /// `open` when absent.
    status: Option<Status>,
    kind: Option<Kind>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Say that something is wrong with a product; once per product, unless there was nothing to it.
#[utoipa::path(post, path = "/v1/products/{product_id}/report", tag = "catalog", params(("product_id" = ProductId, Path)),
    request_body = ReportContent, responses((status = 201, body = ReportReceived), (status = 404, description = "`not-found`"),
    (status = 409, description = "`reported-before`"), (status = 429, description = "`too-many-reports`")))]
pub async fn report_product(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<ProductId>,
    ValidJson(body): ValidJson<ReportContent>,
) -> Result<(StatusCode, Json<ReportReceived>), Problem> {
    let said = body.parse()?;
    let row = service::report(&app, caller.user_id, Reported::Product(id), said).await?;
    Ok(created(ReportReceived { id: row.id, status: row.status }))
}

/// Say that something is wrong with a shop; once per shop, unless there was nothing to it.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/report", tag = "catalog", params(("vendor_id" = VendorId, Path)),
    request_body = ReportContent, responses((status = 201, body = ReportReceived), (status = 404, description = "`not-found`"),
    (status = 409, description = "`reported-before`"), (status = 429, description = "`too-many-reports`")))]
pub async fn report_vendor(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<ReportContent>,
) -> Result<(StatusCode, Json<ReportReceived>), Problem> {
    let said = body.parse()?;
    let row = service::report(&app, caller.user_id, Reported::Vendor(id), said).await?;
    Ok(created(ReportReceived { id: row.id, status: row.status }))
}

/// What people reported, the oldest first.
#[utoipa::path(get, path = "/v1/admin/content-reports", tag = "catalog", params(ContentReportQuery), responses(
    (status = 200, body = Page<ContentReport>), (status = 422, description = "`invalid`")))]
pub async fn list_content_reports(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<ContentReportQuery>,
) -> Result<Json<Page<ContentReport>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let which = (query.status.unwrap_or(Status::Open), query.kind);
    Ok(Json(listing::reports(app.db.read(), which, &page).await?.map(ContentReport::from)))
}

/// Close a report with what was found.
#[utoipa::path(post, path = "/v1/admin/content-reports/{report_id}/close", tag = "catalog",
    params(("report_id" = ContentReportId, Path)), request_body = CloseReport, responses((status = 200, body = ContentReport),
    (status = 409, description = "`report-closed`, `product-state`"), (status = 422, description = "`invalid`")))]
pub async fn close_content_report(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<ContentReportId>,
    ValidJson(body): ValidJson<CloseReport>,
) -> Result<Json<ContentReport>, Problem> {
    let mut fields = Fields::new();
    let note = fields.take_opt("/note", body.note.as_deref().map(|note| text(note, 0, 1000, true)));
    let reason = body.take_down.as_deref().map(|reason| text(reason, 1, 1000, true));
    let take_down = fields.take_opt("/take_down", reason);
    if body.take_down.is_some() && body.outcome != Outcome::Upheld {
        fields.push("/take_down", not_upheld());
    }
    fields.check()?;
    let (note, take_down) = (note.flatten(), take_down.flatten());
    let finding = Finding { outcome: body.outcome, note, take_down };
    Ok(Json(service::close_report(&app, (caller.user_id, &who), id, finding).await?.into()))
}

fn not_upheld() -> Fault {
    Fault::new(
        "not-upheld",
        "Produk hanya diturunkan bila laporannya benar.",
        "A product is only taken down where the report was right.",
    )
}

impl ReportContent {
    fn parse(&self) -> Result<(Reason, Option<String>), Problem> {
        let mut fields = Fields::new();
        let said = fields.take_opt("/text", self.text.as_deref().map(|said| text(said, 0, 1000, true)));
        let said = said.ok_or_else(|| fields.into_problem())?;
        Ok((self.reason, said.filter(|said| !said.is_empty())))
    }
}

impl From<report::Model> for ContentReport {
    fn from(row: report::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            object_id: row.object_id,
            reporter_id: row.reporter_id,
            reason: row.reason,
            text: row.text,
            status: row.status,
            outcome: row.outcome,
            note: row.note,
            created_at: row.created_at,
            closed_at: row.closed_at,
        }
    }
}

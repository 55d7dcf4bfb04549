//! Shops for the office: what waits, and the decisions.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::out::{Tagged, VendorDetail, VendorOut, detail, tagged};
use crate::app::App;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Page, Problem, RegionCode, VendorId};
use crate::platform::audit::Who;
use crate::vendors::entity::vendor::Status;
use crate::vendors::model::{Act, Decision, note, sector};
use crate::vendors::query::{self, Filter};
use crate::vendors::service;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

pub const READ: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
pub const READ_ONE: Policy = READ.on("vendor", "vendor_id");
// About facts as they were seen.
pub const FACTS: Policy =
    Policy::any_of(&[Role::Officer]).on("vendor", "vendor_id").if_match().area(Area::Office);
pub const DECIDE: Policy = Policy::any_of(&[Role::Officer]).on("vendor", "vendor_id").area(Area::Office);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WorkQuery {
    /// Where the shops stand; all without it.
    status: Option<Status>,
    /// A part of the name.
    q: Option<String>,
    /// Code of a kecamatan.
    district: Option<String>,
    /// A branch, e.g. `kuliner`.
    sector: Option<String>,
    /// Only shops with facts that changed after the office had looked.
    unreviewed: Option<bool>,
    limit: Option<u64>,
    cursor: Option<String>,
}

impl WorkQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let name = fields.take_opt("?q", self.q.as_deref().map(|q| text(q, 1, 120, false)));
        let district = self.district.as_deref().map(RegionCode::district);
        let district = fields.take_opt("?district", district);
        let sector = fields.take_opt("?sector", self.sector.as_deref().map(sector));
        match (name, district, sector) {
            (Some(name), Some(district), Some(sector)) => Ok(Filter {
                name,
                district,
                sector,
                statuses: self.status.into_iter().collect(),
                unreviewed: self.unreviewed.unwrap_or(false),
            }),
            _ => Err(fields.into_problem()),
        }
    }
}

/// A word with a decision.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteIn {
    /// The owner reads it.
    note: Option<String>,
}

/// The reason of a decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonIn {
    /// The owner reads it.
    note: String,
}

impl NoteIn {
    pub(super) fn parse(body: Option<ValidJson<Self>>) -> Result<Option<String>, Problem> {
        let given = body.and_then(|ValidJson(body)| body.note);
        let mut fields = Fields::new();
        let note = fields.take_opt("/note", given.as_deref().map(note));
        note.ok_or_else(|| fields.into_problem())
    }
}

impl ReasonIn {
    pub(super) fn parse(&self) -> Result<Option<String>, Problem> {
        let mut fields = Fields::new();
        let note = fields.take("/note", note(&self.note));
        note.map(Some).ok_or_else(|| fields.into_problem())
    }
}

/// List all shops, the latest first.
#[utoipa::path(
    get,
    path = "/v1/admin/vendors",
    tag = "vendors",
    params(WorkQuery),
    responses((status = 200, body = Page<VendorOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendors_as_office(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(params): ValidQuery<WorkQuery>,
) -> Result<Json<Page<VendorOut>>, Problem> {
    let (filter, page) = (params.filter()?, page_of(params.limit, params.cursor.as_deref())?);
    let rows = query::list(app.db.read(), &filter, &page).await?;
    Ok(Json(rows.map(|row| VendorOut::of(&app, row, &caller))))
}

/// Show a shop with what was decided about it.
#[utoipa::path(
    get,
    path = "/v1/admin/vendors/{vendor_id}",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = VendorDetail))
)]
pub async fn get_vendor_as_office(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<VendorId>,
) -> Result<Tagged<VendorDetail>, Problem> {
    detail(&app, id, &caller).await
}

/// Find a shop in order: it can sell.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/verify",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = NoteIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn verify_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    body: Option<ValidJson<NoteIn>>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Verify, NoteIn::parse(body)?).await
}

/// Send a shop back to its owner with the reason.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/reject",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = ReasonIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn reject_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<ReasonIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Reject, body.parse()?).await
}

/// Stop a shop with the reason: nobody sees it or can order from it.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/suspend",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = ReasonIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn suspend_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<ReasonIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Suspend, body.parse()?).await
}

/// Let a stopped shop sell again.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/reinstate",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = NoteIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn reinstate_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    body: Option<ValidJson<NoteIn>>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Reinstate, NoteIn::parse(body)?).await
}

/// Moves a shop; owners and officers alike.
pub(super) async fn decide(
    app: &App,
    (caller, who): (&Caller, &Who),
    id: VendorId,
    act: Act,
    note: Option<String>,
) -> Result<Tagged<VendorOut>, Problem> {
    let vendor = service::decide(app, (caller, who), id, Decision { note, ..Decision::to(act) }).await?;
    Ok(tagged(app, vendor, caller))
}

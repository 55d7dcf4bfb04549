//! What the office decides about papers; listings follow at once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::service;
use crate::kernel::clock::business_date;
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::{PaperId, Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::entity::paper::PaperKind;
use crate::vendors::http::PaperOut;
use crate::vendors::model::last_day;
use crate::vendors::service::wallet::{Exemption, Verdict};
use crate::web::body::created;
use crate::web::{Area, Caller, IfMatch, PathId, Policy, Role, ValidJson};

// An officer decides about the file that was read, not about one that came after.
pub const DECIDE: Policy =
    Policy::any_of(&[Role::Officer]).on("paper", "paper_id").if_match().area(Area::Office);
pub const EXEMPT: Policy = Policy::any_of(&[Role::Officer]).on("vendor", "vendor_id").area(Area::Office);

/// Why a paper is not taken; the owner reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectPaper {
    reason: String,
}

/// A shop that needs no paper of a kind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExemptionIn {
    kind: PaperKind,
    /// Only for what the shop lists in this category, by its slug; for everything if it is left out.
    #[schema(example = "keripik")]
    category: Option<String>,
    /// E.g. food that is eaten within a week.
    reason: String,
    /// Its last day, if it ends.
    expires_on: Option<NaiveDate>,
}

/// Take a paper as good. Listings that waited for it are shown again.
#[utoipa::path(post, path = "/v1/admin/papers/{paper_id}/accept", tag = "catalog", params(("paper_id" = PaperId, Path)),
    responses((status = 200, body = PaperOut), (status = 409, description = "`paper-state`, `paper-file-missing`, `paper-over`")))]
pub async fn accept_paper(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PaperId>,
    IfMatch(seen): IfMatch,
) -> Result<Json<PaperOut>, Problem> {
    let verdict = Verdict { seen, accept: true, reason: None };
    Ok(Json(service::decide_paper(&app, (&caller, &who), id, verdict).await?.into()))
}

/// Refuse a paper, or take back that it was accepted or that none was needed. Listings that need it are paused.
#[utoipa::path(post, path = "/v1/admin/papers/{paper_id}/reject", tag = "catalog", params(("paper_id" = PaperId, Path)),
    request_body = RejectPaper, responses((status = 200, body = PaperOut), (status = 409, description = "`paper-state`")))]
pub async fn reject_paper(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PaperId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<RejectPaper>,
) -> Result<Json<PaperOut>, Problem> {
    let mut fields = Fields::new();
    let reason = fields.take("/reason", text(&body.reason, 3, 500, true));
    let reason = reason.ok_or_else(|| fields.into_problem())?;
    let verdict = Verdict { seen, accept: false, reason: Some(reason) };
    Ok(Json(service::decide_paper(&app, (&caller, &who), id, verdict).await?.into()))
}

/// Say that a shop needs no paper of a kind, for one category or for all. Listings that waited for it are shown again.
#[utoipa::path(post, path = "/v1/admin/vendors/{vendor_id}/exemptions", tag = "catalog",
    params(("vendor_id" = VendorId, Path)), request_body = ExemptionIn, responses((status = 201, body = PaperOut)))]
pub async fn exempt_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(vendor_id): PathId<VendorId>,
    ValidJson(body): ValidJson<ExemptionIn>,
) -> Result<(StatusCode, Json<PaperOut>), Problem> {
    let mut fields = Fields::new();
    let reason = fields.take("/reason", text(&body.reason, 3, 500, true));
    if body.expires_on.is_some_and(|last| last < business_date(app.now())) {
        fields.push("/expires_on", Fault::new("past", "Tanggal sudah lewat.", "The date is in the past."));
    }
    fields.take_opt("/expires_on", body.expires_on.map(last_day));
    let reason = reason.filter(|_| !fields.any()).ok_or_else(|| fields.into_problem())?;
    let exemption = Exemption { kind: body.kind, category_id: None, reason, expires_on: body.expires_on };
    let paper = service::exempt_paper(&app, (&caller, &who), vendor_id, (exemption, body.category)).await?;
    Ok(created(paper.into()))
}

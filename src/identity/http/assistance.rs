//! An owner lets the office help with the shop, and what of that the office sees.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::identity::entity::assistance;
use crate::identity::query;
use crate::identity::service::assistance as service;
use crate::kernel::fields::Fault;
use crate::kernel::{Page, Problem, UserId, VendorId};
use crate::platform::audit::Who;
use crate::web::authz::VENDOR_LEADS;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

// Without an area: a person gives this word.
pub const GRANT: Policy = Policy::any_of(&[Role::VendorOwner]).on("vendor", "vendor_id").step_up();
pub const READ: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
pub const REVOKE: Policy = Policy::any_of(&[Role::VendorOwner]).on("vendor", "vendor_id");
pub const LIST: Policy = Policy::any_of(&[Role::Officer]).area(Area::Office);

/// Longest that a word holds.
const LONGEST: Duration = Duration::days(90);

/// Until when the office may help.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssistanceIn {
    /// At most 90 days from now.
    expires_at: DateTime<Utc>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// That the office may help a shop.
#[derive(Serialize, ToSchema)]
pub(super) struct AssistanceOut {
    vendor_id: VendorId,
    granted_by: UserId,
    granted_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// It was taken back.
    revoked_at: Option<DateTime<Utc>>,
    /// It holds now.
    holds: bool,
}

impl AssistanceOut {
    fn of(row: assistance::Model, now: DateTime<Utc>) -> Self {
        Self {
            vendor_id: row.vendor_id,
            granted_by: row.granted_by,
            granted_at: row.granted_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            holds: row.revoked_at.is_none() && row.expires_at > now,
        }
    }
}

/// Let the office help with the shop's catalogue until a moment. Every such act is written down.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/assistance", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), request_body = AssistanceIn,
    responses((status = 200, body = AssistanceOut)))]
pub async fn grant_assistance(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<AssistanceIn>,
) -> Result<Json<AssistanceOut>, Problem> {
    let now = app.now();
    if body.expires_at <= now || body.expires_at > now + LONGEST {
        let fault = Fault::new(
            "expiry",
            "Isi waktu antara sekarang dan 90 hari lagi.",
            "Give a moment between now and 90 days from now.",
        );
        return Err(Problem::field(fault.at("/expires_at")));
    }
    let row = service::grant(&app, (caller.user_id, &who), id, body.expires_at).await?;
    Ok(Json(AssistanceOut::of(row, now)))
}

/// Show whether the office may help.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/assistance", tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = AssistanceOut), (status = 404, description = "Never given")))]
pub async fn get_assistance(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<AssistanceOut>, Problem> {
    let row = query::assistance(app.db.read(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(AssistanceOut::of(row, app.now())))
}

/// Take the word back; it holds no more at once.
#[utoipa::path(delete, path = "/v1/vendors/{vendor_id}/assistance", tag = "vendors",
    params(("vendor_id" = VendorId, Path)), responses((status = 204, description = "Taken back")))]
pub async fn revoke_assistance(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorId>,
) -> Result<StatusCode, Problem> {
    service::revoke(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the shops that the office may help now.
#[utoipa::path(get, path = "/v1/admin/assistance", tag = "vendors", params(ListQuery),
    responses((status = 200, body = Page<AssistanceOut>)))]
pub async fn list_assistance(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<ListQuery>,
) -> Result<Json<Page<AssistanceOut>>, Problem> {
    let (now, page) = (app.now(), page_of(params.limit, params.cursor.as_deref())?);
    let rows = query::assistances(app.db.read(), &page, now).await?;
    Ok(Json(rows.map(|row| AssistanceOut::of(row, now))))
}

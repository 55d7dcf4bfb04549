//! Identity numbers in full, for officers who say why.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::service::{self, Number};
use crate::web::{PathId, Policy, Role, ValidJson};

// Without an area: no program reads identity numbers.
pub const REVEAL: Policy = Policy::any_of(&[Role::Officer]).on("vendor", "vendor_id").step_up();

/// Which number, and why. Both are kept in the audit trail for ever.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevealIn {
    field: Number,
    /// 5 to 300 characters; no personal data.
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RevealOut {
    field: Number,
    value: String,
}

/// Read a shop's NIK or NPWP in full. Every reading is one row of the audit trail; all other answers mask them.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/reveal",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = RevealIn,
    responses(
        (status = 200, body = RevealOut),
        (status = 409, description = "`number-not-given`, `number-unreadable`"),
    )
)]
pub async fn reveal_vendor_number(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<RevealIn>,
) -> Result<Json<RevealOut>, Problem> {
    let mut fields = Fields::new();
    let reason = fields.take("/reason", text(&body.reason, 5, 300, false));
    let reason = reason.ok_or_else(|| fields.into_problem())?;
    let value = service::reveal(&app, &who, id, body.field, &reason).await?;
    Ok(Json(RevealOut { field: body.field, value }))
}

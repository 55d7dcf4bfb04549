//! Two shops that are one.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::READ;
use crate::app::App;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Page, Problem, UserId, VendorId, VendorMergeId};
use crate::office::query::claims as query;
use crate::office::service::merge::{self as service, Merge};
use crate::platform::audit::Who;
use crate::vendors::entity::merge;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

pub const MERGE: Policy =
    Policy::any_of(&[Role::Officer]).on("vendor", "vendor_id").area(Area::Office).step_up();
pub const LIST: Policy = READ;

/// The shop that stays, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeIn {
    /// Id of the shop that stays.
    into: VendorId,
    /// 5 to 300 characters; no personal data.
    reason: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MergesQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// A shop that became another one.
#[derive(Serialize, ToSchema)]
pub(super) struct VendorMergeOut {
    id: VendorMergeId,
    from: VendorId,
    /// Its old address leads to the shop that stays.
    from_slug: String,
    into: VendorId,
    reason: String,
    /// Ids of what was moved, so that it can be told apart again.
    #[schema(value_type = Object)]
    moved: Value,
    merged_by: UserId,
    created_at: DateTime<Utc>,
}

impl From<merge::Model> for VendorMergeOut {
    fn from(row: merge::Model) -> Self {
        Self {
            id: row.id,
            from: row.from_id,
            from_slug: row.slug,
            into: row.into_id,
            reason: row.reason,
            moved: serde_json::from_str(&row.moved).unwrap_or(Value::Null),
            merged_by: row.merged_by,
            created_at: row.created_at,
        }
    }
}

/// Make a shop part of another one: products, members, trainings, numbers, papers and what it says of itself move, orders and surveys are read along, and the
/// old address leads to the shop that stays.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/merge",
    tag = "office",
    params(("vendor_id" = VendorId, Path)),
    request_body = MergeIn,
    responses((status = 200, body = VendorMergeOut), (status = 409, description = "`merge-refused`"))
)]
pub async fn merge_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(from): PathId<VendorId>,
    ValidJson(body): ValidJson<MergeIn>,
) -> Result<Json<VendorMergeOut>, Problem> {
    let mut fields = Fields::new();
    let reason = fields.take("/reason", text(&body.reason, 5, 300, false));
    let reason = reason.ok_or_else(|| fields.into_problem())?;
    let wish = Merge { from, into: body.into, reason };
    let (row, _) = service::merge(&app, (&caller, &who), wish).await?;
    Ok(Json(row.into()))
}

/// List shops that became others, the latest first.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-merges",
    tag = "office",
    params(MergesQuery),
    responses((status = 200, body = Page<VendorMergeOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_merges(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<MergesQuery>,
) -> Result<Json<Page<VendorMergeOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    Ok(Json(query::merges(app.db.read(), &page).await?.map(VendorMergeOut::from)))
}

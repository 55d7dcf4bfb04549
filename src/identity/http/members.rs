//! Who works in a shop.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::app::App;
use crate::identity::entity::{membership, user};
use crate::identity::model::{StaffArea, VendorRole, masked_email, masked_phone, stored_areas};
use crate::identity::query::members as query;
use crate::identity::service::members;
use crate::kernel::{Page, Problem, UserId, VendorId};
use crate::platform::audit::Who;
use crate::web::authz::{Scope, VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::query::page_of;
use crate::web::{Api, IfMatch, PathId, PathIds, Policy, ValidJson, ValidQuery, etag};

// No area: who belongs to the shop is no business of a program.
const LIST_MEMBERS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id");
const CHANGE_MEMBER: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").step_up().if_match();
// Staff may leave.
const REMOVE_MEMBER: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").step_up();

/// The routes about the members of a shop.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(LIST_MEMBERS, routes!(list_members))
        .route(CHANGE_MEMBER, routes!(update_member))
        .route(REMOVE_MEMBER, routes!(remove_member))
}

/// A page of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Rows per page, 1 to 100.
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Somebody who works in a shop.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberOut {
    user_id: UserId,
    name: String,
    /// Masked.
    email: Option<String>,
    /// Masked.
    phone: Option<String>,
    /// `owner`, `manager` or `staff`.
    role: String,
    /// The areas that staff is limited to; null: all.
    permissions: Option<Vec<String>>,
    since: DateTime<Utc>,
    /// What `If-Match` wants when the member is changed.
    version: i32,
}

impl From<(membership::Model, user::Model)> for MemberOut {
    fn from((row, user): (membership::Model, user::Model)) -> Self {
        Self {
            user_id: user.id,
            name: user.name,
            email: user.email.as_deref().map(masked_email),
            phone: user.phone.as_deref().map(masked_phone),
            permissions: shown_areas(row.permissions.as_deref()),
            role: row.role,
            since: row.created_at,
            version: row.version,
        }
    }
}

/// What a member is now.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberRoleOut {
    user_id: UserId,
    /// `owner`, `manager` or `staff`.
    role: String,
    /// The areas that staff is limited to; null: all.
    permissions: Option<Vec<String>>,
}

/// What is to be different. A member that is left out stays; `null` permissions are all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberPatch {
    role: Option<VendorRole>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<StaffArea>>)]
    permissions: Option<Option<Vec<StaffArea>>>,
}

/// Tells `null` from absence.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Stored areas as they are shown.
pub(super) fn shown_areas(stored: Option<&str>) -> Option<Vec<String>> {
    stored.map(|areas| areas.split_whitespace().map(str::to_owned).collect())
}

/// Areas of a request as they are stored.
pub(super) fn areas(given: Option<&[StaffArea]>) -> Result<Option<String>, Problem> {
    let stored = given.map(stored_areas).transpose();
    stored.map_err(|fault| Problem::field(fault.at("/permissions")))
}

/// List who works in the shop, the longest first.
#[utoipa::path(
    get,
    path = "/v1/vendors/{vendor_id}/members",
    tag = "identity",
    params(("vendor_id" = VendorId, Path), PageQuery),
    responses((status = 200, body = Page<MemberOut>), (status = 422, description = "`invalid`"))
)]
async fn list_members(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(wanted): ValidQuery<PageQuery>,
) -> Result<Json<Page<MemberOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let rows = query::members(app.db.read(), (Scope::Vendor, vendor_id.into()), page).await?;
    Ok(Json(rows.map(Into::into)))
}

/// Change what a member may do. Owners change everybody, managers only what staff may do.
#[utoipa::path(
    patch,
    path = "/v1/vendors/{vendor_id}/members/{user_id}",
    tag = "identity",
    params(("vendor_id" = VendorId, Path), ("user_id" = UserId, Path)),
    request_body = MemberPatch,
    responses((status = 200, body = MemberRoleOut), (status = 409, description = "`last-owner`"))
)]
async fn update_member(
    State(app): State<App>,
    who: Who,
    PathIds((vendor_id, user_id)): PathIds<(VendorId, UserId)>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<MemberPatch>,
) -> Result<impl IntoResponse, Problem> {
    let permissions = body.permissions.map(|given| areas(given.as_deref())).transpose()?;
    let change = members::Change { role: body.role.map(Into::into), permissions };
    let row = members::change(&app, &who, (vendor_id, user_id), seen, change).await?;
    let permissions = shown_areas(row.permissions.as_deref());
    Ok((etag(row.version), Json(MemberRoleOut { user_id, role: row.role, permissions })))
}

/// Take somebody out of the shop, or leave it.
#[utoipa::path(
    delete,
    path = "/v1/vendors/{vendor_id}/members/{user_id}",
    tag = "identity",
    params(("vendor_id" = VendorId, Path), ("user_id" = UserId, Path)),
    responses((status = 204), (status = 409, description = "`last-owner`"))
)]
async fn remove_member(
    State(app): State<App>,
    who: Who,
    PathIds((vendor_id, user_id)): PathIds<(VendorId, UserId)>,
) -> Result<StatusCode, Problem> {
    members::remove(&app, &who, vendor_id, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! One's own data as an archive, and being forgotten.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::service::{self, Erasing};
use crate::app::App;
use crate::identity::model::{Device, attempt};
use crate::identity::service::proof;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Problem, UserId};
use crate::platform::audit::Who;
use crate::web::{Api, Caller, PathId, Policy, Role, ValidJson};

// Without an area: no program exports or erases a person.
const EXPORT: Policy = Policy::BUYER.step_up();
const ERASE_ME: Policy = Policy::BUYER.step_up();
const ERASE_USER: Policy = Policy::any_of(&[Role::Operator]).on("user", "user_id").step_up();

/// All routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(EXPORT, routes!(export_me))
        .route(ERASE_ME, routes!(erase_me))
        .route(ERASE_USER, routes!(erase_user))
}

/// The password once more, since nothing brings an account back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EraseMeIn {
    password: String,
}

/// Why an operator does it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EraseUserIn {
    /// 5 to 300 characters, kept in the audit trail for ever; no personal data.
    reason: String,
}

/// Get everything that is known about oneself: a ZIP of JSON files.
#[utoipa::path(
    post,
    path = "/v1/me/export",
    tag = "identity",
    responses((status = 200, content_type = "application/zip", body = Vec<u8>))
)]
async fn export_me(State(app): State<App>, caller: Caller, who: Who) -> Result<impl IntoResponse, Problem> {
    let archive = service::export(&app, &who, caller.user_id).await?;
    let headers =
        [(CONTENT_TYPE, "application/zip"), (CONTENT_DISPOSITION, "attachment; filename=\"data-saya.zip\"")];
    Ok((headers, archive))
}

/// Be forgotten. The account ends; orders and books stay without name and address.
#[utoipa::path(
    post,
    path = "/v1/me/erase",
    tag = "identity",
    request_body = EraseMeIn,
    responses(
        (status = 204, description = "The account is gone."),
        (status = 409, description = "`orders-under-way`, `money-owed`, `last-owner`, `last-operator`"),
        (status = 429, description = "`too-many-attempts`"),
        (status = 503, description = "`unavailable`"),
    )
)]
async fn erase_me(
    State(app): State<App>,
    caller: Caller,
    device: Device,
    who: Who,
    ValidJson(body): ValidJson<EraseMeIn>,
) -> Result<StatusCode, Problem> {
    let password = (attempt(&body.password), "/password");
    let user = proof::show_password(&app, caller.user_id, password, &device).await?.user;
    let erasing = Erasing { user_id: user.id, shown: Some(user.password_hash), reason: None };
    service::erase(&app, &who, erasing).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget somebody who asked for it on paper or in person.
#[utoipa::path(
    post,
    path = "/v1/admin/users/{user_id}/erase",
    tag = "admin",
    params(("user_id" = UserId, Path)),
    request_body = EraseUserIn,
    responses(
        (status = 204, description = "The account is gone."),
        (status = 409, description = "`orders-under-way`, `money-owed`, `last-owner`, `last-operator`"),
    )
)]
async fn erase_user(
    State(app): State<App>,
    who: Who,
    PathId(user_id): PathId<UserId>,
    ValidJson(body): ValidJson<EraseUserIn>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let reason = fields.take("/reason", text(&body.reason, 5, 300, false));
    let reason = reason.ok_or_else(|| fields.into_problem())?;
    service::erase(&app, &who, Erasing { user_id, shown: None, reason: Some(reason) }).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Accounts as operators see them: who holds which role on the platform, who is kept out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::app::App;
use crate::identity::entity::user::Status;
use crate::identity::model::{Login, PlatformRole, masked_email, masked_phone};
use crate::identity::query::members::{self as query, Known, PeopleFilter};
use crate::identity::service::people;
use crate::kernel::fields::Fault;
use crate::kernel::{Page, Problem, UserId};
use crate::platform::audit::Who;
use crate::web::authz::Scope;
use crate::web::query::page_of;
use crate::web::{Api, PathId, PathIds, Policy, Role, ValidJson, ValidQuery};

// No area: whoever people are is no business of a program.
const LIST_USERS: Policy = Policy::any_of(&[Role::Operator]);
const CHANGE_USER: Policy = Policy::any_of(&[Role::Operator]).on("user", "user_id").step_up();

/// The routes of operators about accounts.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(LIST_USERS, routes!(list_users))
        .route(CHANGE_USER, routes!(grant_role))
        .route(CHANGE_USER, routes!(revoke_role))
        .route(CHANGE_USER, routes!(block_user))
        .route(CHANGE_USER, routes!(unblock_user))
}

/// An account as an operator sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct KnownUserOut {
    id: UserId,
    name: String,
    /// Masked.
    email: Option<String>,
    /// Masked.
    phone: Option<String>,
    status: Status,
    /// The roles held on the platform.
    roles: Vec<String>,
    created_at: DateTime<Utc>,
}

impl From<Known> for KnownUserOut {
    fn from(known: Known) -> Self {
        let Known { user, roles } = known;
        Self {
            id: user.id,
            name: user.name,
            email: user.email.as_deref().map(masked_email),
            phone: user.phone.as_deref().map(masked_phone),
            status: user.status,
            roles: roles.into_iter().map(|role| role.name().to_owned()).collect(),
            created_at: user.created_at,
        }
    }
}

/// Which accounts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UsersQuery {
    /// The account with this e-mail address or phone number.
    login: Option<String>,
    /// Accounts with this role on the platform.
    #[param(inline)]
    role: Option<PlatformRole>,
    /// Accounts per page, 1 to 100.
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A role on the platform.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantIn {
    role: PlatformRole,
}

/// The name of a role in a path; another name is no role, so nobody holds it.
struct RoleName(Role);

impl std::str::FromStr for RoleName {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Role::parse(Scope::Platform, name).filter(|role| *role != Role::Buyer).map(Self).ok_or(())
    }
}

/// List accounts with their roles on the platform, the newest first.
#[utoipa::path(
    get,
    path = "/v1/admin/users",
    tag = "identity",
    params(UsersQuery),
    responses((status = 200, body = Page<KnownUserOut>), (status = 422, description = "`invalid`"))
)]
async fn list_users(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<UsersQuery>,
) -> Result<Json<Page<KnownUserOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let login = wanted.login.as_deref().map(|login| Login::parse(login).ok_or_else(no_login)).transpose()?;
    let filter = PeopleFilter { login, role: wanted.role.map(Into::into) };
    let found = query::people(app.db.read(), &filter, page).await?;
    Ok(Json(found.map(Into::into)))
}

fn no_login() -> Problem {
    let fault = Fault::new(
        "login",
        "Bukan alamat e-mail atau nomor HP.",
        "Neither an e-mail address nor a mobile number.",
    );
    Problem::field(fault.at("?login"))
}

/// Give somebody a role on the platform.
#[utoipa::path(
    post,
    path = "/v1/admin/users/{user_id}/roles",
    tag = "identity",
    params(("user_id" = UserId, Path)),
    request_body = GrantIn,
    responses((status = 200, body = KnownUserOut))
)]
async fn grant_role(
    State(app): State<App>,
    who: Who,
    PathId(user_id): PathId<UserId>,
    ValidJson(body): ValidJson<GrantIn>,
) -> Result<Json<KnownUserOut>, Problem> {
    let known = people::give_role(&app, &who, user_id, body.role.into()).await?;
    Ok(Json(known.into()))
}

/// Take a role on the platform away; sessions go on without it at once.
#[utoipa::path(
    delete,
    path = "/v1/admin/users/{user_id}/roles/{role}",
    tag = "identity",
    params(("user_id" = UserId, Path), ("role" = String, Path)),
    responses((status = 204), (status = 409, description = "`last-operator`"))
)]
async fn revoke_role(
    State(app): State<App>,
    who: Who,
    PathIds((user_id, role)): PathIds<(UserId, RoleName)>,
) -> Result<StatusCode, Problem> {
    people::take_role(&app, &who, user_id, role.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keep somebody out: all sessions end at once.
#[utoipa::path(
    post,
    path = "/v1/admin/users/{user_id}/block",
    tag = "identity",
    params(("user_id" = UserId, Path)),
    responses((status = 200, body = KnownUserOut), (status = 409, description = "`last-operator`"))
)]
async fn block_user(
    State(app): State<App>,
    who: Who,
    PathId(user_id): PathId<UserId>,
) -> Result<Json<KnownUserOut>, Problem> {
    Ok(Json(people::block(&app, &who, user_id).await?.into()))
}

/// Let somebody in again.
#[utoipa::path(
    post,
    path = "/v1/admin/users/{user_id}/unblock",
    tag = "identity",
    params(("user_id" = UserId, Path)),
    responses((status = 200, body = KnownUserOut))
)]
async fn unblock_user(
    State(app): State<App>,
    who: Who,
    PathId(user_id): PathId<UserId>,
) -> Result<Json<KnownUserOut>, Problem> {
    Ok(Json(people::unblock(&app, &who, user_id).await?.into()))
}

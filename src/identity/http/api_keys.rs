//! Keys with which programs act for somebody.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::own_sessions::PageQuery;
use crate::app::App;
use crate::identity::entity::api_key;
use crate::identity::model::NewKey;
use crate::identity::query;
use crate::identity::service::api_keys;
use crate::kernel::{ApiKeyId, Page, Problem};
use crate::platform::audit::Who;
use crate::web::query::page_of;
use crate::web::{Caller, PathId, Policy, ValidJson, ValidQuery};

// Without an area: a key never makes, shows or ends keys.
pub const CREATE: Policy = Policy::BUYER.step_up();
pub const LIST: Policy = Policy::BUYER;
pub const REVOKE: Policy = Policy::BUYER.on("api_key", "api_key_id");

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiKeyIn {
    /// To tell it from others.
    name: String,
    /// `orders:read`, `stock:write`; the areas are those of `x-authz`. Writing includes reading.
    scopes: Vec<String>,
    /// 1 to 365.
    expires_in_days: i64,
    /// Requests a minute, 600 if left out.
    per_minute: Option<i32>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ApiKeyOut {
    id: ApiKeyId,
    name: String,
    /// How the key begins.
    prefix: String,
    scopes: Vec<String>,
    per_minute: i32,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// To the minute.
    last_used_at: Option<DateTime<Utc>>,
}

impl From<api_key::Model> for ApiKeyOut {
    fn from(row: api_key::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            per_minute: row.per_minute,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// A key that was made just now.
#[derive(Serialize, ToSchema)]
pub(super) struct NewApiKeyOut {
    /// What the program sends as its bearer token; shown only now.
    key: String,
    #[serde(flatten)]
    about: ApiKeyOut,
}

/// Make a key for a program. It can do what its scopes and the caller's roles both allow.
#[utoipa::path(
    post,
    path = "/v1/me/api-keys",
    tag = "identity",
    request_body = ApiKeyIn,
    responses((status = 201, body = NewApiKeyOut), (status = 409, description = "`too-many-keys`"))
)]
pub async fn create_api_key(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<ApiKeyIn>,
) -> Result<impl IntoResponse, Problem> {
    let wish = NewKey::parse(&body.name, &body.scopes, body.expires_in_days, body.per_minute)?;
    let made = api_keys::create(&app, &caller, wish, who).await?;
    let out = NewApiKeyOut { key: made.token, about: made.key.into() };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(out)))
}

/// List the caller's keys, the newest first, without their secret part.
#[utoipa::path(
    get,
    path = "/v1/me/api-keys",
    tag = "identity",
    params(PageQuery),
    responses((status = 200, body = Page<ApiKeyOut>))
)]
pub async fn list_api_keys(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<Page<ApiKeyOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let keys = query::api_keys_of(app.db.read(), caller.user_id, &page).await?;
    Ok(Json(keys.map(ApiKeyOut::from)))
}

/// Revoke a key; programs that use it are out at once.
#[utoipa::path(
    delete,
    path = "/v1/me/api-keys/{api_key_id}",
    tag = "identity",
    params(("api_key_id" = ApiKeyId, Path)),
    responses((status = 204, description = "The key is revoked."))
)]
pub async fn revoke_api_key(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    api_keys::revoke(&app, caller.user_id, id, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! The devices somebody is signed in on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::identity::entity::session;
use crate::identity::query;
use crate::identity::service::sessions;
use crate::kernel::{Page, Problem, SessionId};
use crate::platform::audit::Who;
use crate::web::query::page_of;
use crate::web::{Caller, PathId, Policy, ValidQuery};

// Without an area: no program looks after the logins of people.
pub const LIST: Policy = Policy::BUYER;
pub const END: Policy = Policy::BUYER.on("session", "session_id");
pub const END_MANY: Policy = Policy::BUYER;

/// A login on one device.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionOut {
    id: SessionId,
    /// What the client says it is.
    device: String,
    /// Where the last login or refresh came from.
    address: String,
    created_at: DateTime<Utc>,
    /// The last login or refresh.
    last_used_at: DateTime<Utc>,
    /// When it ends if it is not used.
    expires_at: DateTime<Utc>,
    /// It was opened with a second factor, or has shown one since.
    second_factor: bool,
    /// It is the one that asks.
    current: bool,
}

impl SessionOut {
    fn of(row: session::Model, current: Option<SessionId>) -> Self {
        Self {
            current: current == Some(row.id),
            id: row.id,
            device: row.device,
            address: row.address,
            created_at: row.created_at,
            last_used_at: row.last_used_at.unwrap_or(row.created_at),
            expires_at: row.expires_at,
            second_factor: row.second_factor,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    pub(super) limit: Option<u64>,
    pub(super) cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EndQuery {
    /// `true` ends the session that asks as well.
    all: Option<bool>,
}

/// List the caller's sessions, the newest first.
#[utoipa::path(
    get,
    path = "/v1/me/sessions",
    tag = "identity",
    params(PageQuery),
    responses((status = 200, body = Page<SessionOut>))
)]
pub async fn list_my_sessions(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<Page<SessionOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let sessions = query::sessions_of(app.db.read(), caller.user_id, &page, app.now()).await?;
    Ok(Json(sessions.map(|row| SessionOut::of(row, caller.session_id()))))
}

/// End one session of the caller, on whatever device it is.
#[utoipa::path(
    delete,
    path = "/v1/me/sessions/{session_id}",
    tag = "identity",
    params(("session_id" = SessionId, Path)),
    responses((status = 204, description = "The session is over."))
)]
pub async fn end_my_session(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<SessionId>,
) -> Result<StatusCode, Problem> {
    sessions::end(&app, caller.user_id, id, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End the caller's sessions on all other devices, or everywhere.
#[utoipa::path(
    delete,
    path = "/v1/me/sessions",
    tag = "identity",
    params(EndQuery),
    responses((status = 204, description = "The sessions are over."))
)]
pub async fn end_my_sessions(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidQuery(query): ValidQuery<EndQuery>,
) -> Result<StatusCode, Problem> {
    let kept = caller.session_id().filter(|_| query.all != Some(true));
    sessions::end_many(&app, caller.user_id, kept, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What the caller agreed to.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::identity::entity::consent;
use crate::identity::model::{ConsentKind, edition};
use crate::identity::query;
use crate::identity::service::consents::{self, Said};
use crate::kernel::{Fields, Problem};
use crate::web::{Area, Caller, PathId, Policy, ValidJson};

pub const LIST: Policy = Policy::BUYER.area(Area::Account);
pub const PUT: Policy = LIST;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentIn {
    /// `false` takes it back.
    given: bool,
    /// Edition of the text that the person was shown.
    version: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ConsentOut {
    /// `terms`, `privacy` or `marketing`.
    kind: String,
    given: bool,
    version: String,
    /// Since when this holds.
    at: DateTime<Utc>,
}

impl From<consent::Model> for ConsentOut {
    fn from(row: consent::Model) -> Self {
        Self { kind: row.kind, given: row.given, version: row.version, at: row.created_at }
    }
}

/// What holds now, for each kind that the person was asked about.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentsOut {
    items: Vec<ConsentOut>,
}

/// Show what one agreed to.
#[utoipa::path(
    get,
    path = "/v1/me/consents",
    tag = "identity",
    responses((status = 200, body = ConsentsOut))
)]
pub async fn list_consents(State(app): State<App>, caller: Caller) -> Result<Json<ConsentsOut>, Problem> {
    let rows = query::consents(app.db.read(), caller.user_id).await?;
    Ok(Json(ConsentsOut { items: rows.into_iter().map(Into::into).collect() }))
}

/// Agree, or take it back.
#[utoipa::path(
    put,
    path = "/v1/me/consents/{kind}",
    tag = "identity",
    params(("kind" = ConsentKind, Path)),
    request_body = ConsentIn,
    responses((status = 200, body = ConsentOut), (status = 404, description = "`not-found`: no such kind"))
)]
pub async fn put_consent(
    State(app): State<App>,
    caller: Caller,
    PathId(kind): PathId<ConsentKind>,
    ValidJson(body): ValidJson<ConsentIn>,
) -> Result<Json<ConsentOut>, Problem> {
    let mut fields = Fields::new();
    let version = fields.take("/version", edition(&body.version));
    let version = version.ok_or_else(|| fields.into_problem())?;
    let said = Said { kind, given: body.given, version };
    Ok(Json(consents::say(&app, caller.user_id, said).await?.into()))
}

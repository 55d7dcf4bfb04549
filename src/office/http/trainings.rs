//! Trainings and who took them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{READ, WRITE, shops};
use crate::app::App;
use crate::kernel::fields::{Fields, number, text};
use crate::kernel::{Page, Problem, TrainingId, VendorId};
use crate::office::entity::training::Model;
use crate::office::query::surveys as query;
use crate::office::service::trainings::{self as service, NewTraining};
use crate::platform::audit::Who;
use crate::vendors::entity::vendor;
use crate::web::body::created;
use crate::web::query::page_of;
use crate::web::{Caller, PathId, Policy, ValidJson, ValidQuery};

pub const LIST: Policy = READ;
pub const CREATE: Policy = WRITE;
pub const SHOPS: Policy = READ.on("training", "training_id");
pub const ADD: Policy = WRITE.on("training", "training_id");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TrainingsQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// A batch of a training.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainingIn {
    #[schema(example = "e-Smart IKM")]
    name: String,
    year: i32,
    /// Which of several in that year.
    batch: Option<String>,
}

/// Shops whose people took it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ParticipantsIn {
    /// 1 to 200 ids.
    vendor_ids: Vec<VendorId>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct TrainingOut {
    id: TrainingId,
    name: String,
    year: i32,
    batch: String,
    /// How many shops took it.
    shops: i64,
    created_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AddedOut {
    /// How many were not there before.
    added: u64,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ParticipantOut {
    vendor_id: VendorId,
    slug: String,
    name: String,
    status: vendor::Status,
}

impl TrainingOut {
    fn of((row, shops): (Model, i64)) -> Self {
        Self {
            id: row.id,
            name: row.name,
            year: row.year,
            batch: row.batch,
            shops,
            created_at: row.created_at,
        }
    }
}

/// Write down a batch of a training.
#[utoipa::path(
    post,
    path = "/v1/admin/trainings",
    tag = "office",
    request_body = TrainingIn,
    responses((status = 201, body = TrainingOut), (status = 409, description = "`training-exists`"))
)]
pub async fn create_training(
    State(app): State<App>,
    caller: Caller,
    ValidJson(body): ValidJson<TrainingIn>,
) -> Result<(StatusCode, Json<TrainingOut>), Problem> {
    let mut fields = Fields::new();
    let name = fields.take("/name", text(&body.name, 2, 120, false));
    let year = fields.take("/year", number(body.year, 1990, 2200));
    let batch = fields.take("/batch", text(&body.batch.unwrap_or_default(), 0, 60, false));
    let (Some(name), Some(year), Some(batch)) = (name, year, batch) else {
        return Err(fields.into_problem());
    };
    let row = service::create(&app, caller.user_id, NewTraining { name, year, batch }).await?;
    Ok(created(TrainingOut::of((row, 0))))
}

/// List trainings, the latest first.
#[utoipa::path(
    get,
    path = "/v1/admin/trainings",
    tag = "office",
    params(TrainingsQuery),
    responses((status = 200, body = Page<TrainingOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_trainings(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<TrainingsQuery>,
) -> Result<Json<Page<TrainingOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    Ok(Json(query::trainings(app.db.read(), &page).await?.map(TrainingOut::of)))
}

/// Add shops whose people took a training; all or none.
#[utoipa::path(
    post,
    path = "/v1/admin/trainings/{training_id}/participants",
    tag = "office",
    params(("training_id" = TrainingId, Path)),
    request_body = ParticipantsIn,
    responses((status = 200, body = AddedOut))
)]
pub async fn add_training_participants(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<TrainingId>,
    ValidJson(body): ValidJson<ParticipantsIn>,
) -> Result<Json<AddedOut>, Problem> {
    let added = service::add(&app, &who, id, &shops(body.vendor_ids)?).await?;
    Ok(Json(AddedOut { added }))
}

/// List the shops that took a training.
#[utoipa::path(
    get,
    path = "/v1/admin/trainings/{training_id}/participants",
    tag = "office",
    params(("training_id" = TrainingId, Path), TrainingsQuery),
    responses((status = 200, body = Page<ParticipantOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_training_participants(
    State(app): State<App>,
    PathId(id): PathId<TrainingId>,
    ValidQuery(params): ValidQuery<TrainingsQuery>,
) -> Result<Json<Page<ParticipantOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let rows = query::participants(app.db.read(), id, &page).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(rows.map(|row| ParticipantOut {
        vendor_id: row.id,
        slug: row.slug,
        name: row.name,
        status: row.status,
    })))
}

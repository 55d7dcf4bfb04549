//! The job queue as operators see it.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::admin::query::JobFilter;
use crate::admin::{query, service};
use crate::app::App;
use crate::kernel::{JobId, Page, Problem};
use crate::platform::audit::Who;
use crate::platform::jobs::entity;
use crate::web::query::page_of;
use crate::web::{Area, PathId, Policy, Role, ValidQuery};

/// Where a job stands.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum JobState {
    /// Waits for its time.
    Queued,
    /// A worker does it.
    Running,
    /// Done; forgotten after a while.
    Done,
    /// Failed too often; waits for an operator.
    Dead,
}

impl From<entity::State> for JobState {
    fn from(state: entity::State) -> Self {
        match state {
            entity::State::Queued => Self::Queued,
            entity::State::Running => Self::Running,
            entity::State::Done => Self::Done,
            entity::State::Dead => Self::Dead,
        }
    }
}

impl From<JobState> for entity::State {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Dead => Self::Dead,
        }
    }
}

/// One piece of work to do later.
#[derive(Serialize, ToSchema)]
pub(super) struct JobOut {
    id: JobId,
    /// `feature.verb`
    kind: String,
    state: JobState,
    /// What it is about: ids only.
    payload: Value,
    attempts: i32,
    max_attempts: i32,
    run_at: DateTime<Utc>,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
}

impl From<entity::Model> for JobOut {
    fn from(job: entity::Model) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state.into(),
            payload: serde_json::from_str(&job.payload).unwrap_or(Value::Null),
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            last_error: job.last_error,
            created_at: job.created_at,
            done_at: job.done_at,
        }
    }
}

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobsQuery {
    /// Only jobs in this state.
    #[param(inline)]
    state: Option<JobState>,
    /// Only jobs of this kind, e.g. `orders.expire`.
    kind: Option<String>,
    /// Jobs per page, 1 to 100.
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(super) const LIST_JOBS: Policy = Policy::any_of(&[Role::Operator, Role::Auditor]).area(Area::Operation);

/// The job queue, the newest first.
#[utoipa::path(
    get,
    path = "/v1/admin/jobs",
    tag = "admin",
    params(JobsQuery),
    responses(
        (status = 200, body = Page<JobOut>),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Neither operator nor auditor"),
        (status = 422, description = "A filter, the limit or the cursor is wrong"),
    )
)]
pub(super) async fn list_jobs(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<JobsQuery>,
) -> Result<Json<Page<JobOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let filter = JobFilter { state: wanted.state.map(Into::into), kind: wanted.kind };
    let jobs = query::jobs(app.db.read(), filter, page).await?;
    Ok(Json(jobs.map(Into::into)))
}

pub(super) const RETRY_JOB: Policy = Policy::any_of(&[Role::Operator]).area(Area::Operation);

/// Makes a dead job due again.
#[utoipa::path(
    post,
    path = "/v1/admin/jobs/{job_id}/retry",
    tag = "admin",
    params(("job_id" = JobId, Path, description = "The job")),
    responses(
        (status = 200, body = JobOut),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "No operator"),
        (status = 404, description = "No such job"),
        (status = 409, description = "The job is not dead"),
    )
)]
pub(super) async fn retry_job(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<JobId>,
) -> Result<Json<JobOut>, Problem> {
    let job = service::retry_job(&app, &who, id).await?;
    Ok(Json(job.into()))
}

//! Surveys: what shops say of a period, by themselves or to an officer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{READ, WRITE};
use crate::app::App;
use crate::kernel::fields::Fields;
use crate::kernel::{Page, Problem, Rupiah, VendorId, VendorSurveyId};
use crate::office::entity::survey::{Method, Model};
use crate::office::jobs::ComputeTurnover;
use crate::office::model::{Answer, AnswerIn, Period};
use crate::office::query::surveys as query;
use crate::office::service::surveys as service;
use crate::platform::audit::Who;
use crate::platform::jobs::NewJob;
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::body::created;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, ValidJson, ValidQuery};

pub const ANSWER: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
pub const ANSWERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Shop);
pub const RECORD: Policy = WRITE.on("vendor", "vendor_id");
pub const RECORDS: Policy = READ.on("vendor", "vendor_id");
pub const COMPUTE: Policy = WRITE;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SurveysQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// What is to be added up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComputeIn {
    /// `2026`, `2026-S2`, `2026-11`.
    period: String,
}

/// One answer. The latest one of a period and method counts.
#[derive(Serialize, ToSchema)]
pub(super) struct VendorSurveyOut {
    id: VendorSurveyId,
    period: String,
    method: Method,
    /// How many months the turnover is of.
    months: i32,
    currency: String,
    turnover: Option<Rupiah>,
    turnover_local: Option<Rupiah>,
    turnover_domestic: Option<Rupiah>,
    turnover_export: Option<Rupiah>,
    online_percent: Option<i32>,
    sells_online: Option<bool>,
    export_countries: Vec<String>,
    workers_male: Option<i32>,
    workers_female: Option<i32>,
    created_at: DateTime<Utc>,
}

impl From<Model> for VendorSurveyOut {
    fn from(row: Model) -> Self {
        let countries = row.export_countries.unwrap_or_default();
        Self {
            id: row.id,
            period: row.period,
            method: row.method,
            months: row.months,
            currency: row.currency,
            turnover: row.turnover,
            turnover_local: row.turnover_local,
            turnover_domestic: row.turnover_domestic,
            turnover_export: row.turnover_export,
            online_percent: row.online_percent,
            sells_online: row.sells_online,
            export_countries: countries
                .split(';')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            workers_male: row.workers_male,
            workers_female: row.workers_female,
            created_at: row.created_at,
        }
    }
}

fn parse(body: AnswerIn) -> Result<Answer, Problem> {
    let mut fields = Fields::new();
    match body.parse(&mut fields) {
        Some(answer) if !fields.any() => Ok(answer),
        _ => Err(fields.into_problem()),
    }
}

/// Answer the survey. An answer that was wrong is followed by a right one; none is replaced.
#[utoipa::path(
    post,
    path = "/v1/vendors/{vendor_id}/surveys",
    tag = "office",
    params(("vendor_id" = VendorId, Path)),
    request_body = AnswerIn,
    responses((status = 201, body = VendorSurveyOut))
)]
pub async fn answer_survey(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<AnswerIn>,
) -> Result<(StatusCode, Json<VendorSurveyOut>), Problem> {
    let row = service::record(&app, (caller.user_id, &who), id, parse(body)?).await?;
    Ok(created(row.into()))
}

/// List what the shop said and what was added up for it, the latest first.
#[utoipa::path(
    get,
    path = "/v1/vendors/{vendor_id}/surveys",
    tag = "office",
    params(("vendor_id" = VendorId, Path), SurveysQuery),
    responses((status = 200, body = Page<VendorSurveyOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_own_surveys(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
    ValidQuery(params): ValidQuery<SurveysQuery>,
) -> Result<Json<Page<VendorSurveyOut>>, Problem> {
    page(&app, id, &params).await
}

/// Write down what a shop says to an officer.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/surveys",
    tag = "office",
    params(("vendor_id" = VendorId, Path)),
    request_body = AnswerIn,
    responses((status = 201, body = VendorSurveyOut))
)]
pub async fn record_vendor_survey(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<AnswerIn>,
) -> Result<(StatusCode, Json<VendorSurveyOut>), Problem> {
    let row = service::record(&app, (caller.user_id, &who), id, parse(body)?).await?;
    Ok(created(row.into()))
}

/// List what a shop said and what was added up for it, the latest first.
#[utoipa::path(
    get,
    path = "/v1/admin/vendors/{vendor_id}/surveys",
    tag = "office",
    params(("vendor_id" = VendorId, Path), SurveysQuery),
    responses((status = 200, body = Page<VendorSurveyOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_surveys(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
    ValidQuery(params): ValidQuery<SurveysQuery>,
) -> Result<Json<Page<VendorSurveyOut>>, Problem> {
    page(&app, id, &params).await
}

async fn page(
    app: &App,
    id: VendorId,
    params: &SurveysQuery,
) -> Result<Json<Page<VendorSurveyOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    Ok(Json(query::of_shop(app.db.read(), id, &page).await?.map(VendorSurveyOut::from)))
}

/// Add up the completed orders of a period for every shop. A job does it; what is new becomes a row.
#[utoipa::path(
    post,
    path = "/v1/admin/surveys/compute",
    tag = "office",
    request_body = ComputeIn,
    responses((status = 202, description = "A job adds up."))
)]
pub async fn compute_turnover(
    State(app): State<App>,
    ValidJson(body): ValidJson<ComputeIn>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let period = fields.take("/period", Period::parse(&body.period));
    let period = period.ok_or_else(|| fields.into_problem())?;
    let job = NewJob::now(app.now(), &ComputeTurnover { period: period.to_string() })?;
    service::queue(&app, job).await?;
    Ok(StatusCode::ACCEPTED)
}

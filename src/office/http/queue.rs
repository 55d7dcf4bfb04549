//! The review queue.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{READ, WRITE, shops};
use crate::app::App;
use crate::kernel::fields::{Fault, Fields, number};
use crate::kernel::{Lang, Page, Problem, UserId, VendorId};
use crate::office::model::figures::{Durations, durations};
use crate::office::query::queue::{self as query, Decided, Whose};
use crate::office::service::queue as service;
use crate::platform::audit::Who;
use crate::vendors::entity::vendor;
use crate::vendors::model::{Act, Decision, note};
use crate::web::body::Language;
use crate::web::query::page_of;
use crate::web::{Caller, Policy, ValidJson, ValidQuery};

pub const LIST: Policy = READ;
pub const FIGURES: Policy = READ;
pub const ASSIGN: Policy = WRITE;
pub const DECIDE: Policy = WRITE;

/// Most shops of one request.
const MOST: usize = 100;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QueueQuery {
    /// Only shops of this officer.
    officer_id: Option<UserId>,
    /// Only shops of nobody.
    unassigned: Option<bool>,
    limit: Option<u64>,
    cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TimesQuery {
    /// How far back: 1 to 730 days, 90 without it.
    days: Option<i64>,
}

/// Which shops an officer looks at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignIn {
    /// 1 to 200 ids.
    vendor_ids: Vec<VendorId>,
    /// `null`: nobody does.
    officer_id: Option<UserId>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Judgement {
    Verify,
    NeedsFix,
}

/// One decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionIn {
    vendor_id: VendorId,
    decision: Judgement,
    /// The owner reads it; needed to send a shop back.
    note: Option<String>,
}

/// Many decisions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionsIn {
    /// 1 to 100; each is its own.
    items: Vec<DecisionIn>,
}

/// A shop that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct WaitingOut {
    vendor_id: VendorId,
    slug: String,
    name: String,
    district_code: String,
    submitted_at: Option<DateTime<Utc>>,
    /// Whole hours it has waited.
    waiting_hours: i64,
    officer_id: Option<UserId>,
}

/// What became of one decision.
#[derive(Serialize, ToSchema)]
pub(super) struct OutcomeOut {
    vendor_id: VendorId,
    /// Where the shop stands now; `null` if it was refused.
    status: Option<vendor::Status>,
    /// Why it was refused.
    code: Option<&'static str>,
    detail: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OutcomesOut {
    items: Vec<OutcomeOut>,
}

/// How long decisions took.
#[derive(Serialize, ToSchema)]
pub(super) struct TimesOut {
    days: i64,
    verified: usize,
    sent_back: usize,
    all: Durations,
    officers: Vec<OfficerTimes>,
}

#[derive(Serialize, ToSchema)]
struct OfficerTimes {
    officer_id: UserId,
    #[serde(flatten)]
    times: Durations,
}

/// List the shops that wait for the office, the longest first.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-queue",
    tag = "office",
    params(QueueQuery),
    responses((status = 200, body = Page<WaitingOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_queue(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<QueueQuery>,
) -> Result<Json<Page<WaitingOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    let whose = match (params.officer_id, params.unassigned) {
        (Some(id), _) => Whose::Officer(id),
        (None, Some(true)) => Whose::Nobody,
        (None, _) => Whose::All,
    };
    let now = app.now();
    let rows = query::waiting(app.db.read(), whose, &page).await?;
    Ok(Json(rows.map(|(row, assigned)| WaitingOut {
        vendor_id: row.id,
        slug: row.slug,
        name: row.name,
        district_code: row.district_code,
        waiting_hours: row.submitted_at.map_or(0, |at| (now - at).num_hours()),
        submitted_at: row.submitted_at,
        officer_id: assigned.map(|assigned| assigned.officer_id),
    })))
}

/// Give shops to an officer, or to nobody; all or none.
#[utoipa::path(
    post,
    path = "/v1/admin/vendor-queue/assign",
    tag = "office",
    request_body = AssignIn,
    responses((status = 204, description = "They are assigned."))
)]
pub async fn assign_vendors(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    ValidJson(body): ValidJson<AssignIn>,
) -> Result<StatusCode, Problem> {
    service::assign(&app, (caller.user_id, &who), &shops(body.vendor_ids)?, body.officer_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decide about many shops. Each decision is its own: one that is refused holds up none of the others.
#[utoipa::path(
    post,
    path = "/v1/admin/vendor-queue/decide",
    tag = "office",
    request_body = DecisionsIn,
    responses((status = 200, body = OutcomesOut))
)]
pub async fn decide_vendors(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    Language(lang): Language,
    ValidJson(body): ValidJson<DecisionsIn>,
) -> Result<Json<OutcomesOut>, Problem> {
    let outcomes = service::decide_many(&app, (&caller, &who), wishes(body.items)?).await;
    let items =
        outcomes.into_iter().map(|(vendor_id, outcome)| outcome_of(vendor_id, outcome, lang)).collect();
    Ok(Json(OutcomesOut { items }))
}

fn wishes(items: Vec<DecisionIn>) -> Result<Vec<(VendorId, Decision)>, Problem> {
    let mut fields = Fields::new();
    fields.take("/items", number(items.len(), 1, MOST));
    let mut wishes = Vec::with_capacity(items.len().min(MOST));
    for (index, item) in items.into_iter().enumerate() {
        let at = format!("/items/{index}/note");
        let given = fields.take_opt(&at, item.note.as_deref().map(note)).flatten();
        let act = match item.decision {
            Judgement::Verify => Act::Verify,
            Judgement::NeedsFix => Act::NeedsFix,
        };
        if act == Act::NeedsFix && item.note.is_none() {
            fields.push(at, Fault::new("required", "Wajib diisi.", "Must not be empty."));
        }
        wishes.push((item.vendor_id, Decision { note: given, ..Decision::to(act) }));
    }
    fields.check()?;
    Ok(wishes)
}

fn outcome_of(vendor_id: VendorId, outcome: Result<vendor::Status, Problem>, lang: Lang) -> OutcomeOut {
    match outcome {
        Ok(status) => OutcomeOut { vendor_id, status: Some(status), code: None, detail: None },
        Err(problem) => {
            let detail = Some(problem.detail.in_lang(lang).to_owned());
            OutcomeOut { vendor_id, status: None, code: Some(problem.code), detail }
        }
    }
}

/// Show how long decisions took, from submission, in all and by officer.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-queue/times",
    tag = "office",
    params(TimesQuery),
    responses((status = 200, body = TimesOut), (status = 422, description = "`invalid`"))
)]
pub async fn get_decision_times(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<TimesQuery>,
) -> Result<Json<TimesOut>, Problem> {
    let mut fields = Fields::new();
    let days = fields.take("?days", number(params.days.unwrap_or(90), 1, 730));
    let days = days.ok_or_else(|| fields.into_problem())?;
    let now = app.now();
    let span = (now - Duration::days(days), now + Duration::seconds(1));
    let decided = query::decisions(app.db.read(), span).await?;
    Ok(Json(times(days, &decided)))
}

fn times(days: i64, decided: &[Decided]) -> TimesOut {
    let verified = decided.iter().filter(|one| one.to_status == vendor::Status::Active).count();
    let took = |one: &Decided| one.since.map(|since| (one.at - since).num_minutes());
    let mut officers: Vec<UserId> = decided.iter().map(|one| one.actor_id).collect();
    officers.sort_unstable();
    officers.dedup();
    let of = |officer: UserId| OfficerTimes {
        officer_id: officer,
        times: durations(decided.iter().filter(|one| one.actor_id == officer).filter_map(took)),
    };
    TimesOut {
        days,
        verified,
        sent_back: decided.len() - verified,
        all: durations(decided.iter().filter_map(took)),
        officers: officers.into_iter().map(of).collect(),
    }
}

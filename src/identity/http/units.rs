//! Work units and who serves them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::members::{PageQuery, given};
use crate::app::App;
use crate::identity::entity::{membership, user, work_unit};
use crate::identity::model::{Login, Term, UnitRole, last_day, masked_email, masked_phone};
use crate::identity::query::members as query;
use crate::identity::service::units::{self, Change, Post, Someone};
use crate::kernel::clock::business_date;
use crate::kernel::fields::text;
use crate::kernel::{Fields, MembershipId, Page, Problem, UserId, WorkUnitId};
use crate::platform::audit::Who;
use crate::web::authz::Scope;
use crate::web::body::created;
use crate::web::query::page_of;
use crate::web::{Api, Area, IfMatch, PathId, PathIds, Policy, Role, ValidJson, ValidQuery, etag};

const UNITS: Policy = Policy::any_of(&[Role::Operator]).area(Area::Operation);
const LIST_UNITS: Policy = Policy::any_of(&[Role::Operator, Role::Auditor]).area(Area::Operation);
const LIST_UNIT_MEMBERS: Policy =
    Policy::any_of(&[Role::Operator, Role::Auditor]).on("work_unit", "work_unit_id");
const CHANGE_UNIT_MEMBER: Policy =
    Policy::any_of(&[Role::Operator]).on("work_unit", "work_unit_id").step_up();
const UPDATE_UNIT_MEMBER: Policy = CHANGE_UNIT_MEMBER.if_match();

/// The routes about work units.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(UNITS, routes!(create_work_unit))
        .route(LIST_UNITS, routes!(list_work_units))
        .route(LIST_UNIT_MEMBERS, routes!(list_unit_members))
        .route(CHANGE_UNIT_MEMBER, routes!(appoint_unit_member))
        .route(UPDATE_UNIT_MEMBER, routes!(update_appointment))
        .route(CHANGE_UNIT_MEMBER, routes!(end_appointment))
}

/// A new work unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkUnitIn {
    /// As the regency numbers its offices, e.g. `1.02.01`.
    code: String,
    name: String,
    #[serde(default)]
    kind: work_unit::Kind,
}

/// An office of the regency that buys.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkUnitOut {
    id: WorkUnitId,
    code: String,
    name: String,
    kind: work_unit::Kind,
    created_at: DateTime<Utc>,
}

impl From<work_unit::Model> for WorkUnitOut {
    fn from(unit: work_unit::Model) -> Self {
        Self { id: unit.id, code: unit.code, name: unit.name, kind: unit.kind, created_at: unit.created_at }
    }
}

/// Who is appointed, to what, by which decree, from the first to the last day in Jakarta.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppointmentIn {
    /// Id, e-mail address or phone number of an account.
    user: String,
    role: UnitRole,
    decree: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

/// What is to be different. What is left out stays; a `null` end is until further notice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppointmentPatch {
    decree: Option<String>,
    valid_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    valid_to: Option<Option<NaiveDate>>,
}

/// Somebody who serves, will serve or has served a work unit.
#[derive(Serialize, ToSchema)]
pub(super) struct UnitMemberOut {
    /// Of the appointment.
    id: MembershipId,
    user_id: UserId,
    name: String,
    /// Masked.
    email: Option<String>,
    /// Masked.
    phone: Option<String>,
    role: String,
    decree: Option<String>,
    /// The first day; null: since ever.
    valid_from: Option<NaiveDate>,
    /// The last day; null: until further notice.
    valid_to: Option<NaiveDate>,
    /// True if the role holds at this moment.
    holds: bool,
    /// What `If-Match` wants when the appointment is changed.
    version: i32,
}

impl UnitMemberOut {
    fn of((row, user): (membership::Model, user::Model), now: DateTime<Utc>) -> Self {
        let begun = row.valid_from.is_none_or(|from| from <= now);
        Self {
            id: row.id,
            user_id: user.id,
            name: user.name,
            email: user.email.as_deref().map(masked_email),
            phone: user.phone.as_deref().map(masked_phone),
            role: row.role,
            decree: row.decree,
            valid_from: row.valid_from.map(business_date),
            valid_to: row.valid_to.map(last_day),
            holds: begun && row.valid_to.is_none_or(|to| to > now),
            version: row.version,
        }
    }
}

/// The number of a decree.
pub(super) fn decree(given: &str) -> Result<String, crate::kernel::fields::Fault> {
    text(given, 1, 120, false)
}

impl AppointmentIn {
    fn parse(self) -> Result<(Someone, Post), Problem> {
        let mut fields = Fields::new();
        let someone = match self.user.parse() {
            Ok(id) => Some(Someone::Id(id)),
            Err(_) => Login::parse(&self.user).map(Someone::Login),
        };
        let decree = fields.take("/decree", decree(&self.decree));
        let term = fields.take("/valid_to", Term::new(self.valid_from, self.valid_to));
        match (someone, decree, term) {
            (Some(someone), Some(decree), Some(term)) => {
                Ok((someone, Post { role: self.role.into(), decree, term }))
            }
            (None, ..) => Err(crate::identity::error::MemberError::no_such_user().into()),
            _ => Err(fields.into_problem()),
        }
    }
}

/// Make a work unit.
#[utoipa::path(
    post,
    path = "/v1/admin/work-units",
    tag = "identity",
    request_body = WorkUnitIn,
    responses((status = 201, body = WorkUnitOut), (status = 409, description = "`work-unit-exists`"))
)]
async fn create_work_unit(
    State(app): State<App>,
    who: Who,
    ValidJson(body): ValidJson<WorkUnitIn>,
) -> Result<(StatusCode, Json<WorkUnitOut>), Problem> {
    let mut fields = Fields::new();
    let code = fields.take("/code", text(&body.code, 1, 40, false));
    let name = fields.take("/name", text(&body.name, 1, 200, false));
    let (Some(code), Some(name)) = (code, name) else {
        return Err(fields.into_problem());
    };
    let unit = units::create(&app, &who, (&code, &name, body.kind)).await?;
    Ok(created(unit.into()))
}

/// List work units, the oldest first.
#[utoipa::path(
    get,
    path = "/v1/admin/work-units",
    tag = "identity",
    params(PageQuery),
    responses((status = 200, body = Page<WorkUnitOut>), (status = 422, description = "`invalid`"))
)]
async fn list_work_units(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<PageQuery>,
) -> Result<Json<Page<WorkUnitOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    Ok(Json(query::work_units(app.db.read(), page).await?.map(Into::into)))
}

/// List who serves, will serve or has served a work unit.
#[utoipa::path(
    get,
    path = "/v1/admin/work-units/{work_unit_id}/members",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path), PageQuery),
    responses((status = 200, body = Page<UnitMemberOut>), (status = 422, description = "`invalid`"))
)]
async fn list_unit_members(
    State(app): State<App>,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidQuery(wanted): ValidQuery<PageQuery>,
) -> Result<Json<Page<UnitMemberOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    if !query::unit_exists(app.db.read(), unit_id).await? {
        return Err(Problem::not_found());
    }
    let rows = query::members(app.db.read(), (Scope::Unit, unit_id.into()), page).await?;
    Ok(Json(rows.map(|row| UnitMemberOut::of(row, app.now()))))
}

/// Appoint somebody in a work unit.
#[utoipa::path(
    post,
    path = "/v1/admin/work-units/{work_unit_id}/members",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path)),
    request_body = AppointmentIn,
    responses((status = 201, body = UnitMemberOut), (status = 409, description = "`already-member`"))
)]
async fn appoint_unit_member(
    State(app): State<App>,
    who: Who,
    PathId(unit_id): PathId<WorkUnitId>,
    ValidJson(body): ValidJson<AppointmentIn>,
) -> Result<(StatusCode, Json<UnitMemberOut>), Problem> {
    let (someone, post) = body.parse()?;
    let row = units::appoint(&app, &who, unit_id, someone, post).await?;
    Ok(created(UnitMemberOut::of(row, app.now())))
}

/// Change the decree or the days of an appointment.
#[utoipa::path(
    patch,
    path = "/v1/admin/work-units/{work_unit_id}/members/{membership_id}",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path), ("membership_id" = MembershipId, Path)),
    request_body = AppointmentPatch,
    responses((status = 200, body = UnitMemberOut))
)]
async fn update_appointment(
    State(app): State<App>,
    who: Who,
    PathIds(ids): PathIds<(WorkUnitId, MembershipId)>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<AppointmentPatch>,
) -> Result<impl IntoResponse, Problem> {
    let decree = body.decree.as_deref().map(decree).transpose();
    let decree = decree.map_err(|fault| Problem::field(fault.at("/decree")))?;
    let change = Change { decree, first: body.valid_from, last: body.valid_to };
    let row = units::change(&app, &who, ids, seen, change).await?;
    Ok((etag(row.0.version), Json(UnitMemberOut::of(row, app.now()))))
}

/// End an appointment now; it stays in the list.
#[utoipa::path(
    delete,
    path = "/v1/admin/work-units/{work_unit_id}/members/{membership_id}",
    tag = "identity",
    params(("work_unit_id" = WorkUnitId, Path), ("membership_id" = MembershipId, Path)),
    responses((status = 204))
)]
async fn end_appointment(
    State(app): State<App>,
    who: Who,
    PathIds(ids): PathIds<(WorkUnitId, MembershipId)>,
) -> Result<StatusCode, Problem> {
    units::end(&app, &who, ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

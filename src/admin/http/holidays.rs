//! The days on which nobody works: deadlines are counted without them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::service;
use crate::app::App;
use crate::kernel::clock::business_date;
use crate::kernel::fields::{number, text};
use crate::kernel::{Fields, HolidayId, Page, Problem};
use crate::platform::audit::Who;
use crate::platform::calendar::{self, Kind};
use crate::web::{Area, PathId, Policy, Role, ValidJson, ValidQuery};

pub(super) const LIST_HOLIDAYS: Policy = Policy::PUBLIC;
pub(super) const ADD_HOLIDAY: Policy = Policy::any_of(&[Role::Operator]).area(Area::Operation).step_up();
pub(super) const REMOVE_HOLIDAY: Policy =
    Policy::any_of(&[Role::Operator]).on("holiday", "holiday_id").area(Area::Operation).step_up();

/// A day on which nobody works.
#[derive(Serialize, ToSchema)]
pub(super) struct HolidayOut {
    id: HolidayId,
    day: String,
    name: String,
    kind: Kind,
}

/// A new day on which nobody works.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddHoliday {
    day: NaiveDate,
    name: String,
    kind: Kind,
}

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HolidayQuery {
    /// This year if nothing is said.
    year: Option<i32>,
}

impl From<calendar::Model> for HolidayOut {
    fn from(row: calendar::Model) -> Self {
        Self { id: row.id, day: row.day, name: row.name, kind: row.kind }
    }
}

/// The holidays of a year, besides Saturdays and Sundays.
#[utoipa::path(get, path = "/v1/holidays", tag = "admin", params(HolidayQuery), responses((status = 200, body = Page<HolidayOut>), (status = 422)))]
pub(super) async fn list_holidays(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<HolidayQuery>,
) -> Result<Json<Page<HolidayOut>>, Problem> {
    let year = params.year.unwrap_or_else(|| business_date(app.now()).year());
    let year = number(year, 2000, 2100).map_err(|fault| Problem::field(fault.at("?year")))?;
    let days = calendar::of_year(app.db.read(), year).await?;
    Ok(Json(Page { items: days.into_iter().map(Into::into).collect(), next_cursor: None }))
}

/// Add a day on which nobody works. Deadlines that run already stay where they are.
#[utoipa::path(post, path = "/v1/admin/holidays", tag = "admin", request_body = AddHoliday,
    responses((status = 201, body = HolidayOut), (status = 409, description = "holiday-exists"), (status = 422)))]
pub(super) async fn add_holiday(
    State(app): State<App>,
    who: Who,
    ValidJson(body): ValidJson<AddHoliday>,
) -> Result<(StatusCode, Json<HolidayOut>), Problem> {
    let mut fields = Fields::new();
    let name = fields.take("/name", text(&body.name, 3, 120, false));
    fields.take("/day", number(body.day.year(), 2000, 2100));
    let Some(name) = name.filter(|_| !fields.any()) else {
        return Err(fields.into_problem());
    };
    let row = service::add_holiday(&app, &who, (body.day, name, body.kind)).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Take a day out of the list.
#[utoipa::path(delete, path = "/v1/admin/holidays/{holiday_id}", tag = "admin", params(("holiday_id" = HolidayId, Path)),
    responses((status = 204), (status = 404)))]
pub(super) async fn remove_holiday(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<HolidayId>,
) -> Result<StatusCode, Problem> {
    service::remove_holiday(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

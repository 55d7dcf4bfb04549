//! Portions of a day: the plan of a product, single days, and one tap for "sold out today".

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::entity::meal_day;
use crate::catalog::model::meal::{self, Plan, RawPlan};
use crate::catalog::query::meals::plan_and_days;
use crate::catalog::query::product_of;
use crate::catalog::service::{self, DayWish, Planned};
use crate::kernel::clock::business_date;
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, Problem, ProductId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, IfMatch, PathIds, Policy, ValidJson, etag};

const CATALOG: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);
const STOCK: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Stock);

pub const SET_MEAL_PLAN: Policy = CATALOG.if_match();
pub const GET_MEAL_PLAN: Policy = STOCK;
pub const SET_MEAL_DAY: Policy = STOCK;
pub const SOLD_OUT_TODAY: Policy = STOCK;
pub const UNDO_SOLD_OUT_TODAY: Policy = STOCK;

/// When a product is made, how late it can be ordered, and where it goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMealPlan {
    /// Portions of the seven weekdays, Monday first; 0 is a day of rest.
    #[schema(min_items = 7, max_items = 7, example = json!([50, 50, 50, 50, 50, 20, 0]))]
    weekdays: Vec<i32>,
    /// So many hours before the window (or the day) begins. Either this, or the next two.
    #[schema(minimum = 0, maximum = 720)]
    cutoff_hours: Option<i32>,
    /// So many days before.
    #[schema(minimum = 0, maximum = 30)]
    cutoff_days: Option<i32>,
    /// Until this time of that day, e.g. `15:00`.
    cutoff_time: Option<String>,
    /// Times at which it is brought, e.g. `10:00-12:00`; none is any time.
    #[serde(default)]
    #[schema(max_items = 60)]
    windows: Vec<String>,
    /// Codes of the districts it is brought to; none is everywhere. Who fetches it may come from anywhere.
    #[serde(default)]
    #[schema(max_items = 60)]
    districts: Vec<String>,
}

/// What is different on one day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMealDay {
    date: NaiveDate,
    /// Portions, not fewer than are ordered. When absent as usual, or as before if the day is closed.
    #[schema(minimum = 0, maximum = 100_000)]
    capacity: Option<i32>,
    /// Takes no more orders for that day; those there are stay.
    #[serde(default)]
    closed: bool,
}

/// The plan of a product with its days.
#[derive(Serialize, ToSchema)]
pub struct MealPlan {
    product_id: ProductId,
    weekdays: [i32; 7],
    cutoff_hours: Option<i32>,
    cutoff_days: Option<i32>,
    cutoff_time: Option<String>,
    windows: Vec<String>,
    districts: Vec<String>,
    /// Days from today on that were ordered for, or about which something was said.
    days: Vec<MealDay>,
}

/// One day of a plan.
#[derive(Serialize, ToSchema)]
pub struct MealDay {
    date: String,
    /// Portions that the shop wants to make; none is a closed day.
    planned: i32,
    /// The same, or as many as were ordered before the shop wanted less.
    capacity: i32,
    /// Portions that are ordered.
    taken: i32,
    /// Whether the shop said how many on this day.
    exception: bool,
    closed: bool,
    sold_out: bool,
}

/// Whether orders for today are taken.
#[derive(Serialize, ToSchema)]
pub struct SoldOutToday {
    date: NaiveDate,
    sold_out: bool,
}

/// Sell a product by the day; `If-Match` is the version of the product.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/products/{product_id}/meal-plan", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path), ("if-match" = String, Header)),
    request_body = SetMealPlan, responses(
    (status = 200, body = MealPlan, headers(("etag" = String, description = "The version of the product"))),
    (status = 409, description = "`part-of-bundle`"), (status = 422, description = "`invalid`")))]
pub async fn set_meal_plan(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
    IfMatch(version): IfMatch,
    ValidJson(body): ValidJson<SetMealPlan>,
) -> Result<impl IntoResponse, Problem> {
    let plan = Plan::parse(&body.into()).map_err(Problem::invalid)?;
    let (planned, version) = service::set_plan(&app, (vendor_id, product_id, version), plan).await?;
    Ok((etag(version), Json(MealPlan::new(planned))))
}

/// The plan of a product and what is ordered for its days.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/products/{product_id}/meal-plan", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)),
    responses((status = 200, body = MealPlan), (status = 404, description = "`not-found`")))]
pub async fn get_meal_plan(
    State(app): State<App>,
    PathIds((vendor_id, product_id)): PathIds<(VendorId, ProductId)>,
) -> Result<Json<MealPlan>, Problem> {
    let db = app.db.read();
    product_of(db, vendor_id, product_id).await?;
    let planned = plan_and_days(db, product_id, business_date(app.now())).await?;
    planned.map(MealPlan::new).map(Json).ok_or_else(Problem::not_found)
}

/// Say what is different on one day: more portions, fewer, or none.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/products/{product_id}/meal-days", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)), request_body = SetMealDay,
    responses((status = 200, body = MealPlan), (status = 409, description = "`no-meal-plan`, `portions-taken`"),
    (status = 422, description = "`invalid`")))]
pub async fn set_meal_day(
    State(app): State<App>,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
    ValidJson(body): ValidJson<SetMealDay>,
) -> Result<Json<MealPlan>, Problem> {
    let wish = body.parse(business_date(app.now()))?;
    Ok(Json(MealPlan::new(service::set_day(&app, ids, wish).await?)))
}

/// Sold out: take no more orders for today.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/products/{product_id}/sold-out-today", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)),
    responses((status = 200, body = SoldOutToday), (status = 409, description = "`no-meal-plan`")))]
pub async fn sold_out_today(
    State(app): State<App>,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
) -> Result<Json<SoldOutToday>, Problem> {
    let date = service::sold_out_today(&app, ids, true).await?;
    Ok(Json(SoldOutToday { date, sold_out: true }))
}

/// Not sold out after all: take orders for today again.
#[utoipa::path(delete, path = "/v1/vendors/{vendor_id}/products/{product_id}/sold-out-today", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("product_id" = ProductId, Path)),
    responses((status = 200, body = SoldOutToday), (status = 409, description = "`no-meal-plan`")))]
pub async fn undo_sold_out_today(
    State(app): State<App>,
    PathIds(ids): PathIds<(VendorId, ProductId)>,
) -> Result<Json<SoldOutToday>, Problem> {
    let date = service::sold_out_today(&app, ids, false).await?;
    Ok(Json(SoldOutToday { date, sold_out: false }))
}

impl From<SetMealPlan> for RawPlan {
    fn from(body: SetMealPlan) -> Self {
        Self {
            weekdays: body.weekdays,
            cutoff_hours: body.cutoff_hours,
            cutoff_days: body.cutoff_days,
            cutoff_time: body.cutoff_time,
            windows: body.windows,
            districts: body.districts,
        }
    }
}

impl SetMealDay {
    fn parse(self, today: NaiveDate) -> Result<DayWish, Problem> {
        let mut fields = Fields::new();
        fields.take_opt("/capacity", self.capacity.map(meal::capacity));
        if self.date < today || self.date > today + chrono::Days::new(366) {
            let fault =
                Fault::new("wrong-day", "Hari sudah lewat atau terlalu jauh.", "Past, or too far ahead.");
            fields.push("/date", fault);
        }
        fields.check()?;
        Ok(DayWish { date: self.date, capacity: self.capacity, closed: self.closed })
    }
}

impl MealPlan {
    fn new((row, days): Planned) -> Self {
        let plan = Plan::of(&row);
        let (cutoff_hours, cutoff_days, minute) = plan.cutoff_columns();
        Self {
            product_id: row.product_id,
            weekdays: plan.weekdays,
            cutoff_hours,
            cutoff_days,
            cutoff_time: minute.map(meal::clock),
            windows: plan.windows.iter().map(|window| window.text()).collect(),
            districts: plan.districts,
            days: days.into_iter().map(MealDay::from).collect(),
        }
    }
}

impl From<meal_day::Model> for MealDay {
    fn from(day: meal_day::Model) -> Self {
        Self {
            date: day.day,
            planned: day.planned,
            capacity: day.capacity,
            taken: day.taken,
            exception: day.is_exception,
            closed: day.is_closed,
            sold_out: day.is_sold_out,
        }
    }
}

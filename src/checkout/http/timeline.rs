//! The timeline of an order, for its buyer, its shop and the office.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::checkout::query::{self, Happening};
use crate::kernel::{OrderId, Page, Problem, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::http::VENDOR_MEMBERS_READ;
use crate::orders::query as orders_query;
use crate::web::{Area, Caller, PathId, PathIds, Policy, Role};

pub(super) const GET_TIMELINE: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub(super) const GET_VENDOR_TIMELINE: Policy = VENDOR_MEMBERS_READ;
pub(super) const GET_TIMELINE_AS_OFFICE: Policy =
    Policy::any_of(&[Role::Officer, Role::Operator, Role::Finance, Role::Auditor]).area(Area::Office);

/// Something that happened to an order.
#[derive(Serialize, ToSchema)]
pub struct HappeningOut {
    at: DateTime<Utc>,
    /// `order.paid`, `shipment_sent`, `return_requested`, `dispute_ruled`, `payment.paid`, `refund.owed`, `refund.paid`, `message` ...
    kind: String,
    /// Who did it.
    by: Actor,
    /// The order, shipment, return, dispute, payment, refund or message.
    object_id: Uuid,
    #[schema(value_type = Object)]
    detail: Value,
    /// What somebody wrote.
    text: Option<String>,
}

impl From<Happening> for HappeningOut {
    fn from(happening: Happening) -> Self {
        let Happening { at, kind, by, object_id, detail, text } = happening;
        Self { at, kind, by, object_id, detail, text }
    }
}

fn page(all: Vec<Happening>) -> Json<Page<HappeningOut>> {
    Json(Page { items: all.into_iter().map(Into::into).collect(), next_cursor: None })
}

/// What happened to one of the caller's orders, the first first.
#[utoipa::path(get, path = "/v1/orders/{order_id}/timeline", tag = "checkout", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = Page<HappeningOut>), (status = 404)))]
pub(super) async fn get_order_timeline(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
) -> Result<Json<Page<HappeningOut>>, Problem> {
    let whole =
        orders_query::of_buyer(app.db.read(), caller.user_id, id).await?.ok_or(OrderError::NotFound)?;
    Ok(page(query::timeline(app.db.read(), &whole.order, true).await?))
}

/// What happened to an order of the shop, the first first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders/{order_id}/timeline", tag = "checkout",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = Page<HappeningOut>), (status = 404)))]
pub(super) async fn get_vendor_order_timeline(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
) -> Result<Json<Page<HappeningOut>>, Problem> {
    let whole = orders_query::of_vendor(app.db.read(), vendor_id, id).await?.ok_or(OrderError::NotFound)?;
    Ok(page(query::timeline(app.db.read(), &whole.order, true).await?))
}

/// What happened to an order, the first first; what both sides wrote to each other only if they went to the office.
#[utoipa::path(get, path = "/v1/admin/orders/{order_id}/timeline", tag = "checkout", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = Page<HappeningOut>), (status = 404)))]
pub(super) async fn get_order_timeline_as_office(
    State(app): State<App>,
    PathId(id): PathId<OrderId>,
) -> Result<Json<Page<HappeningOut>>, Problem> {
    let whole = orders_query::of_system(app.db.read(), id).await?.ok_or(OrderError::NotFound)?;
    let quarrel = !orders_query::claims::disputes_of(app.db.read(), id).await?.is_empty();
    Ok(page(query::timeline(app.db.read(), &whole.order, quarrel).await?))
}

//! Reading orders, and taking one on.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::claims::{DisputeBriefOut, ReturnOut};
use super::out::{OrderDetailOut, OrderEventOut, OrderOut, OrderStatusOut};
use super::parcels::ShipmentOut;
use crate::app::App;
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, OrderId, Page, Problem, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::{Channel, Status};
use crate::orders::error::OrderError;
use crate::orders::query::{self, Filter, Owner, Whole};
use crate::orders::service;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathIds, Policy, Role, ValidQuery};

pub(super) const LIST_ORDERS: Policy = Policy::BUYER.area(Area::Orders);
pub(super) const GET_ORDER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub(super) const LIST_VENDOR_ORDERS: Policy = VENDOR_READ;
pub(super) const GET_VENDOR_ORDER: Policy = VENDOR_READ;
pub(super) const ACCEPT_ORDER: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

pub const VENDOR_READ: Policy = Policy::any_of(&[
    Role::VendorOwner,
    Role::VendorManager,
    Role::VendorStaff,
    Role::Operator,
    Role::Auditor,
])
.on("vendor", "vendor_id")
.area(Area::Orders);

/// What a list of orders is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub struct OrderQuery {
    /// States, separated by commas.
    status: Option<String>,
    /// Exact order number.
    number: Option<String>,
    /// Ids, separated by commas; at most 100.
    ids: Option<String>,
    /// Placed at or after, RFC 3339.
    from: Option<DateTime<Utc>>,
    /// Placed before, RFC 3339.
    to: Option<DateTime<Utc>>,
    /// Where it came in.
    channel: Option<Channel>,
    limit: Option<u64>,
    cursor: Option<String>,
}

impl OrderQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let status = fields.take("?status", each(self.status.as_deref(), parse_status));
        let ids = fields.take("?ids", each(self.ids.as_deref(), |id| id.parse().ok()));
        match (status, ids) {
            (Some(status), Some(ids)) => {
                let (number, channel) = (self.number.clone(), self.channel);
                Ok(Filter { status, ids, number, from: self.from, to: self.to, channel })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

fn parse_status(name: &str) -> Option<Status> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}

fn each<T>(list: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Fault> {
    let items: Vec<&str> = list.unwrap_or_default().split(',').filter(|item| !item.is_empty()).collect();
    if items.len() > 100 {
        return Err(Fault::new("too-many", "Paling banyak 100.", "At most 100."));
    }
    let parsed: Option<Vec<T>> = items.into_iter().map(parse).collect();
    parsed.ok_or_else(|| Fault::new("unknown", "Ada nilai yang tidak dikenal.", "Contains an unknown value."))
}

/// List the caller's orders, the newest first.
#[utoipa::path(get, path = "/v1/orders", tag = "orders", params(OrderQuery), responses((status = 200, body = Page<OrderOut>)))]
pub(super) async fn list_orders(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(query): ValidQuery<OrderQuery>,
) -> Result<Json<Page<OrderOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let orders = query::list(app.db.read(), Owner::Buyer(caller.user_id), &query.filter()?, &page).await?;
    Ok(Json(orders.map(|whole| OrderOut::of(whole, Actor::Buyer, app.now()))))
}

/// Read one of the caller's orders.
#[utoipa::path(get, path = "/v1/orders/{order_id}", tag = "orders", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderDetailOut), (status = 404, description = "No such order, or not yours")))]
pub(super) async fn get_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((id,)): PathIds<(OrderId,)>,
) -> Result<Json<OrderDetailOut>, Problem> {
    let whole = query::of_buyer(app.db.read(), caller.user_id, id).await?.ok_or(OrderError::NotFound)?;
    Ok(Json(detail(&app, whole, Actor::Buyer).await?))
}

/// List the orders of a shop, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders", tag = "orders", params(("vendor_id" = VendorId, Path), OrderQuery),
    responses((status = 200, body = Page<OrderOut>)))]
pub(super) async fn list_vendor_orders(
    State(app): State<App>,
    PathIds((vendor_id,)): PathIds<(VendorId,)>,
    ValidQuery(query): ValidQuery<OrderQuery>,
) -> Result<Json<Page<OrderOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let orders = query::list(app.db.read(), Owner::Vendor(vendor_id), &query.filter()?, &page).await?;
    Ok(Json(orders.map(|whole| OrderOut::of(whole, Actor::Vendor, app.now()))))
}

/// Read one order of a shop.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders/{order_id}", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderDetailOut), (status = 404, description = "No such order of this shop")))]
pub(super) async fn get_vendor_order(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
) -> Result<Json<OrderDetailOut>, Problem> {
    let whole = query::of_vendor(app.db.read(), vendor_id, id).await?.ok_or(OrderError::NotFound)?;
    Ok(Json(detail(&app, whole, Actor::Vendor).await?))
}

/// Take an order on.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/accept", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn accept_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::accept(&app, vendor_id, id, caller.user_id).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

/// An order with everything that belongs to it, in a fixed number of statements.
async fn detail(app: &App, whole: Whole, actor: Actor) -> Result<OrderDetailOut, Problem> {
    let (db, id) = (app.db.read(), whole.order.id);
    let purchase = query::purchase_behind(db, &whole.order).await?.ok_or(OrderError::NotFound)?;
    let events = query::events(db, id).await?;
    let parcels = query::shipments::of_order(db, id).await?;
    let returns = query::claims::returns_of(db, id).await?;
    let disputes = query::claims::disputes_of(db, id).await?;
    let shipping_address = serde_json::from_str(&purchase.shipping_address).map_err(Problem::internal)?;
    Ok(OrderDetailOut {
        shipping_address,
        events: events.into_iter().map(OrderEventOut::of).collect(),
        shipments: parcels.into_iter().map(ShipmentOut::of).collect(),
        returns: returns.into_iter().map(|claim| ReturnOut::of(claim, actor)).collect(),
        disputes: disputes.into_iter().map(DisputeBriefOut::of).collect(),
        order: OrderOut::of(whole, actor, app.now()),
    })
}

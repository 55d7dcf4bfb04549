//! Orders over HTTP: reading them, and the moves that touch no money. The other moves are in `checkout/http.rs`.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::entity::event::{self, Actor};
use super::entity::line;
use super::entity::order::{Channel, DeliveryMethod, Status};
use super::entity::purchase::PaymentMethod;
use super::error::OrderError;
use super::model::{Action, ShippingAddress};
use super::query::{self, Filter, Owner, Whole};
use super::service;
use crate::app::App;
use crate::catalog::model::personal::Chosen;
use crate::kernel::fields::{Fault, text};
use crate::kernel::{
    Fields, OrderId, OrderLineId, Page, Problem, ProductId, PurchaseId, Rupiah, VariantId, VendorId,
};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::query::page_of;
use crate::web::{Api, Area, Caller, PathIds, Policy, Role, ValidJson, ValidQuery};

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(LIST_ORDERS, routes!(list_orders))
        .route(GET_ORDER, routes!(get_order))
        .route(LIST_VENDOR_ORDERS, routes!(list_vendor_orders))
        .route(GET_VENDOR_ORDER, routes!(get_vendor_order))
        .route(ACCEPT_ORDER, routes!(accept_order))
        .route(SHIP_ORDER, routes!(ship_order))
}

const LIST_ORDERS: Policy = Policy::BUYER.area(Area::Orders);
const GET_ORDER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
const LIST_VENDOR_ORDERS: Policy = VENDOR_READ;
const GET_VENDOR_ORDER: Policy = VENDOR_READ;
const ACCEPT_ORDER: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);
const SHIP_ORDER: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

const VENDOR_READ: Policy = Policy::any_of(&[
    Role::VendorOwner,
    Role::VendorManager,
    Role::VendorStaff,
    Role::Operator,
    Role::Auditor,
])
.on("vendor", "vendor_id")
.area(Area::Orders);

/// An order.
#[derive(Serialize, ToSchema)]
pub struct OrderOut {
    id: OrderId,
    number: String,
    purchase_id: PurchaseId,
    vendor_id: VendorId,
    status: Status,
    payment_method: PaymentMethod,
    /// Where it came in; anything but `marketplace` was entered by the shop.
    channel: Channel,
    goods: Rupiah,
    shipping: Rupiah,
    tax: Rupiah,
    discount: Rupiah,
    total: Rupiah,
    delivery: OrderDeliveryOut,
    lines: Vec<OrderLineOut>,
    placed_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// What the caller may do next; clients need no copy of the state machine.
    allowed_actions: Vec<Action>,
}

/// How an order is delivered.
#[derive(Serialize, ToSchema)]
pub struct OrderDeliveryOut {
    method: DeliveryMethod,
    date: Option<String>,
    window: Option<String>,
}

/// One article of an order, as it was sold.
#[derive(Serialize, ToSchema)]
pub struct OrderLineOut {
    id: OrderLineId,
    variant_id: VariantId,
    product_id: ProductId,
    title: String,
    sku: String,
    #[schema(value_type = Object)]
    options: Value,
    unit: String,
    unit_price: Rupiah,
    quantity: i32,
    line_total: Rupiah,
    note: Option<String>,
    /// What was to be made of it.
    personalisation: Vec<Chosen>,
    /// What that cost for one piece; it is in the unit price.
    surcharge: Rupiah,
    /// What the bundle was made of, all pieces together.
    parts: Vec<OrderPartOut>,
}

/// A part of a bundle, as it was sold.
#[derive(Serialize, ToSchema)]
pub struct OrderPartOut {
    variant_id: VariantId,
    product_id: ProductId,
    title: String,
    sku: String,
    unit: String,
    quantity: i32,
}

/// An order with where it goes and what happened to it.
#[derive(Serialize, ToSchema)]
pub struct OrderDetailOut {
    #[serde(flatten)]
    order: OrderOut,
    shipping_address: ShippingAddress,
    events: Vec<OrderEventOut>,
}

/// One move of an order.
#[derive(Serialize, ToSchema)]
pub struct OrderEventOut {
    from: Status,
    to: Status,
    by: Actor,
    note: Option<String>,
    at: DateTime<Utc>,
}

/// Where an order stands after a move.
#[derive(Serialize, ToSchema)]
pub struct OrderStatusOut {
    id: OrderId,
    number: String,
    status: Status,
    allowed_actions: Vec<Action>,
}

/// What a shop says when it sends an order.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShipOrder {
    /// Tracking number, name of the courier ...
    note: Option<String>,
}

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
async fn list_orders(
    State(app): State<App>,
    caller: Caller,
    ValidQuery(query): ValidQuery<OrderQuery>,
) -> Result<Json<Page<OrderOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let orders = query::list(app.db.read(), Owner::Buyer(caller.user_id), &query.filter()?, &page).await?;
    Ok(Json(orders.map(|whole| OrderOut::of(whole, Actor::Buyer))))
}

/// Read one of the caller's orders.
#[utoipa::path(get, path = "/v1/orders/{order_id}", tag = "orders", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderDetailOut), (status = 404, description = "No such order, or not yours")))]
async fn get_order(
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
async fn list_vendor_orders(
    State(app): State<App>,
    PathIds((vendor_id,)): PathIds<(VendorId,)>,
    ValidQuery(query): ValidQuery<OrderQuery>,
) -> Result<Json<Page<OrderOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let orders = query::list(app.db.read(), Owner::Vendor(vendor_id), &query.filter()?, &page).await?;
    Ok(Json(orders.map(|whole| OrderOut::of(whole, Actor::Vendor))))
}

/// Read one order of a shop.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders/{order_id}", tag = "orders",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderDetailOut), (status = 404, description = "No such order of this shop")))]
async fn get_vendor_order(
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
async fn accept_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::accept(&app, vendor_id, id, caller.user_id).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor)))
}

/// Send an order.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/ship", tag = "orders", request_body = Option<ShipOrder>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
async fn ship_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<ShipOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let note = optional_note(body.and_then(|ValidJson(body)| body.note))?;
    let whole = service::ship(&app, vendor_id, id, (caller.user_id, note)).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor)))
}

/// A note that may be left out.
pub fn optional_note(note: Option<String>) -> Result<Option<String>, Problem> {
    let note = note.map(|note| text(&note, 0, 500, true)).transpose();
    let note = note.map_err(|fault| Problem::field(fault.at("/note")))?;
    Ok(note.filter(|note| !note.is_empty()))
}

async fn detail(app: &App, whole: Whole, actor: Actor) -> Result<OrderDetailOut, Problem> {
    let purchase = query::purchase_behind(app.db.read(), &whole.order).await?.ok_or(OrderError::NotFound)?;
    let events = query::events(app.db.read(), whole.order.id).await?;
    let shipping_address = serde_json::from_str(&purchase.shipping_address).map_err(Problem::internal)?;
    let events = events.into_iter().map(OrderEventOut::of).collect();
    Ok(OrderDetailOut { order: OrderOut::of(whole, actor), shipping_address, events })
}

impl OrderOut {
    fn of(whole: Whole, actor: Actor) -> Self {
        let Whole { order, lines } = whole;
        Self {
            id: order.id,
            number: order.number,
            purchase_id: order.purchase_id,
            vendor_id: order.vendor_id,
            status: order.status,
            payment_method: order.payment_method,
            channel: order.channel,
            goods: order.goods_total,
            shipping: order.shipping_total,
            tax: order.tax_total,
            discount: order.discount_total,
            total: order.total,
            delivery: OrderDeliveryOut {
                method: order.delivery_method,
                date: order.delivery_date,
                window: order.delivery_window,
            },
            lines: OrderLineOut::all(lines),
            placed_at: order.placed_at,
            updated_at: order.updated_at,
            allowed_actions: order.status.allowed_actions(actor),
        }
    }
}

impl OrderLineOut {
    /// Lines with the parts of bundles inside.
    fn all(lines: Vec<line::Model>) -> Vec<Self> {
        let (parts, lines): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.parent_id.is_some());
        lines.into_iter().map(|line| Self::of(line, &parts)).collect()
    }

    fn of(line: line::Model, parts: &[line::Model]) -> Self {
        let of_line = parts.iter().filter(|part| part.parent_id == Some(line.id));
        Self {
            parts: of_line.map(OrderPartOut::of).collect(),
            personalisation: line
                .personalisation
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
            surcharge: line.surcharge,
            id: line.id,
            variant_id: line.variant_id,
            product_id: line.product_id,
            title: line.title,
            sku: line.sku,
            options: serde_json::from_str(&line.options).unwrap_or_default(),
            unit: line.unit,
            unit_price: line.unit_price,
            quantity: line.quantity,
            line_total: line.line_total,
            note: line.note,
        }
    }
}

impl OrderPartOut {
    fn of(part: &line::Model) -> Self {
        Self {
            variant_id: part.variant_id,
            product_id: part.product_id,
            title: part.title.clone(),
            sku: part.sku.clone(),
            unit: part.unit.clone(),
            quantity: part.quantity,
        }
    }
}

impl OrderEventOut {
    fn of(event: event::Model) -> Self {
        Self {
            from: event.from_status,
            to: event.to_status,
            by: event.actor,
            note: event.note,
            at: event.created_at,
        }
    }
}

impl OrderStatusOut {
    /// Where the order stands, for the one who moved it.
    pub fn of(whole: &Whole, actor: Actor) -> Self {
        Self {
            id: whole.order.id,
            number: whole.order.number.clone(),
            status: whole.order.status,
            allowed_actions: whole.order.status.allowed_actions(actor),
        }
    }
}

//! Moves of orders that touch money: cancel, receive, decline, deliver.

use axum::Json;
use axum::extract::State;

use super::{OptionalNote, note_of};
use crate::app::App;
use crate::checkout::service;
use crate::kernel::{OrderId, Problem, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::http::OrderStatusOut;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, Caller, PathId, PathIds, Policy, ValidJson};

pub(super) const CANCEL_ORDER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub(super) const RECEIVE_ORDER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
pub(super) const DECLINE_ORDER: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);
pub(super) const DELIVER_ORDER: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

/// Call an order off. An unpaid purchase is cancelled as a whole, a paid one per order with its money back.
#[utoipa::path(post, path = "/v1/orders/{order_id}/cancel", tag = "checkout", params(("order_id" = OrderId, Path)), request_body = Option<OptionalNote>,
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn cancel_order(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::cancel(&app, caller.user_id, id, note_of(body)?).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer)))
}

/// Confirm that an order came.
#[utoipa::path(post, path = "/v1/orders/{order_id}/receive", tag = "checkout", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn receive_order(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::receive(&app, caller.user_id, id).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer)))
}

/// Refuse an order; what was paid for it goes back.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/decline", tag = "checkout", request_body = Option<OptionalNote>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn decline_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::decline(&app, vendor_id, id, (caller.user_id, note_of(body)?)).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor)))
}

/// Hand an order over; cash on delivery is collected now.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/deliver", tag = "checkout", request_body = Option<OptionalNote>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn deliver_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::deliver(&app, vendor_id, id, (caller.user_id, note_of(body)?)).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor)))
}

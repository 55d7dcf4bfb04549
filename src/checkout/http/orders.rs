//! Moves of orders that touch money: cancel, receive, decline, deliver.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::service::{self, Ending, Receipt};
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, OrderFileId, OrderId, OrderLineId, Phone, Problem, ShipmentId, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::EndReason;
use crate::orders::http::{OrderStatusOut, optional_note, optional_text};
use crate::orders::service::shipments::{Counted, HandedOver};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, Caller, PathId, PathIds, Policy, ValidJson};

pub(super) const CANCEL_ORDER: Policy = BUYER;
pub(super) const RECEIVE_ORDER: Policy = BUYER;
pub(super) const RECEIVE_SHIPMENT: Policy = BUYER;
pub(super) const DECLINE_ORDER: Policy = MEMBERS;
pub(super) const CANCEL_VENDOR_ORDER: Policy = MEMBERS;
pub(super) const DELIVER_ORDER: Policy = MEMBERS;
pub(super) const DELIVER_SHIPMENT: Policy = MEMBERS;

const BUYER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

/// Why somebody ends an order.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EndOrder {
    reason: Option<EndReason>,
    note: Option<String>,
}

/// Who took the goods.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeliverOrder {
    note: Option<String>,
    recipient_name: Option<String>,
    /// E.g. neighbour, guard, receptionist.
    recipient_position: Option<String>,
    recipient_phone: Option<String>,
    /// A picture that was sent before as a file of the order.
    photo_id: Option<OrderFileId>,
}

/// What the buyer counted; what is not named is all there.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiveShipment {
    lines: Vec<CountedLine>,
    note: Option<String>,
}

/// What came of an article.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedLine {
    line_id: OrderLineId,
    received: i32,
    /// What is wrong with it.
    #[serde(default)]
    problem: Option<String>,
}

impl EndOrder {
    fn ending(body: Option<ValidJson<Self>>) -> Result<Ending, Problem> {
        let body = body.map(|ValidJson(body)| body).unwrap_or_default();
        Ok(Ending { reason: body.reason, note: optional_note(body.note)? })
    }
}

impl DeliverOrder {
    fn proof(body: Option<ValidJson<Self>>) -> Result<(Option<String>, HandedOver), Problem> {
        let body = body.map(|ValidJson(body)| body).unwrap_or_default();
        let mut fields = Fields::new();
        let phone = body.recipient_phone.as_deref().map(Phone::parse);
        let phone = fields.take_opt("/recipient_phone", phone).flatten();
        fields.check()?;
        let proof = HandedOver {
            recipient_name: optional_text(body.recipient_name, "/recipient_name", 100)?,
            recipient_position: optional_text(body.recipient_position, "/recipient_position", 100)?,
            recipient_phone: phone.map(|phone| phone.as_str().to_owned()),
            photo_id: body.photo_id,
        };
        Ok((optional_note(body.note)?, proof))
    }
}

impl ReceiveShipment {
    fn receipt(body: Option<ValidJson<Self>>) -> Result<Receipt, Problem> {
        let body = body.map(|ValidJson(body)| body).unwrap_or_default();
        if body.lines.len() > 200 {
            let fault = Fault::new("too-many", "Paling banyak 200.", "At most 200.");
            return Err(Problem::field(fault.at("/lines")));
        }
        let counted = |line: CountedLine| -> Result<Counted, Problem> {
            let problem = optional_text(line.problem, "/lines", 300)?;
            Ok(Counted { line_id: line.line_id, received: line.received, problem })
        };
        let counted = body.lines.into_iter().map(counted).collect::<Result<_, _>>()?;
        Ok(Receipt { counted, note: optional_note(body.note)? })
    }
}

/// Call an order off. An unpaid purchase is cancelled as a whole, a paid one per order with its money back.
#[utoipa::path(post, path = "/v1/orders/{order_id}/cancel", tag = "checkout", params(("order_id" = OrderId, Path)), request_body = Option<EndOrder>,
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state"), (status = 422)))]
pub(super) async fn cancel_order(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    body: Option<ValidJson<EndOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::cancel(&app, caller.user_id, id, EndOrder::ending(body)?).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer, app.now())))
}

/// Confirm that an order came.
#[utoipa::path(post, path = "/v1/orders/{order_id}/receive", tag = "checkout", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state, claim-open")))]
pub(super) async fn receive_order(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::receive(&app, caller.user_id, id).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer, app.now())))
}

/// Count what came in one shipment. With the last one the order is received if everything was there, else it stays delivered.
#[utoipa::path(post, path = "/v1/orders/{order_id}/shipments/{shipment_id}/receive", tag = "checkout",
    params(("order_id" = OrderId, Path), ("shipment_id" = ShipmentId, Path)), request_body = Option<ReceiveShipment>,
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state, shipment-state"), (status = 422)))]
pub(super) async fn receive_shipment(
    State(app): State<App>,
    caller: Caller,
    PathIds((id, shipment)): PathIds<(OrderId, ShipmentId)>,
    body: Option<ValidJson<ReceiveShipment>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let receipt = ReceiveShipment::receipt(body)?;
    let whole = service::receive_shipment(&app, caller.user_id, (id, shipment), receipt).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer, app.now())))
}

/// Refuse an order; what was paid for it goes back.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/decline", tag = "checkout", request_body = Option<EndOrder>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state"), (status = 422)))]
pub(super) async fn decline_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<EndOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::decline(&app, (vendor_id, id), caller.user_id, EndOrder::ending(body)?).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

/// Call off an order that was accepted, as long as nothing has left; what was paid for it goes back.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/cancel", tag = "checkout", request_body = Option<EndOrder>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state"), (status = 422)))]
pub(super) async fn cancel_vendor_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<EndOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let ending = EndOrder::ending(body)?;
    let whole = service::cancel_by_shop(&app, (vendor_id, id), caller.user_id, ending).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

/// Hand an order over; cash on delivery is collected now.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/deliver", tag = "checkout", request_body = Option<DeliverOrder>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state"), (status = 422)))]
pub(super) async fn deliver_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<DeliverOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let (note, proof) = DeliverOrder::proof(body)?;
    let whole = service::deliver(&app, (vendor_id, id), None, (caller.user_id, note), proof).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

/// Hand one shipment over. With the last one of an order that was sent whole, cash on delivery is collected.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/shipments/{shipment_id}/deliver", tag = "checkout",
    request_body = Option<DeliverOrder>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("shipment_id" = ShipmentId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state, shipment-state"), (status = 422)))]
pub(super) async fn deliver_shipment(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id, shipment)): PathIds<(VendorId, OrderId, ShipmentId)>,
    body: Option<ValidJson<DeliverOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let (note, proof) = DeliverOrder::proof(body)?;
    let by = (caller.user_id, note);
    let whole = service::deliver(&app, (vendor_id, id), Some(shipment), by, proof).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

//! Sending an order, whole or in parts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::out::OrderStatusOut;
use super::{optional_note, optional_text};
use crate::app::App;
use crate::kernel::{OrderFileId, OrderId, OrderLineId, Problem, ShipmentId, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::shipment::Status;
use crate::orders::entity::shipment_line;
use crate::orders::model::parcel::Pieces;
use crate::orders::query::shipments::Parcel;
use crate::orders::service::shipments::{self, NewParcel};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, Caller, PathIds, Policy, ValidJson};

pub(super) const SHIP_ORDER: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);
pub(super) const SEND_SHIPMENT: Policy =
    Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

/// One parcel of an order.
#[derive(Serialize, ToSchema)]
pub struct ShipmentOut {
    id: ShipmentId,
    /// Counts the shipments of the order.
    number: i32,
    status: Status,
    carrier: Option<String>,
    tracking_number: Option<String>,
    note: Option<String>,
    lines: Vec<ShipmentLineOut>,
    sent_at: DateTime<Utc>,
    delivered_at: Option<DateTime<Utc>>,
    /// Who took it, and in which position.
    recipient_name: Option<String>,
    recipient_position: Option<String>,
    /// A file of the order.
    photo_id: Option<OrderFileId>,
    received_at: Option<DateTime<Utc>>,
    receipt_note: Option<String>,
}

/// What of an article is in a parcel.
#[derive(Serialize, ToSchema)]
pub struct ShipmentLineOut {
    line_id: OrderLineId,
    quantity: i32,
    /// What the buyer counted.
    received: Option<i32>,
    /// What the buyer found wrong.
    problem: Option<String>,
}

impl ShipmentOut {
    /// As both sides see it.
    pub fn of(parcel: Parcel) -> Self {
        let Parcel { shipment, lines } = parcel;
        Self {
            id: shipment.id,
            number: shipment.number,
            status: shipment.status,
            carrier: shipment.carrier,
            tracking_number: shipment.tracking_number,
            note: shipment.note,
            lines: lines.into_iter().map(ShipmentLineOut::of).collect(),
            sent_at: shipment.sent_at,
            delivered_at: shipment.delivered_at,
            recipient_name: shipment.recipient_name,
            recipient_position: shipment.recipient_position,
            photo_id: shipment.photo_id,
            received_at: shipment.received_at,
            receipt_note: shipment.receipt_note,
        }
    }
}

impl ShipmentLineOut {
    fn of(line: shipment_line::Model) -> Self {
        Self {
            line_id: line.line_id,
            quantity: line.quantity,
            received: line.received,
            problem: line.problem,
        }
    }
}

/// What a shop says when it sends all that is left of an order.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShipOrder {
    carrier: Option<String>,
    tracking_number: Option<String>,
    /// Whatever else the buyer should know.
    note: Option<String>,
}

/// What a shop says when it sends a part of an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendShipment {
    lines: Vec<ShipmentLineIn>,
    #[serde(default)]
    carrier: Option<String>,
    #[serde(default)]
    tracking_number: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// So many pieces of an article.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentLineIn {
    line_id: OrderLineId,
    quantity: i32,
}

/// A parcel that was sent, and where the order stands.
#[derive(Serialize, ToSchema)]
pub struct SentOut {
    shipment_id: ShipmentId,
    order: OrderStatusOut,
}

impl ShipOrder {
    fn parcel(self) -> Result<NewParcel, Problem> {
        Ok(NewParcel {
            lines: None,
            carrier: optional_text(self.carrier, "/carrier", 60)?,
            tracking_number: optional_text(self.tracking_number, "/tracking_number", 60)?,
            note: optional_note(self.note)?,
        })
    }
}

/// Send all that is left of an order.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/ship", tag = "orders", request_body = Option<ShipOrder>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn ship_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<ShipOrder>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let parcel = body.map(|ValidJson(body)| body).unwrap_or_default().parcel()?;
    let (whole, _) = shipments::send(&app, (vendor_id, id), caller.user_id, parcel).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

/// Send a part of an order. With the last piece the order is on its way.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/shipments", tag = "orders", request_body = SendShipment,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 201, body = SentOut), (status = 404), (status = 409, description = "order-state"), (status = 422)))]
pub(super) async fn send_shipment(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    ValidJson(body): ValidJson<SendShipment>,
) -> Result<(StatusCode, Json<SentOut>), Problem> {
    let SendShipment { lines, carrier, tracking_number, note } = body;
    let lines = lines.into_iter().map(|line| Pieces { line_id: line.line_id, quantity: line.quantity });
    let said = ShipOrder { carrier, tracking_number, note }.parcel()?;
    let parcel = NewParcel { lines: Some(lines.collect()), ..said };
    let (whole, shipment_id) = shipments::send(&app, (vendor_id, id), caller.user_id, parcel).await?;
    let order = OrderStatusOut::of(&whole, Actor::Vendor, app.now());
    Ok((StatusCode::CREATED, Json(SentOut { shipment_id, order })))
}

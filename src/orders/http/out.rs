//! Orders as their buyers and shops see them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::claims::{DisputeBriefOut, ReturnOut};
use super::parcels::ShipmentOut;
use crate::catalog::model::personal::Chosen;
use crate::kernel::{OrderId, OrderLineId, ProductId, PurchaseId, Rupiah, VariantId, VendorId};
use crate::orders::entity::event::{self, Actor};
use crate::orders::entity::line;
use crate::orders::entity::order::{Channel, DeliveryMethod, EndReason, Status};
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::model::{Action, ShippingAddress, allowed_actions};
use crate::orders::query::Whole;

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
    /// The shop accepts it until then, or it ends by itself.
    accept_by: Option<DateTime<Utc>>,
    /// The shop sends it until then.
    ship_by: Option<DateTime<Utc>>,
    /// True if it should have been sent by now.
    is_late: bool,
    delivered_at: Option<DateTime<Utc>>,
    /// It counts as received then, unless something is open.
    complete_at: Option<DateTime<Utc>>,
    /// Something can be given back until then.
    return_by: Option<DateTime<Utc>>,
    /// The office can be asked to decide until then.
    dispute_by: Option<DateTime<Utc>>,
    /// True while a return or a dispute keeps it from its end.
    has_claims: bool,
    /// Why it ended, where it ended without a sale.
    end_reason: Option<EndReason>,
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
    /// Pieces in shipments.
    shipped: i32,
    /// Pieces that went back or are about to.
    returned: i32,
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
    pub(super) order: OrderOut,
    pub(super) shipping_address: ShippingAddress,
    pub(super) events: Vec<OrderEventOut>,
    pub(super) shipments: Vec<ShipmentOut>,
    pub(super) returns: Vec<ReturnOut>,
    pub(super) disputes: Vec<DisputeBriefOut>,
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

impl OrderOut {
    /// As one side sees it now.
    pub fn of(whole: Whole, actor: Actor, now: DateTime<Utc>) -> Self {
        let Whole { order, lines } = whole;
        Self {
            allowed_actions: allowed_actions(&order, actor, now),
            is_late: order.status == Status::Accepted && order.ship_by.is_some_and(|by| by < now),
            has_claims: order.has_claims(),
            // Before it is paid nobody waits for the shop.
            accept_by: order.accept_by.filter(|_| order.status != Status::AwaitingPayment),
            ship_by: order.ship_by,
            delivered_at: order.delivered_at,
            complete_at: order.complete_at.filter(|_| order.status == Status::Delivered),
            return_by: order.return_by,
            dispute_by: order.dispute_by,
            end_reason: order.end_reason,
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
            shipped: line.shipped,
            returned: line.returned,
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
    pub(super) fn of(event: event::Model) -> Self {
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
    pub fn of(whole: &Whole, actor: Actor, now: DateTime<Utc>) -> Self {
        Self {
            id: whole.order.id,
            number: whole.order.number.clone(),
            status: whole.order.status,
            allowed_actions: allowed_actions(&whole.order, actor, now),
        }
    }
}

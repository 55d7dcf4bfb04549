//! The goods reach the buyer: cash is collected, and the shop has earned the money.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::service::end::close_open;
use crate::kernel::{OrderId, ShipmentId, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::Status;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::shipments::{self, Counted, HandedOver};
use crate::orders::service::{self as orders, By};
use crate::payments::entity::payment;
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::payments::service as payments;
use crate::settlement::service::release;

/// The shop hands over an order, or one parcel of it. With the last parcel of an order that was sent whole, the order is
/// there, and cash on delivery is collected.
pub async fn deliver(
    app: &App,
    (vendor, id): (VendorId, OrderId),
    shipment: Option<ShipmentId>,
    (by, note): (UserId, Option<String>),
    proof: HandedOver,
) -> Result<Whole, CheckoutError> {
    let found = orders_query::of_vendor(app.db.read(), vendor, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let by = By::person(Actor::Vendor, by);
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut orders = [orders_query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    shipments::hand_over(&txn, &orders[0].order, shipment, (by, &proof), now).await?;
    let complete = shipment.is_none() || shipments::stand(&txn, id).await?.all_there;
    if complete && (shipment.is_none() || orders[0].order.status == Status::Shipped) {
        orders::advance(&txn, &mut orders, Status::Delivered, (by, note.as_deref()), now).await?;
        collect_cash(&txn, &mut payment, &orders[0], now).await?;
    }
    app.commit(txn).await?;
    let [delivered] = orders;
    Ok(delivered)
}

/// The buyer confirms that an order came; the money is the shop's.
pub async fn receive(app: &App, buyer: UserId, id: OrderId) -> Result<Whole, CheckoutError> {
    let found = orders_query::of_buyer(app.db.read(), buyer, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut orders = [orders_query::of_buyer(&txn, buyer, id).await?.ok_or(OrderError::NotFound)?];
    complete(&txn, &mut payment, &mut orders, By::person(Actor::Buyer, buyer), now).await?;
    shipments::count_all(&txn, &orders[0].order, now).await?;
    app.commit(txn).await?;
    let [received] = orders;
    Ok(received)
}

/// What a buyer counted in a parcel.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    pub counted: Vec<Counted>,
    pub note: Option<String>,
}

/// The buyer counts one parcel. With the last one the order is received if everything was there, else it stays delivered:
/// something can still be given back, and the office asked.
pub async fn receive_shipment(
    app: &App,
    buyer: UserId,
    (id, shipment): (OrderId, ShipmentId),
    receipt: Receipt,
) -> Result<Whole, CheckoutError> {
    let found = orders_query::of_buyer(app.db.read(), buyer, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let by = By::person(Actor::Buyer, buyer);
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut orders = [orders_query::of_buyer(&txn, buyer, id).await?.ok_or(OrderError::NotFound)?];
    let said = (by, receipt.counted.as_slice(), receipt.note);
    shipments::count(&txn, &orders[0].order, shipment, said, now).await?;
    let parcels = shipments::stand(&txn, id).await?;
    let (status, claimed) = (orders[0].order.status, orders[0].order.has_claims());
    let sent = matches!(status, Status::Shipped | Status::Delivered);
    if sent && parcels.all_counted && parcels.all_well && !claimed {
        complete(&txn, &mut payment, &mut orders, by, now).await?;
    } else if status == Status::Shipped && parcels.all_there {
        orders::advance(&txn, &mut orders, Status::Delivered, (by, None), now).await?;
        collect_cash(&txn, &mut payment, &orders[0], now).await?;
    }
    app.commit(txn).await?;
    let [received] = orders;
    Ok(received)
}

/// An order comes to its good end: cash that was not collected is, and the money is the shop's.
pub(super) async fn complete(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    orders: &mut [Whole; 1],
    by: By,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let was_delivered = orders[0].order.status == Status::Delivered;
    orders::advance(txn, orders, Status::Completed, (by, None), now).await?;
    if !was_delivered {
        collect_cash(txn, payment, &orders[0], now).await?;
    }
    Ok(release(txn, payment, &orders[0], now).await?)
}

/// Books the cash of one order; the payment is paid with the last order that was not called off.
async fn collect_cash(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    if payment.method != PaymentMethod::Cod {
        return Ok(());
    }
    let (order, escrow) = (&whole.order, Account::escrow(payment.purchase_id));
    let entry =
        |kind, debit, credit| Entry { kind, debit, credit, amount: order.total, order_id: Some(order.id) };
    let entries = [
        entry(Kind::Capture, Account::CASH, escrow),
        entry(Kind::Hold, escrow, Account::held(order.vendor_id)),
    ];
    ledger::post(txn, Cause::Payment(payment.id), &entries, now).await?;
    close_open(txn, payment, payment::Status::Paid, now).await
}

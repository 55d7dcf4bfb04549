//! The goods reach the buyer: cash is collected, and the shop has earned the money.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::service::end::close_open;
use crate::kernel::{OrderId, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::Status;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::{self as orders, By};
use crate::payments::entity::payment;
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Entry};
use crate::payments::service as payments;

/// The shop hands an order over; cash on delivery is collected now.
pub async fn deliver(
    app: &App,
    vendor: VendorId,
    id: OrderId,
    (by, note): (UserId, Option<String>),
) -> Result<Whole, CheckoutError> {
    let found = orders_query::of_vendor(app.db.read(), vendor, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut orders = [orders_query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    let by = (By::person(Actor::Vendor, by), note.as_deref());
    orders::advance(&txn, &mut orders, Status::Delivered, by, now).await?;
    collect_cash(&txn, &mut payment, &orders[0], now).await?;
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
    let was_delivered = orders[0].order.status == Status::Delivered;
    orders::advance(&txn, &mut orders, Status::Completed, (By::person(Actor::Buyer, buyer), None), now)
        .await?;
    if !was_delivered {
        collect_cash(&txn, &mut payment, &orders[0], now).await?;
    }
    release(&txn, &payment, &orders[0], now).await?;
    app.commit(txn).await?;
    let [received] = orders;
    Ok(received)
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
    ledger::post(txn, payment.id, &entries, now).await?;
    close_open(txn, payment, payment::Status::Paid, now).await
}

async fn release(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let order = &whole.order;
    let entry = Entry {
        kind: Kind::Release,
        debit: Account::held(order.vendor_id),
        credit: Account::payable(order.vendor_id),
        amount: order.total,
        order_id: Some(order.id),
    };
    Ok(ledger::post(txn, payment.id, &[entry], now).await?)
}

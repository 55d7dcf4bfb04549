//! Ends without a sale that people cause: cancel, decline, a failed payment. Stock and money go back.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::service::owe::{Wanted, owe};
use crate::kernel::fields::Fault;
use crate::kernel::{OrderId, PaymentId, Problem, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::{EndReason, Status};
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::{self as orders, By};
use crate::payments::entity::payment;
use crate::payments::{PaymentError, query, service as payments};
use crate::settlement::service::release;

/// Why somebody ends an order.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    pub reason: Option<EndReason>,
    pub note: Option<String>,
}

impl Ending {
    /// Refuses a reason of the other side's.
    fn check(&self, actor: Actor) -> Result<(), CheckoutError> {
        match self.reason {
            Some(reason) if !reason.is_of(actor) => {
                let fault = Fault::new(
                    "not-yours",
                    "Alasan ini bukan milik pihak Anda.",
                    "This is no reason of your side's.",
                );
                Err(Problem::field(fault.at("/reason")).into())
            }
            _ => Ok(()),
        }
    }
}

/// The buyer calls an order off. An unpaid purchase is cancelled as a whole, a paid one per order with its money back.
pub async fn cancel(app: &App, buyer: UserId, id: OrderId, ending: Ending) -> Result<Whole, CheckoutError> {
    ending.check(Actor::Buyer)?;
    let found = orders_query::of_buyer(app.db.read(), buyer, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let by = (By::person(Actor::Buyer, buyer).because(ending.reason), ending.note.as_deref());
    let whole = orders_query::of_buyer(&txn, buyer, id).await?.ok_or(OrderError::NotFound)?;
    let mut orders = match whole.order.status {
        Status::AwaitingPayment => orders_query::of_purchase(&txn, whole.order.purchase_id).await?,
        _ => vec![whole],
    };
    void(&txn, &mut payment, &mut orders, (Status::Cancelled, by), now).await?;
    app.commit(txn).await?;
    orders.into_iter().find(|whole| whole.order.id == id).ok_or(OrderError::NotFound.into())
}

/// The shop refuses an order; what was paid for it goes back.
pub async fn decline(
    app: &App,
    (vendor, id): (VendorId, OrderId),
    by: UserId,
    ending: Ending,
) -> Result<Whole, CheckoutError> {
    end_by_shop(app, (vendor, id), by, (Status::Declined, ending)).await
}

/// The shop calls off what it had accepted, as long as nothing has left; what was paid for it goes back.
pub async fn cancel_by_shop(
    app: &App,
    (vendor, id): (VendorId, OrderId),
    by: UserId,
    ending: Ending,
) -> Result<Whole, CheckoutError> {
    end_by_shop(app, (vendor, id), by, (Status::Cancelled, ending)).await
}

async fn end_by_shop(
    app: &App,
    (vendor, id): (VendorId, OrderId),
    by: UserId,
    (to, ending): (Status, Ending),
) -> Result<Whole, CheckoutError> {
    ending.check(Actor::Vendor)?;
    let found = orders_query::of_vendor(app.db.read(), vendor, id).await?.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut orders = [orders_query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    let by = (By::person(Actor::Vendor, by).because(ending.reason), ending.note.as_deref());
    void(&txn, &mut payment, &mut orders, (to, by), now).await?;
    app.commit(txn).await?;
    let [ended] = orders;
    Ok(ended)
}

/// A sandbox payment fails: the purchase is cancelled as a whole.
pub async fn fail(app: &App, buyer: UserId, id: PaymentId) -> Result<payment::Status, CheckoutError> {
    let found = query::of_buyer(app.db.read(), buyer, id).await?.ok_or(PaymentError::NotFound)?;
    if found.method != PaymentMethod::Sandbox {
        return Err(PaymentError::WrongMethod.into());
    }
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.purchase_id, now).await?;
    if !payment.status.is_open() {
        return Err(PaymentError::WrongState(payment.status).into());
    }
    let mut orders = orders_query::of_purchase(&txn, payment.purchase_id).await?;
    void(
        &txn,
        &mut payment,
        &mut orders,
        (Status::Cancelled, (By::SYSTEM.because(Some(EndReason::NotPaid)), None)),
        now,
    )
    .await?;
    app.commit(txn).await?;
    Ok(payment.status)
}

/// Ends orders without a sale: stock goes back, and so does the money if it came; an open payment ends with the last order.
pub(super) async fn void(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    orders: &mut [Whole],
    (to, by): (Status, (By, Option<&str>)),
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    orders::advance(txn, orders, to, by, now).await?;
    orders::return_stock(txn, orders, now).await?;
    if payment.status.is_open() {
        let end = if to == Status::Expired { payment::Status::Expired } else { payment::Status::Cancelled };
        return close_open(txn, payment, end, now).await;
    }
    for whole in orders.iter() {
        owe(txn, payment, whole, Wanted::whole(format!("end:{}", whole.order.id)), now).await?;
        keep_with_shop(txn, payment, whole, now).await?;
    }
    let all = orders_query::of_purchase(txn, payment.purchase_id).await?;
    let nothing_left = all.iter().all(|whole| whole.order.status.is_void());
    if nothing_left && payment.status.may_become(payment::Status::RefundPending) {
        payments::advance(txn, payment, payment::Status::RefundPending, now).await?;
    }
    Ok(())
}

/// Nothing of an order that ends without a sale is left to release; but what its buyer paid the shop itself is there, and is
/// owed by the shop.
pub(super) async fn keep_with_shop(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    if payment.method == PaymentMethod::DirectToVendor {
        release(txn, payment, whole, now).await?;
    }
    Ok(())
}

/// Closes an open payment once every order has come to its end: as `end` if nothing was sold, else as paid in cash.
pub(super) async fn close_open(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    end: payment::Status,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let all = orders_query::of_purchase(txn, payment.purchase_id).await?;
    let handed_over = |status: Status| matches!(status, Status::Delivered | Status::Completed);
    if all.iter().any(|whole| !whole.order.status.is_void() && !handed_over(whole.order.status)) {
        return Ok(());
    }
    // What came back later was sold all the same: its cash was taken.
    let sold = all.iter().any(|whole| handed_over(whole.order.status) || whole.order.delivered_at.is_some());
    Ok(payments::advance(txn, payment, if sold { payment::Status::Paid } else { end }, now).await?)
}

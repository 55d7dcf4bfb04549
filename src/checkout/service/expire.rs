//! Ends that the clock causes: nobody paid, the shop did not accept, or nobody said anything after the delivery.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::json;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::service::end::void;
use crate::checkout::service::fulfil::complete;
use crate::kernel::PaymentId;
use crate::orders::OrderError;
use crate::orders::entity::act::Kind;
use crate::orders::entity::order::{EndReason, Status};
use crate::orders::jobs::Deadline;
use crate::orders::model::deadline::Stage;
use crate::orders::query as orders_query;
use crate::orders::query::Whole;
use crate::orders::service::{self as orders, By, deadlines, news, write_act};
use crate::payments::entity::payment;
use crate::payments::{query, service as payments};

/// Lets an unpaid purchase expire; does nothing if somebody acted.
pub async fn expire(app: &App, id: PaymentId) -> Result<(), CheckoutError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let Some(found) = query::of_platform(&txn, id).await? else {
        return Ok(());
    };
    let mut payment = payments::lock(&txn, found.purchase_id, now).await?;
    let mut orders = orders_query::of_purchase(&txn, found.purchase_id).await?;
    if orders.is_empty() || orders.iter().any(|whole| whole.order.status != Status::AwaitingPayment) {
        return Ok(());
    }
    let by = By::SYSTEM.because(Some(EndReason::NotPaid));
    void(&txn, &mut payment, &mut orders, (Status::Expired, (by, None)), now).await?;
    app.commit(txn).await?;
    Ok(())
}

/// The time of an order is over. Whoever acted at the same moment has won.
pub async fn end_deadline(app: &App, deadline: &Deadline) -> Result<(), CheckoutError> {
    match try_end(app, deadline).await {
        Err(CheckoutError::Order(OrderError::Moved | OrderError::WrongState(_) | OrderError::ClaimOpen)) => {
            Ok(())
        }
        other => other,
    }
}

async fn try_end(app: &App, deadline: &Deadline) -> Result<(), CheckoutError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let Some(found) = orders_query::of_system(&txn, deadline.order_id).await? else {
        return Ok(());
    };
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let Some(whole) = orders_query::of_system(&txn, deadline.order_id).await? else {
        return Ok(());
    };
    if !deadlines::is_over(&whole.order, deadline, now) {
        return Ok(());
    }
    match deadline.stage {
        Stage::Accept => not_accepted(&txn, &mut payment, whole, now).await?,
        Stage::Ship => not_sent(&txn, deadline, whole, now).await?,
        Stage::Complete => {
            complete(&txn, &mut payment, &mut [whole], By::SYSTEM, now).await?;
        }
    }
    app.commit(txn).await?;
    Ok(())
}

/// What was paid goes back; what was only placed expires.
async fn not_accepted(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    whole: Whole,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let to = if whole.order.status == Status::Placed { Status::Expired } else { Status::Declined };
    let by = By::SYSTEM.because(Some(EndReason::NotAccepted));
    void(txn, payment, &mut [whole], (to, (by, None)), now).await
}

/// A late order stays: the buyer may call it off or go to the office, and both are told.
async fn not_sent(
    txn: &DatabaseTransaction,
    deadline: &Deadline,
    whole: Whole,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let Some(order) = orders::deadlines::take_step(txn, deadline, now).await? else {
        return Ok(());
    };
    let detail = json!({"until": deadline.end, "shipments": whole.order.shipments});
    let about = (order.id, order.id.0);
    write_act(txn, about, (Kind::ShipOverdue, By::SYSTEM), detail.clone(), now).await?;
    news::tell_both(txn, &order, ("order.ship_overdue", ("order", order.id.0)), detail, now).await?;
    Ok(())
}

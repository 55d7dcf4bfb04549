//! The money for a purchase came in: sell what was reserved, and hold the money for the shops.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::charges::settle_in_sandbox;
use crate::app::App;
use crate::catalog::{changes, portions, stock};
use crate::checkout::error::CheckoutError;
use crate::checkout::service::end::keep_with_shop;
use crate::checkout::service::meals;
use crate::checkout::service::owe::{Wanted, owe};
use crate::kernel::{PaymentId, Problem, UserId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::line::Reservation;
use crate::orders::entity::order;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::{self as orders, By};
use crate::payments::entity::payment::{self, Status};
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::payments::service::charges;
use crate::payments::{PaymentError, query, service as payments};
use crate::platform::audit::{self, Deed, Who};
use crate::web::idempotency::Request;

/// Where a payment stands after money came in.
#[derive(Serialize, ToSchema)]
pub struct Settled {
    /// `paid`, or `refund_pending` if the goods are gone.
    pub status: Status,
}

/// The buyer settles a sandbox payment by hand.
pub async fn settle(app: &App, buyer: UserId, id: PaymentId) -> Result<Settled, CheckoutError> {
    let found = query::of_buyer(app.db.read(), buyer, id).await?.ok_or(PaymentError::NotFound)?;
    if charges::way(found.method).is_some() {
        return Ok(Settled { status: settle_in_sandbox(app, buyer, id).await? });
    }
    if found.method != PaymentMethod::Sandbox {
        return Err(PaymentError::WrongMethod.into());
    }
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.purchase_id, now).await?;
    // A gateway may say the same twice; the second time changes nothing.
    if payment.status != Status::Paid {
        money_came(&txn, &mut payment, By::SYSTEM, now).await?;
    }
    app.commit(txn).await?;
    Ok(Settled { status: payment.status })
}

/// Finance found the money of a transfer on the account.
pub async fn confirm(
    app: &App,
    (finance, who): (UserId, &Who),
    request: Request<'_>,
    id: PaymentId,
    note: Option<String>,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let found = query::of_platform(txn, id).await?.ok_or(PaymentError::NotFound)?;
        if found.method != PaymentMethod::ManualTransfer {
            return Err(PaymentError::WrongMethod.into());
        }
        let mut payment = payments::lock(txn, found.purchase_id, now).await?;
        money_came(txn, &mut payment, By::person(Actor::Officer, finance), now).await?;
        payments::note_decision(txn, &mut payment, finance, note).await?;
        let deed = Deed {
            action: "payment.confirmed",
            object: ("payment", id.into()),
            detail: json!({"amount": payment.amount, "from": found.status, "to": payment.status}),
        };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        Ok((StatusCode::OK, Settled { status: payment.status }))
    })
    .await
}

/// Books the money. In time it pays the orders; too late it revives them if the goods are there, else it goes back.
pub(super) async fn money_came(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let mut orders = orders_query::of_purchase(txn, payment.purchase_id).await?;
    let sells = match payment.status {
        Status::Pending | Status::ProofSubmitted => true,
        Status::Expired => reserve_again(txn, &mut orders, now).await?,
        Status::Cancelled => false,
        // It came before.
        status => return Err(PaymentError::WrongState(status).into()),
    };
    let next = if sells { Status::Paid } else { Status::RefundPending };
    payments::advance(txn, payment, next, now).await?;
    if sells {
        orders::advance(txn, &mut orders, order::Status::Paid, (by, None), now).await?;
        orders::commit_stock(txn, &mut orders, now).await?;
        ledger::post(txn, Cause::Payment(payment.id), &captured(payment, &orders), now).await?;
    } else {
        ledger::post(txn, Cause::Payment(payment.id), &captured(payment, &[]), now).await?;
        for whole in &orders {
            owe(txn, payment, whole, Wanted::whole(format!("late:{}", whole.order.id)), now).await?;
            keep_with_shop(txn, payment, whole, now).await?;
        }
    }
    Ok(())
}

/// The capture of a whole payment, and what of it is held for each order.
fn captured(payment: &payment::Model, orders: &[Whole]) -> Vec<Entry> {
    let escrow = Account::escrow(payment.purchase_id);
    // What a buyer paid the shop itself was never ours to hold.
    let direct = payment.method == PaymentMethod::DirectToVendor;
    let capture = Entry {
        kind: Kind::Capture,
        debit: if direct { Account::PAID_TO_SHOP } else { Account::CLEARING },
        credit: escrow,
        amount: payment.amount,
        order_id: None,
    };
    let hold = |whole: &Whole| Entry {
        kind: Kind::Hold,
        debit: escrow,
        credit: Account::held(whole.order.vendor_id),
        amount: whole.order.total,
        order_id: Some(whole.order.id),
    };
    std::iter::once(capture).chain(orders.iter().map(hold)).collect()
}

/// Reserves what an expired purchase had given back; all of it or nothing. What is made for a day is not made once it is too late.
async fn reserve_again(
    txn: &DatabaseTransaction,
    orders: &mut [Whole],
    now: DateTime<Utc>,
) -> Result<bool, CheckoutError> {
    if !meals::in_time(txn, orders, now).await? {
        return Ok(false);
    }
    let pieces: Vec<_> = orders.iter().flat_map(|whole| whole.pieces(Reservation::Released)).collect();
    let reserved = stock::reserve(txn, &pieces).await?;
    if !reserved.short.is_empty() {
        let kept: Vec<_> =
            pieces.into_iter().filter(|piece| !reserved.short.contains(&piece.variant_id)).collect();
        stock::release(txn, &kept).await?;
        return Ok(false);
    }
    let wanted: Vec<_> = orders.iter().flat_map(|whole| whole.portions(Reservation::Released)).collect();
    let short = portions::take(txn, &wanted).await?;
    if !short.is_empty() {
        stock::release(txn, &pieces).await?;
        let taken: Vec<_> =
            wanted.into_iter().filter(|portions| !short.contains(&portions.product_id)).collect();
        portions::give_back(txn, &taken).await?;
        return Ok(false);
    }
    changes::availability_moved(txn, &reserved.moved, now).await?;
    orders::mark_reservations(txn, orders, Reservation::Released, Reservation::Held).await?;
    Ok(true)
}

//! Ends that the clock causes: nobody paid, or the shop did not accept.

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::checkout::service::end::void;
use crate::kernel::{OrderId, PaymentId};
use crate::orders::entity::order::Status;
use crate::orders::query as orders_query;
use crate::orders::service::By;
use crate::payments::{query, service as payments};

/// What ran out.
#[derive(Clone, Copy, Debug)]
pub enum Expiry {
    /// The time to pay a purchase.
    Unpaid(PaymentId),
    /// The time in which the shop accepts a cash-on-delivery order.
    Unaccepted(OrderId),
}

/// Lets what was not acted on in time expire; does nothing if somebody acted.
pub async fn expire(app: &App, what: Expiry) -> Result<(), CheckoutError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let (purchase_id, from) = match what {
        Expiry::Unpaid(id) => {
            (query::of_platform(&txn, id).await?.map(|payment| payment.purchase_id), Status::AwaitingPayment)
        }
        Expiry::Unaccepted(id) => {
            (orders_query::of_system(&txn, id).await?.map(|whole| whole.order.purchase_id), Status::Placed)
        }
    };
    let Some(purchase_id) = purchase_id else {
        return Ok(());
    };
    let mut payment = payments::lock(&txn, purchase_id, now).await?;
    let mut orders = orders_query::of_purchase(&txn, purchase_id).await?;
    if let Expiry::Unaccepted(id) = what {
        orders.retain(|whole| whole.order.id == id);
    }
    if orders.is_empty() || orders.iter().any(|whole| whole.order.status != from) {
        return Ok(());
    }
    void(&txn, &mut payment, &mut orders, (Status::Expired, (By::SYSTEM, None)), now).await?;
    app.commit(txn).await?;
    Ok(())
}

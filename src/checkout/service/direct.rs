//! The shop says that a buyer's money reached it.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::settle::{Settled, money_came};
use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::kernel::{OrderId, Problem, UserId, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::service::By;
use crate::orders::{OrderError, query as orders_query};
use crate::payments::entity::payment::Status;
use crate::payments::{PaymentError, service as payments};
use crate::platform::audit::{self, Deed, Who};
use crate::web::idempotency::Request;

/// Money of an order is with the shop. Nobody else held it, so the books only say where it is.
pub async fn confirm_by_shop(
    app: &App,
    (by, who): (UserId, &Who),
    request: Request<'_>,
    (vendor, id): (VendorId, OrderId),
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let whole = orders_query::of_vendor(txn, vendor, id).await?.ok_or(OrderError::NotFound)?;
        let mut payment = payments::lock(txn, whole.order.purchase_id, now).await?;
        if payment.method != PaymentMethod::DirectToVendor {
            return Err(PaymentError::WrongMethod.into());
        }
        // What was called off has nothing to be paid: the shop gives the money back itself.
        if payment.status == Status::Cancelled {
            return Err(PaymentError::WrongState(payment.status).into());
        }
        money_came(txn, &mut payment, By::person(Actor::Vendor, by), now).await?;
        let deed = Deed {
            action: "payment.confirmed_by_shop",
            object: ("payment", payment.id.into()),
            detail: json!({"amount": payment.amount, "to": payment.status, "order_id": id}),
        };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        Ok((StatusCode::OK, Settled { status: payment.status }))
    })
    .await
}

//! Refunds that people decide on: finance or the shop gives back an order in full or in part, and finance records that a
//! transfer was made.

use axum::http::StatusCode;
use axum::response::Response;
use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::owe::{Wanted, owe};
use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::kernel::{OrderId, Problem, RefundId, RepaymentId, VendorId};
use crate::orders::OrderError;
use crate::orders::query::{self as orders_query, Whole};
use crate::payments::entity::refund;
use crate::payments::http::{RefundOut, RepaymentOut};
use crate::payments::service::{self as payments, repay};
use crate::platform::audit::{self, Deed, Who};
use crate::web::idempotency::Request;

/// Gives back an order, decided by finance.
pub async fn refund_by_finance(
    app: &App,
    who: &Who,
    request: Request<'_>,
    id: OrderId,
    wanted: Wanted,
) -> Result<Response, Problem> {
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let whole = orders_query::of_system(txn, id).await?.ok_or(OrderError::NotFound)?;
        refund(app, txn, who, whole, wanted).await
    })
    .await
}

/// Gives back an order, decided by its shop.
pub async fn refund_by_shop(
    app: &App,
    who: &Who,
    request: Request<'_>,
    (vendor, id): (VendorId, OrderId),
    wanted: Wanted,
) -> Result<Response, Problem> {
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let whole = orders_query::of_vendor(txn, vendor, id).await?.ok_or(OrderError::NotFound)?;
        refund(app, txn, who, whole, wanted).await
    })
    .await
}

async fn refund(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    whole: Whole,
    wanted: Wanted,
) -> Result<(StatusCode, RefundOut), CheckoutError> {
    let now = app.now();
    let mut payment = payments::lock(txn, whole.order.purchase_id, now).await?;
    let refund = owe(txn, &mut payment, &whole, wanted, now).await?.ok_or(CheckoutError::RefundTooMuch)?;
    let deed = Deed {
        action: "refund.ordered",
        object: ("refund", refund.id.into()),
        detail: json!({
            "order_id": whole.order.id, "vendor_id": whole.order.vendor_id, "amount": refund.amount, "kind": refund.kind,
        }),
    };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    Ok((StatusCode::CREATED, RefundOut::of(refund)))
}

/// Records that a refund left for the buyer.
pub async fn confirm_refund(
    app: &App,
    who: &Who,
    request: Request<'_>,
    id: RefundId,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        repay::by_hand(txn, id, now).await?;
        let (refund, news) = payments::refund_paid(txn, id, now).await?;
        // Somebody may confirm what is confirmed; that changes nothing.
        if news {
            record(app, txn, who, &refund).await?;
        }
        Ok((StatusCode::OK, RefundOut::of(refund)))
    })
    .await
}

/// Records that money which was paid twice left for the buyer by hand.
pub async fn confirm_repayment(
    app: &App,
    who: &Who,
    request: Request<'_>,
    id: RepaymentId,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let (row, news) = repay::surplus_by_hand(txn, id, now).await?;
        if news {
            let detail = json!({"amount": row.amount, "payment_id": row.payment_id});
            let deed = Deed { action: "repayment.confirmed", object: ("repayment", id.into()), detail };
            audit::record(txn, &app.sealer, who, deed, now).await?;
        }
        Ok((StatusCode::OK, RepaymentOut::of(row)))
    })
    .await
}

async fn record(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    refund: &refund::Model,
) -> Result<(), CheckoutError> {
    let deed = Deed {
        action: "refund.confirmed",
        object: ("refund", refund.id.into()),
        detail: json!({"amount": refund.amount, "payment_id": refund.payment_id}),
    };
    audit::record(txn, &app.sealer, who, deed, app.now()).await?;
    Ok(())
}

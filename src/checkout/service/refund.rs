//! Finance sent a refund by bank transfer and records it.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::kernel::{Problem, RefundId};
use crate::payments::http::RefundOut;
use crate::payments::service as payments;
use crate::platform::audit::{self, Deed, Who};
use crate::web::idempotency::Request;

/// Records that a refund left for the buyer.
pub async fn confirm_refund(
    app: &App,
    who: &Who,
    request: Request<'_>,
    id: RefundId,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let refund = payments::refund_paid(txn, id, now).await?;
        // Somebody may confirm what is confirmed; that changes nothing.
        if refund.done_at != Some(now) {
            return Ok((StatusCode::OK, RefundOut::of(refund)));
        }
        let deed = Deed {
            action: "refund.confirmed",
            object: ("refund", id.into()),
            detail: json!({"amount": refund.amount, "payment_id": refund.payment_id}),
        };
        audit::record(txn, &app.sealer, who, deed, now).await?;
        Ok((StatusCode::OK, RefundOut::of(refund)))
    })
    .await
}

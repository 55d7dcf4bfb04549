//! Finance sent a refund by bank transfer and records it.

use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::checkout::error::CheckoutError;
use crate::kernel::{Problem, RefundId};
use crate::payments::http::RefundOut;
use crate::payments::service as payments;
use crate::web::idempotency::Request;

/// Records that a refund left for the buyer.
pub async fn confirm_refund(app: &App, request: Request<'_>, id: RefundId) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let refund = payments::refund_paid(txn, id, now).await?;
        Ok((StatusCode::OK, RefundOut::of(refund)))
    })
    .await
}

//! Money that comes and goes: the sandbox, and what finance confirms.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::{OptionalNote, note_of};
use crate::app::App;
use crate::checkout::service::{self, Settled};
use crate::kernel::{PaymentId, Problem, RefundId};
use crate::payments::entity::payment::Status;
use crate::payments::http::RefundOut;
use crate::platform::audit::Who;
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, IdempotencyKey, PathId, Policy, Role, ValidJson};

pub(super) const SETTLE_SANDBOX_PAYMENT: Policy =
    Policy::BUYER.on("payment", "payment_id").area(Area::Payments);
pub(super) const FAIL_SANDBOX_PAYMENT: Policy =
    Policy::BUYER.on("payment", "payment_id").area(Area::Payments);
pub(super) const CONFIRM_PAYMENT: Policy =
    Policy::any_of(&[Role::Finance]).on("payment", "payment_id").idempotent().area(Area::Payments);
pub(super) const CONFIRM_REFUND: Policy =
    Policy::any_of(&[Role::Finance]).on("refund", "refund_id").idempotent().step_up().area(Area::Payments);

/// Where a payment stands.
#[derive(Serialize, ToSchema)]
pub struct FailedOut {
    status: Status,
}

/// Pay by hand, where the settings allow it.
#[utoipa::path(post, path = "/v1/sandbox/payments/{payment_id}/settle", tag = "checkout", params(("payment_id" = PaymentId, Path)),
    responses((status = 200, body = Settled), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch")))]
pub(super) async fn settle_sandbox_payment(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
) -> Result<Json<Settled>, Problem> {
    check_sandbox(&app)?;
    Ok(Json(service::settle(&app, caller.user_id, id).await?))
}

/// Let a payment fail by hand, where the settings allow it; the purchase is cancelled.
#[utoipa::path(post, path = "/v1/sandbox/payments/{payment_id}/fail", tag = "checkout", params(("payment_id" = PaymentId, Path)),
    responses((status = 200, body = FailedOut), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch")))]
pub(super) async fn fail_sandbox_payment(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
) -> Result<Json<FailedOut>, Problem> {
    check_sandbox(&app)?;
    Ok(Json(FailedOut { status: service::fail(&app, caller.user_id, id).await? }))
}

/// Confirm that the money of a transfer is on the account.
#[utoipa::path(post, path = "/v1/admin/payments/{payment_id}/confirm", tag = "checkout", request_body = Option<OptionalNote>,
    params(("payment_id" = PaymentId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = Settled), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch, in-progress"),
        (status = 422, description = "key-reused")))]
pub(super) async fn confirm_payment(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PaymentId>,
    key: IdempotencyKey,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Response, Problem> {
    let note = note_of(body)?;
    let route = format!("POST /v1/admin/payments/{id}/confirm");
    let request = Request::new(caller.user_id, route, &key, &note);
    service::confirm(&app, (caller.user_id, &who), request, id, note).await
}

/// Record that a refund left for the buyer.
#[utoipa::path(post, path = "/v1/admin/refunds/{refund_id}/confirm", tag = "checkout",
    params(("refund_id" = RefundId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = RefundOut), (status = 404), (status = 409, description = "refund-under-way, in-progress")))]
pub(super) async fn confirm_refund(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<RefundId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/refunds/{id}/confirm"), &key, &());
    service::confirm_refund(&app, &who, request, id).await
}

/// Where the sandbox is off, its routes are not there.
fn check_sandbox(app: &App) -> Result<(), Problem> {
    if app.config.payments.sandbox { Ok(()) } else { Err(Problem::not_found()) }
}

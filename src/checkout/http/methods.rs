//! The buyer of an unpaid purchase tries again or pays otherwise; the shop says that it was paid itself.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::service::{self, Renewed, Settled};
use crate::kernel::{OrderId, PaymentId, Problem, VendorId};
use crate::orders::entity::purchase::PaymentMethod;
use crate::platform::audit::Who;
use crate::web::authz::VENDOR_LEADS;
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, IdempotencyKey, PathId, PathIds, Policy, ValidJson};

const OWN: Policy = Policy::BUYER.on("payment", "payment_id").idempotent().area(Area::Payments);
pub(super) const RETRY: Policy = OWN;
pub(super) const CHANGE: Policy = OWN;
pub(super) const CONFIRM: Policy =
    Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").idempotent().area(Area::Orders);

/// How the purchase is to be paid.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMethod {
    payment_method: PaymentMethod,
}

/// Ask for a new code or number for an unpaid purchase. The one before is called off; if it was paid all the same, that counts
/// once, and what is too much goes back.
#[utoipa::path(post, path = "/v1/payments/{payment_id}/retry", tag = "checkout",
    params(("payment_id" = PaymentId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = Renewed), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch, too-many-attempts")))]
pub(super) async fn retry_payment(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/payments/{id}/retry"), &key, &());
    service::retry(&app, caller.user_id, request, id).await
}

/// Pay an unpaid purchase otherwise. Cash on delivery is neither left nor chosen afterwards.
#[utoipa::path(put, path = "/v1/payments/{payment_id}/method", tag = "checkout", request_body = ChangeMethod,
    params(("payment_id" = PaymentId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = Renewed), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch, too-many-attempts"),
        (status = 422, description = "not-offered, one-shop, key-reused")))]
pub(super) async fn change_payment_method(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<ChangeMethod>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("PUT /v1/payments/{id}/method"), &key, &body);
    service::change(&app, caller.user_id, request, (id, body.payment_method)).await
}

/// Say that the buyer's money reached the shop itself (`direct_to_vendor`).
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/confirm-payment", tag = "checkout",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = Settled), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch")))]
pub(super) async fn confirm_direct_payment(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathIds(ids): PathIds<(VendorId, OrderId)>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let route = format!("POST /v1/vendors/{}/orders/{}/confirm-payment", ids.0, ids.1);
    let request = Request::new(caller.user_id, route, &key, &());
    service::confirm_by_shop(&app, (caller.user_id, &who), request, ids).await
}

//! Statements of the bank: bringing them, and saying what a line is.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::service::{self, Imported, LineDecided};
use crate::kernel::fields::text;
use crate::kernel::{BankLineId, PaymentId, Problem, RepaymentId};
use crate::payments::PaymentError;
use crate::payments::http::RepaymentOut;
use crate::payments::model::statement;
use crate::platform::audit::Who;
use crate::platform::random;
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, FilePart, IdempotencyKey, PathId, Policy, Role, ValidJson};

const FINANCE: Policy = Policy::any_of(&[Role::Finance]).idempotent().area(Area::Payments);
pub(super) const IMPORT: Policy = FINANCE;
pub(super) const DECIDE: Policy = FINANCE.on("bank_line", "line_id");
pub(super) const CONFIRM_REPAYMENT: Policy =
    Policy::any_of(&[Role::Finance]).idempotent().on("repayment", "repayment_id").step_up();

/// Which payment a line is for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchLine {
    payment_id: PaymentId,
}

/// What a line is.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// 3 to 500 characters.
    note: String,
}

/// Bring a statement of the bank (CSV in the part `file`). Lines that are known change nothing; new ones are matched by the
/// reference of a payment and its exact amount.
#[utoipa::path(post, path = "/v1/admin/bank-statements", tag = "checkout", params(("idempotency-key" = String, Header)),
    request_body(content_type = "multipart/form-data", content = inline(crate::web::body::FileForm)),
    responses((status = 201, body = Imported), (status = 413),
        (status = 422, description = "statement-columns, statement-date, statement-amount, statement-long, key-reused")))]
pub(super) async fn import_bank_statement(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    key: IdempotencyKey,
    file: FilePart,
) -> Result<Response, Problem> {
    let digest = random::digest(&String::from_utf8_lossy(&file.bytes));
    let request = Request::new(caller.user_id, "POST /v1/admin/bank-statements", &key, &digest);
    let lines = statement::read(&file.bytes).map_err(PaymentError::Statement)?;
    service::import(&app, (caller.user_id, &who), request, lines).await
}

/// Say which payment a line is for. The amounts must be equal; the purchase is paid as by any confirmation.
#[utoipa::path(post, path = "/v1/admin/bank-lines/{line_id}/match", tag = "checkout", request_body = MatchLine,
    params(("line_id" = BankLineId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = LineDecided), (status = 404),
        (status = 409, description = "line-decided, amount-differs, payment-has-line, payment-method-mismatch"), (status = 422)))]
pub(super) async fn match_bank_line(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<BankLineId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<MatchLine>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/bank-lines/{id}/match"), &key, &body);
    service::match_by_hand(&app, (caller.user_id, &who), request, (id, body.payment_id)).await
}

/// Say that a line is none of the market's.
#[utoipa::path(post, path = "/v1/admin/bank-lines/{line_id}/set-aside", tag = "checkout", request_body = SetAside,
    params(("line_id" = BankLineId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = LineDecided), (status = 404), (status = 409, description = "line-decided"), (status = 422)))]
pub(super) async fn set_bank_line_aside(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<BankLineId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<SetAside>,
) -> Result<Response, Problem> {
    let note = text(&body.note, 3, 500, true).map_err(|fault| Problem::field(fault.at("/note")))?;
    let request =
        Request::new(caller.user_id, format!("POST /v1/admin/bank-lines/{id}/set-aside"), &key, &body);
    service::set_aside(&app, (caller.user_id, &who), request, (id, note)).await
}

/// Record that money which was paid twice, and which its gateway cannot send back, left for the buyer.
#[utoipa::path(post, path = "/v1/admin/repayments/{repayment_id}/confirm", tag = "checkout",
    params(("repayment_id" = RepaymentId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = RepaymentOut), (status = 404), (status = 409, description = "refund-under-way")))]
pub(super) async fn confirm_repayment(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<RepaymentId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/repayments/{id}/confirm"), &key, &());
    service::confirm_repayment(&app, &who, request, id).await
}

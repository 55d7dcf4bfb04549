//! Where a buyer wants money back that cannot go the way it came.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{PaymentId, Problem, RefundId, RepaymentId};
use crate::payments::service::accounts::{self, Opened};
use crate::payments::{PaymentError, query};
use crate::platform::audit::Who;
use crate::vendors::model::mask;
use crate::vendors::model::numbers::{BankAccount, masked_name};
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson};

// Without an area: no program says where money goes.
pub const SET: Policy = Policy::BUYER.on("payment", "payment_id").step_up();
pub const READ: Policy = Policy::BUYER.on("payment", "payment_id").area(Area::Payments);
pub const REVEAL: Policy = Policy::any_of(&[Role::Finance]).on("refund", "refund_id").step_up();
pub const REVEAL_FOR_REPAYMENT: Policy =
    Policy::any_of(&[Role::Finance]).on("repayment", "repayment_id").step_up();

/// An account at a bank.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundAccountIn {
    /// Three digits.
    #[schema(example = "110")]
    bank_code: String,
    /// 10 to 16 digits.
    number: String,
    /// As the bank has it.
    holder_name: String,
}

/// An account with its middle hidden.
#[derive(Serialize, ToSchema)]
pub struct RefundAccountOut {
    bank_code: Option<String>,
    #[schema(example = "0012****7890")]
    number: Option<String>,
    #[schema(example = "S*** A***")]
    holder_name: Option<String>,
}

/// Why somebody wants to read it. Kept in the audit trail for ever.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealAccount {
    /// 5 to 300 characters; no personal data.
    reason: String,
}

/// An account in full.
#[derive(Serialize, ToSchema)]
pub struct RevealedAccount {
    bank_code: String,
    number: String,
    holder_name: String,
}

/// Say where money goes back to if it cannot go the way it came.
#[utoipa::path(put, path = "/v1/payments/{payment_id}/refund-account", tag = "payments",
    params(("payment_id" = PaymentId, Path)), request_body = RefundAccountIn,
    responses((status = 200, body = RefundAccountOut), (status = 404), (status = 422)))]
pub async fn set_refund_account(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PaymentId>,
    ValidJson(body): ValidJson<RefundAccountIn>,
) -> Result<Json<RefundAccountOut>, Problem> {
    let (account, holder) = body.parse()?;
    let out = RefundAccountOut::masked(account.bank().to_owned(), account.expose(), &holder);
    accounts::set(&app, (caller.user_id, &who), id, (account, holder)).await?;
    Ok(Json(out))
}

/// Read where money goes back to.
#[utoipa::path(get, path = "/v1/payments/{payment_id}/refund-account", tag = "payments",
    params(("payment_id" = PaymentId, Path)), responses((status = 200, body = RefundAccountOut), (status = 404)))]
pub async fn get_refund_account(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
) -> Result<Json<RefundAccountOut>, Problem> {
    let db = app.db.read();
    query::of_buyer(db, caller.user_id, id).await?.ok_or(PaymentError::NotFound)?;
    let nothing = RefundAccountOut { bank_code: None, number: None, holder_name: None };
    let masked =
        |account: Opened| RefundAccountOut::masked(account.bank_code, &account.number, &account.holder);
    Ok(Json(accounts::find(&app, db, id).await?.map_or(nothing, masked)))
}

/// Read in full where a refund goes. Every reading is one row of the audit trail.
#[utoipa::path(post, path = "/v1/admin/refunds/{refund_id}/reveal-account", tag = "payments",
    params(("refund_id" = RefundId, Path)), request_body = RevealAccount,
    responses((status = 200, body = RevealedAccount), (status = 404), (status = 409, description = "no-refund-account")))]
pub async fn reveal_refund_account(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RefundId>,
    ValidJson(body): ValidJson<RevealAccount>,
) -> Result<Json<RevealedAccount>, Problem> {
    Ok(Json(accounts::reveal(&app, &who, id, &body.reason()?).await?.into()))
}

/// Read in full where money goes that was paid twice and has to be sent back by hand. Every reading is one row of the audit trail.
#[utoipa::path(post, path = "/v1/admin/repayments/{repayment_id}/reveal-account", tag = "payments",
    params(("repayment_id" = RepaymentId, Path)), request_body = RevealAccount,
    responses((status = 200, body = RevealedAccount), (status = 404),
        (status = 409, description = "no-refund-account; refund-under-way: a gateway sends it")))]
pub async fn reveal_repayment_account(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RepaymentId>,
    ValidJson(body): ValidJson<RevealAccount>,
) -> Result<Json<RevealedAccount>, Problem> {
    Ok(Json(accounts::reveal_for_repayment(&app, &who, id, &body.reason()?).await?.into()))
}

impl RevealAccount {
    fn reason(&self) -> Result<String, Problem> {
        text(&self.reason, 5, 300, false).map_err(|fault| Problem::field(fault.at("/reason")))
    }
}

impl From<Opened> for RevealedAccount {
    fn from(account: Opened) -> Self {
        Self { bank_code: account.bank_code, number: account.number, holder_name: account.holder }
    }
}

impl RefundAccountIn {
    fn parse(&self) -> Result<(BankAccount, String), Problem> {
        let mut fields = Fields::new();
        let (bank, number) = BankAccount::parse(&self.bank_code, &self.number);
        let (bank, number) = (fields.take("/bank_code", bank), fields.take("/number", number));
        let holder = fields.take("/holder_name", text(&self.holder_name, 2, 120, false));
        match (bank, number, holder) {
            (Some(bank), Some(number), Some(holder)) => Ok((BankAccount::new(bank, number), holder)),
            _ => Err(fields.into_problem()),
        }
    }
}

impl RefundAccountOut {
    fn masked(bank_code: String, number: &str, holder: &str) -> Self {
        Self {
            bank_code: Some(bank_code),
            number: Some(mask(number)),
            holder_name: Some(masked_name(holder)),
        }
    }
}

//! Payments over HTTP: reading them, proofs, and the work lists of finance. What also moves orders is in `checkout/http.rs`.

mod accounts;
mod events;
mod lines;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::entity::payment::{self, Status};
use super::entity::refund;
use super::error::PaymentError;
use super::model::Instructions;
use super::{query, service};
use crate::app::App;
use crate::kernel::fields::text;
use crate::kernel::{OrderId, Page, PaymentId, Problem, PurchaseId, RefundId, Rupiah, UserId};
use crate::orders::entity::purchase::PaymentMethod;
use crate::platform::audit::Who;
use crate::web::query::page_of;
use crate::web::{Api, Area, Caller, FilePart, PathId, Policy, Role, ValidJson, ValidQuery};

pub use events::RepaymentOut;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(GET_PAYMENT, routes!(get_payment))
        .route(SUBMIT_PAYMENT_PROOF, routes!(submit_payment_proof))
        .route(LIST_PAYMENTS, routes!(list_payments))
        .route(REJECT_PAYMENT_PROOF, routes!(reject_payment_proof))
        .route(LIST_REFUNDS, routes!(list_refunds))
        .route(accounts::SET, routes!(accounts::set_refund_account))
        .route(accounts::READ, routes!(accounts::get_refund_account))
        .route(accounts::REVEAL, routes!(accounts::reveal_refund_account))
        .route(accounts::REVEAL_FOR_REPAYMENT, routes!(accounts::reveal_repayment_account))
        .route(events::LIST_EVENTS, routes!(events::list_provider_events))
        .route(events::RESOLVE_EVENT, routes!(events::resolve_provider_event))
        .route(events::LIST_REPAYMENTS, routes!(events::list_repayments))
        .route(lines::LIST_LINES, routes!(lines::list_bank_lines))
}

const GET_PAYMENT: Policy = Policy::BUYER.on("payment", "payment_id").area(Area::Payments);
const SUBMIT_PAYMENT_PROOF: Policy = Policy::BUYER.on("payment", "payment_id").area(Area::Payments);
const LIST_PAYMENTS: Policy = FINANCE_READ;
const REJECT_PAYMENT_PROOF: Policy =
    Policy::any_of(&[Role::Finance]).on("payment", "payment_id").area(Area::Payments);
const LIST_REFUNDS: Policy = FINANCE_READ;

pub(super) const FINANCE_READ: Policy =
    Policy::any_of(&[Role::Finance, Role::Operator, Role::Auditor]).area(Area::Payments);

/// A payment.
#[derive(Serialize, ToSchema)]
pub struct PaymentOut {
    id: PaymentId,
    purchase_id: PurchaseId,
    method: PaymentMethod,
    status: Status,
    amount: Rupiah,
    refunded: Rupiah,
    /// What the buyer has to do; `null` once nothing is left to do.
    instructions: Option<Instructions>,
    expires_at: Option<DateTime<Utc>>,
    paid_at: Option<DateTime<Utc>>,
    /// True if a proof of transfer was sent.
    has_proof: bool,
    /// What finance said.
    note: Option<String>,
    created_at: DateTime<Utc>,
}

/// A payment in the work list of finance.
#[derive(Serialize, ToSchema)]
pub struct AdminPaymentOut {
    id: PaymentId,
    purchase_id: PurchaseId,
    buyer_id: UserId,
    method: PaymentMethod,
    status: Status,
    amount: Rupiah,
    refunded: Rupiah,
    has_proof: bool,
    created_at: DateTime<Utc>,
    paid_at: Option<DateTime<Utc>>,
}

/// A refund.
#[derive(Serialize, ToSchema)]
pub struct RefundOut {
    id: RefundId,
    payment_id: PaymentId,
    order_id: OrderId,
    amount: Rupiah,
    kind: refund::Kind,
    reason: Option<String>,
    status: refund::Status,
    created_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
}

/// Where a payment stands.
#[derive(Serialize, ToSchema)]
pub struct PaymentStatusOut {
    status: Status,
}

/// Why a proof was rejected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectProof {
    note: String,
}

/// What the list of payments is narrowed to.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentQuery {
    status: Option<Status>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// What the list of refunds is narrowed to.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RefundQuery {
    status: Option<refund::Status>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Read one of the caller's payments.
#[utoipa::path(get, path = "/v1/payments/{payment_id}", tag = "payments", params(("payment_id" = PaymentId, Path)),
    responses((status = 200, body = PaymentOut), (status = 404, description = "No such payment, or not yours")))]
async fn get_payment(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
) -> Result<Json<PaymentOut>, Problem> {
    let db = app.db.read();
    let payment = query::of_buyer(db, caller.user_id, id).await?.ok_or(PaymentError::NotFound)?;
    Ok(Json(PaymentOut::of(&app, db, payment).await?))
}

/// Send the proof of a bank transfer: a picture or a PDF in the part `file`.
#[utoipa::path(post, path = "/v1/payments/{payment_id}/proof", tag = "payments", params(("payment_id" = PaymentId, Path)),
    request_body(content_type = "multipart/form-data", content = inline(crate::web::body::FileForm)),
    responses((status = 200, body = PaymentOut), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch"),
        (status = 413), (status = 422, description = "file-type")))]
async fn submit_payment_proof(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
    file: FilePart,
) -> Result<Json<PaymentOut>, Problem> {
    let payment = service::submit_proof(&app, caller.user_id, id, file.bytes).await?;
    Ok(Json(PaymentOut::of(&app, app.db.read(), payment).await?))
}

/// List payments, the oldest first.
#[utoipa::path(get, path = "/v1/admin/payments", tag = "payments", params(PaymentQuery), responses((status = 200, body = Page<AdminPaymentOut>)))]
async fn list_payments(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<PaymentQuery>,
) -> Result<Json<Page<AdminPaymentOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let payments = query::list(app.db.read(), query.status, &page).await?;
    Ok(Json(payments.map(AdminPaymentOut::of)))
}

/// Tell the buyer that no money was found behind a proof.
#[utoipa::path(post, path = "/v1/admin/payments/{payment_id}/reject", tag = "payments", params(("payment_id" = PaymentId, Path)),
    request_body = RejectProof, responses((status = 200, body = PaymentStatusOut), (status = 404), (status = 409, description = "payment-state"), (status = 422)))]
async fn reject_payment_proof(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PaymentId>,
    ValidJson(body): ValidJson<RejectProof>,
) -> Result<Json<PaymentStatusOut>, Problem> {
    let note = text(&body.note, 3, 500, true).map_err(|fault| Problem::field(fault.at("/note")))?;
    let payment = service::reject_proof(&app, (caller.user_id, &who), id, note).await?;
    Ok(Json(PaymentStatusOut { status: payment.status }))
}

/// List refunds, the oldest first.
#[utoipa::path(get, path = "/v1/admin/refunds", tag = "payments", params(RefundQuery), responses((status = 200, body = Page<RefundOut>)))]
async fn list_refunds(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<RefundQuery>,
) -> Result<Json<Page<RefundOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    Ok(Json(query::list_refunds(app.db.read(), query.status, &page).await?.map(RefundOut::of)))
}

impl PaymentOut {
    /// As its buyer sees it.
    pub async fn of(
        app: &App,
        db: &impl ConnectionTrait,
        payment: payment::Model,
    ) -> Result<Self, PaymentError> {
        let instructions = service::instructions(app, db, &payment).await?;
        Ok(Self {
            id: payment.id,
            purchase_id: payment.purchase_id,
            method: payment.method,
            status: payment.status,
            amount: payment.amount,
            refunded: payment.refunded,
            instructions,
            expires_at: payment.expires_at,
            paid_at: payment.paid_at,
            has_proof: payment.proof_key.is_some(),
            note: payment.note,
            created_at: payment.created_at,
        })
    }
}

impl AdminPaymentOut {
    fn of(payment: payment::Model) -> Self {
        Self {
            id: payment.id,
            purchase_id: payment.purchase_id,
            buyer_id: payment.buyer_id,
            method: payment.method,
            status: payment.status,
            amount: payment.amount,
            refunded: payment.refunded,
            has_proof: payment.proof_key.is_some(),
            created_at: payment.created_at,
            paid_at: payment.paid_at,
        }
    }
}

impl RefundOut {
    /// As finance sees it.
    pub fn of(refund: refund::Model) -> Self {
        Self {
            id: refund.id,
            payment_id: refund.payment_id,
            order_id: refund.order_id,
            amount: refund.amount,
            kind: refund.kind,
            reason: refund.reason,
            status: refund.status,
            created_at: refund.created_at,
            done_at: refund.done_at,
        }
    }
}

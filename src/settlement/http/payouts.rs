//! Payouts: batches for finance, and what a shop was paid.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::kernel::fields::text;
use crate::kernel::{Page, PayoutBatchId, PayoutId, Problem, Rupiah, VendorId};
use crate::platform::audit::Who;
use crate::settlement::entity::{batch, payout};
use crate::settlement::error::SettlementError;
use crate::settlement::{query, service};
use crate::web::authz::VENDOR_LEADS;
use crate::web::idempotency::Request;
use crate::web::query::page_of;
use crate::web::{Area, Caller, IdempotencyKey, PathId, Policy, Role, ValidJson, ValidQuery};

const READERS: Policy = Policy::any_of(&[Role::Finance, Role::Operator, Role::Auditor]).area(Area::Payments);
// Without an area: no program sends money away.
const FINANCE: Policy = Policy::any_of(&[Role::Finance]).step_up();

pub const LIST_BATCHES: Policy = READERS;
pub const GET_BATCH: Policy = READERS.on("payout_batch", "batch_id");
pub const OPEN_BATCH: Policy = FINANCE.idempotent();
pub const SEND_BATCH: Policy = FINANCE.on("payout_batch", "batch_id").idempotent();
pub const DRAW_FILE: Policy = FINANCE.on("payout_batch", "batch_id");
pub const SETTLE: Policy = FINANCE.on("payout", "payout_id").idempotent();
pub const LIST_OWN: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Payments);

/// A payout to a shop.
#[derive(Serialize, ToSchema)]
pub struct PayoutOut {
    id: PayoutId,
    batch_id: PayoutBatchId,
    vendor_id: VendorId,
    amount: Rupiah,
    status: payout::Status,
    note: Option<String>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    done_at: Option<DateTime<Utc>>,
}

/// Payouts that go to the bank together.
#[derive(Serialize, ToSchema)]
pub struct PayoutBatchOut {
    id: PayoutBatchId,
    status: batch::Status,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    count: usize,
    total: i64,
    payouts: Vec<PayoutOut>,
}

/// A batch in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct PayoutBatchRow {
    id: PayoutBatchId,
    status: batch::Status,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

/// What the bank did with a payout.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettlePayout {
    outcome: PayoutOutcome,
    #[serde(default)]
    #[schema(max_length = 300)]
    note: Option<String>,
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PayoutOutcome {
    /// The money is there.
    Paid,
    /// It came back: the shop is owed it again.
    Failed,
}

#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PayoutsQuery {
    limit: Option<u64>,
    cursor: Option<String>,
}

/// List batches of payouts, the newest first.
#[utoipa::path(get, path = "/v1/admin/payout-batches", tag = "settlement", params(PayoutsQuery), responses((status = 200, body = Page<PayoutBatchRow>)))]
pub async fn list_payout_batches(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<PayoutsQuery>,
) -> Result<Json<Page<PayoutBatchRow>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let row = |row: batch::Model| PayoutBatchRow {
        id: row.id,
        status: row.status,
        created_at: row.created_at,
        sent_at: row.sent_at,
    };
    Ok(Json(query::batches(app.db.read(), &page).await?.map(row)))
}

/// Open a batch: every shop that is owed enough and has an account that counts is added, a moment later.
#[utoipa::path(post, path = "/v1/admin/payout-batches", tag = "settlement", params(("idempotency-key" = String, Header)),
    responses((status = 201, body = PayoutBatchOut), (status = 409, description = "in-progress")))]
pub async fn open_payout_batch(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, "POST /v1/admin/payout-batches", &key, &());
    service::open_batch(&app, (caller.user_id, &who), request).await
}

/// Read a batch with its payouts.
#[utoipa::path(get, path = "/v1/admin/payout-batches/{batch_id}", tag = "settlement", params(("batch_id" = PayoutBatchId, Path)),
    responses((status = 200, body = PayoutBatchOut), (status = 404)))]
pub async fn get_payout_batch(
    State(app): State<App>,
    PathId(id): PathId<PayoutBatchId>,
) -> Result<Json<PayoutBatchOut>, Problem> {
    let row = query::batch(app.db.read(), id).await?.ok_or(SettlementError::NotFound)?;
    let payouts = query::of_batch(app.db.read(), id).await?;
    Ok(Json(PayoutBatchOut::of(row, &payouts)))
}

/// Send a batch: its payouts count as handed to the bank from now on, and are never handed over again.
#[utoipa::path(post, path = "/v1/admin/payout-batches/{batch_id}/send", tag = "settlement",
    params(("batch_id" = PayoutBatchId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = PayoutBatchOut), (status = 404), (status = 409, description = "payout-batch-state, in-progress")))]
pub async fn send_payout_batch(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PayoutBatchId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/payout-batches/{id}/send"), &key, &());
    service::send_batch(&app, &who, request, id).await
}

/// Draw the file of a batch for the bank. It holds account numbers in the clear, so drawing it is recorded.
#[utoipa::path(post, path = "/v1/admin/payout-batches/{batch_id}/file", tag = "settlement", params(("batch_id" = PayoutBatchId, Path)),
    responses((status = 200, content_type = "text/csv", body = String), (status = 404),
        (status = 409, description = "payout-batch-state")))]
pub async fn draw_payout_file(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PayoutBatchId>,
) -> Result<Response, Problem> {
    let file = service::bank_file(&app, &who, id).await?;
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    Ok((headers, file).into_response())
}

/// Say what the bank did with a payout.
#[utoipa::path(post, path = "/v1/admin/payouts/{payout_id}/settle", tag = "settlement", request_body = SettlePayout,
    params(("payout_id" = PayoutId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = PayoutOut), (status = 404), (status = 409, description = "payout-state, in-progress"),
        (status = 422, description = "key-reused")))]
pub async fn settle_payout(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<PayoutId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<SettlePayout>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/payouts/{id}/settle"), &key, &body);
    let note = body.note.as_deref().map(|note| text(note, 0, 300, true)).transpose();
    let note = note.map_err(|fault| Problem::field(fault.at("/note")))?;
    let paid = body.outcome == PayoutOutcome::Paid;
    service::settle_by_hand(&app, &who, request, id, (paid, note)).await
}

/// List what the shop was paid, the newest first.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/payouts", tag = "settlement",
    params(("vendor_id" = VendorId, Path), PayoutsQuery), responses((status = 200, body = Page<PayoutOut>)))]
pub async fn list_vendor_payouts(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<PayoutsQuery>,
) -> Result<Json<Page<PayoutOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    Ok(Json(query::of_vendor(app.db.read(), id, &page).await?.map(PayoutOut::of)))
}

impl PayoutOut {
    /// As finance and the shop see it.
    pub fn of(row: payout::Model) -> Self {
        Self {
            id: row.id,
            batch_id: row.batch_id,
            vendor_id: row.vendor_id,
            amount: row.amount,
            status: row.status,
            note: row.note,
            created_at: row.created_at,
            sent_at: row.sent_at,
            done_at: row.done_at,
        }
    }
}

impl PayoutBatchOut {
    /// With its payouts.
    pub fn of(row: batch::Model, payouts: &[payout::Model]) -> Self {
        Self {
            id: row.id,
            status: row.status,
            created_at: row.created_at,
            sent_at: row.sent_at,
            count: payouts.len(),
            total: payouts.iter().map(|payout| payout.amount.get()).sum(),
            payouts: payouts.iter().cloned().map(PayoutOut::of).collect(),
        }
    }
}

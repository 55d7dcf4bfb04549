//! What gateways said and does not fit, and money that goes back by hand: the review lists of finance.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::FINANCE_READ;
use crate::app::App;
use crate::kernel::fields::text;
use crate::kernel::{ChargeId, Page, PaymentId, Problem, ProviderEventId, RefundId, RepaymentId, Rupiah};
use crate::payments::entity::{event, repayment};
use crate::payments::query::reviews;
use crate::payments::service::events;
use crate::platform::audit::Who;
use crate::web::query::page_of;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

pub const LIST_EVENTS: Policy = FINANCE_READ;
pub const RESOLVE_EVENT: Policy =
    Policy::any_of(&[Role::Finance]).on("provider_event", "event_id").area(Area::Payments);
pub const LIST_REPAYMENTS: Policy = FINANCE_READ;

/// A message of a gateway.
#[derive(Serialize, ToSchema)]
pub struct ProviderEventOut {
    id: ProviderEventId,
    provider: String,
    /// Our name of the charge, as the gateway said it.
    reference: String,
    provider_ref: String,
    charge_id: Option<ChargeId>,
    /// `pending`, `paid`, `failed` or `charged_back`.
    state: String,
    amount: Option<Rupiah>,
    currency: String,
    outcome: event::Outcome,
    /// Why it waits for a person.
    reason: Option<String>,
    note: Option<String>,
    received_at: DateTime<Utc>,
}

/// What the list of messages is narrowed to.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProviderEventQuery {
    outcome: Option<event::Outcome>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// What somebody found out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveEvent {
    /// 3 to 500 characters.
    note: String,
}

/// Money on its way back to a buyer, through a gateway or after one.
#[derive(Serialize, ToSchema)]
pub struct RepaymentOut {
    id: RepaymentId,
    payment_id: PaymentId,
    /// `null` for a charge that was paid although the purchase had been paid otherwise.
    refund_id: Option<RefundId>,
    way: repayment::Way,
    status: repayment::Status,
    amount: Rupiah,
    /// What the gateway said last, if it was no yes.
    error: Option<String>,
    created_at: DateTime<Utc>,
}

/// What the list of money on its way back is narrowed to.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RepaymentQuery {
    status: Option<repayment::Status>,
    way: Option<repayment::Way>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// List what gateways said, the oldest first.
#[utoipa::path(get, path = "/v1/admin/provider-events", tag = "payments", params(ProviderEventQuery),
    responses((status = 200, body = Page<ProviderEventOut>)))]
pub async fn list_provider_events(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<ProviderEventQuery>,
) -> Result<Json<Page<ProviderEventOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let rows = reviews::events(app.db.read(), query.outcome, &page).await?;
    Ok(Json(rows.map(ProviderEventOut::of)))
}

/// Say what a message was about that did not fit. Nothing moves by that: money is put right by confirming or matching it.
#[utoipa::path(post, path = "/v1/admin/provider-events/{event_id}/resolve", tag = "payments",
    params(("event_id" = ProviderEventId, Path)), request_body = ResolveEvent,
    responses((status = 200, body = ProviderEventOut), (status = 409, description = "event-resolved"), (status = 422)))]
pub async fn resolve_provider_event(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<ProviderEventId>,
    ValidJson(body): ValidJson<ResolveEvent>,
) -> Result<Json<ProviderEventOut>, Problem> {
    let note = text(&body.note, 3, 500, true).map_err(|fault| Problem::field(fault.at("/note")))?;
    let row = events::resolve(&app, (caller.user_id, &who), id, note).await?;
    Ok(Json(ProviderEventOut::of(row)))
}

/// List money on its way back through gateways, and what they refused, the oldest first.
#[utoipa::path(get, path = "/v1/admin/repayments", tag = "payments", params(RepaymentQuery),
    responses((status = 200, body = Page<RepaymentOut>)))]
pub async fn list_repayments(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<RepaymentQuery>,
) -> Result<Json<Page<RepaymentOut>>, Problem> {
    let page = page_of(query.limit, query.cursor.as_deref())?;
    let rows = reviews::repayments(app.db.read(), (query.status, query.way), &page).await?;
    Ok(Json(rows.map(RepaymentOut::of)))
}

impl ProviderEventOut {
    fn of(row: event::Model) -> Self {
        Self {
            id: row.id,
            provider: row.provider,
            reference: row.reference,
            provider_ref: row.provider_ref,
            charge_id: row.charge_id,
            state: row.state,
            amount: row.amount,
            currency: row.currency,
            outcome: row.outcome,
            reason: row.reason,
            note: row.note,
            received_at: row.received_at,
        }
    }
}

impl RepaymentOut {
    /// As finance sees it.
    pub fn of(row: repayment::Model) -> Self {
        Self {
            id: row.id,
            payment_id: row.payment_id,
            refund_id: row.refund_id,
            way: row.way,
            status: row.status,
            amount: row.amount,
            error: row.error,
            created_at: row.created_at,
        }
    }
}

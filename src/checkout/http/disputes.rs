//! Quarrels over HTTP: both sides speak, the office decides.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::returns::few;
use crate::app::App;
use crate::checkout::service::disputes::{self, NewDispute, Party, Ruling};
use crate::checkout::service::returns::Side;
use crate::kernel::fields::text;
use crate::kernel::{
    DisputeId, Fields, OrderFileId, OrderId, Page, Problem, ReturnId, Rupiah, UserId, VendorId,
};
use crate::orders::entity::dispute::{self, Outcome, Reason, Status};
use crate::orders::http::claims::{DisputeBriefOut, DisputeOut};
use crate::orders::http::{FileRef, VENDOR_READ};
use crate::orders::query::claims;
use crate::orders::query::{self as orders_query};
use crate::platform::audit::Who;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::idempotency::Request;
use crate::web::query::page_of;
use crate::web::{Area, Caller, IdempotencyKey, PathId, PathIds, Policy, Role, ValidJson, ValidQuery};

pub(super) const OPEN_DISPUTE: Policy = BUYER;
pub(super) const GET_DISPUTE: Policy = BUYER;
pub(super) const ANSWER_DISPUTE: Policy = BUYER;
pub(super) const WITHDRAW_DISPUTE: Policy = BUYER;
pub(super) const OPEN_VENDOR_DISPUTE: Policy = MEMBERS;
pub(super) const GET_VENDOR_DISPUTE: Policy = VENDOR_READ;
pub(super) const ANSWER_VENDOR_DISPUTE: Policy = MEMBERS;
pub(super) const WITHDRAW_VENDOR_DISPUTE: Policy = MEMBERS;
pub(super) const LIST_DISPUTES: Policy = OFFICE_READ;
pub(super) const GET_ANY_DISPUTE: Policy = OFFICE_READ;
pub(super) const ANSWER_AS_OFFICE: Policy =
    Policy::any_of(&[Role::Officer, Role::Operator]).on("dispute", "dispute_id").area(Area::Office);
pub(super) const RULE_DISPUTE: Policy = Policy::any_of(&[Role::Officer, Role::Operator])
    .on("dispute", "dispute_id")
    .area(Area::Office)
    .step_up()
    .idempotent();

const BUYER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);
const OFFICE_READ: Policy =
    Policy::any_of(&[Role::Officer, Role::Operator, Role::Finance, Role::Auditor]).area(Area::Office);

/// What somebody complains about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDispute {
    reason: Reason,
    text: String,
    #[serde(default)]
    return_id: Option<ReturnId>,
    /// Evidence that was sent before as files of the order.
    #[serde(default)]
    files: Vec<OrderFileId>,
}

/// What somebody says about a quarrel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerDispute {
    text: String,
    #[serde(default)]
    files: Vec<OrderFileId>,
}

/// What somebody of the office says about a quarrel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeAnswer {
    text: String,
}

/// What the office decides.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDispute {
    outcome: Outcome,
    /// What goes back to the buyer; for `refund_part` only.
    #[serde(default)]
    amount: Option<Rupiah>,
    /// The goods are with the shop and can be sold again; for `refund_full` only.
    #[serde(default)]
    restock: bool,
    /// Why; both sides read it.
    ruling: String,
}

/// What the list of quarrels is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputeQuery {
    status: Option<Status>,
    limit: Option<u64>,
    cursor: Option<String>,
}

impl OpenDispute {
    fn meant(self) -> Result<NewDispute, Problem> {
        Ok(NewDispute {
            reason: self.reason,
            text: said(&self.text, "/text")?,
            return_id: self.return_id,
            files: few(self.files)?,
        })
    }
}

impl RuleDispute {
    fn meant(self) -> Result<Ruling, Problem> {
        use crate::kernel::fields::Fault;
        let mut fields = Fields::new();
        let text = fields.take("/ruling", text(&self.ruling, 10, 4000, true));
        let part = self.outcome == Outcome::RefundPart;
        match self.amount {
            Some(amount) if part && amount.is_zero() => {
                fields.push("/amount", Fault::new("out-of-range", "Lebih dari nol.", "More than zero."));
            }
            None if part => fields.push("/amount", Fault::new("required", "Wajib diisi.", "Required.")),
            Some(_) if !part => {
                let fault = Fault::new("not-here", "Hanya untuk refund_part.", "Only for refund_part.");
                fields.push("/amount", fault);
            }
            _ => {}
        }
        if self.restock && self.outcome != Outcome::RefundFull {
            let fault = Fault::new("not-here", "Hanya untuk refund_full.", "Only for refund_full.");
            fields.push("/restock", fault);
        }
        match text {
            Some(text) if !fields.any() => {
                let amount = self.amount.unwrap_or(Rupiah::ZERO);
                Ok(Ruling { outcome: self.outcome, amount, restock: self.restock, text })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

fn said(value: &str, place: &'static str) -> Result<String, Problem> {
    text(value, 3, 4000, true).map_err(|fault| Problem::field(fault.at(place)))
}

/// A quarrel with what belongs to it: three statements.
async fn whole(app: &App, row: dispute::Model) -> Result<Json<DisputeOut>, Problem> {
    let posts = claims::posts_of(app.db.read(), &[row.id]).await?;
    let files = claims::files_of(app.db.read(), row.order_id).await?;
    Ok(Json(DisputeOut::of(row, posts, files.iter().map(FileRef::of).collect())))
}

/// Ask the office to decide about an order. Its money goes nowhere until then.
#[utoipa::path(post, path = "/v1/orders/{order_id}/disputes", tag = "checkout", request_body = OpenDispute,
    params(("order_id" = OrderId, Path)),
    responses((status = 201, body = DisputeBriefOut), (status = 404), (status = 409, description = "window-closed, claim-open"), (status = 422)))]
pub(super) async fn open_dispute(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    ValidJson(body): ValidJson<OpenDispute>,
) -> Result<(StatusCode, Json<DisputeBriefOut>), Problem> {
    let row = disputes::open_dispute(&app, (Side::Buyer, caller.user_id), id, body.meant()?).await?;
    Ok((StatusCode::CREATED, Json(DisputeBriefOut::of(row))))
}

/// Ask the office to decide about an order of the shop.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/disputes", tag = "checkout", request_body = OpenDispute,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 201, body = DisputeBriefOut), (status = 404), (status = 409, description = "window-closed, claim-open"), (status = 422)))]
pub(super) async fn open_vendor_dispute(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    ValidJson(body): ValidJson<OpenDispute>,
) -> Result<(StatusCode, Json<DisputeBriefOut>), Problem> {
    let side = (Side::Vendor(vendor_id), caller.user_id);
    let row = disputes::open_dispute(&app, side, id, body.meant()?).await?;
    Ok((StatusCode::CREATED, Json(DisputeBriefOut::of(row))))
}

/// Read a dispute about one of the caller's orders.
#[utoipa::path(get, path = "/v1/orders/{order_id}/disputes/{dispute_id}", tag = "checkout",
    params(("order_id" = OrderId, Path), ("dispute_id" = DisputeId, Path)), responses((status = 200, body = DisputeOut), (status = 404)))]
pub(super) async fn get_dispute(
    State(app): State<App>,
    caller: Caller,
    PathIds((order_id, id)): PathIds<(OrderId, DisputeId)>,
) -> Result<Json<DisputeOut>, Problem> {
    let order = orders_query::of_buyer(app.db.read(), caller.user_id, order_id).await?;
    order.ok_or_else(Problem::not_found)?;
    let row = claims::dispute_of(app.db.read(), (order_id, id)).await?.ok_or_else(Problem::not_found)?;
    whole(&app, row).await
}

/// Read a dispute about an order of the shop.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders/{order_id}/disputes/{dispute_id}", tag = "checkout",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("dispute_id" = DisputeId, Path)),
    responses((status = 200, body = DisputeOut), (status = 404)))]
pub(super) async fn get_vendor_dispute(
    State(app): State<App>,
    PathIds((vendor_id, order_id, id)): PathIds<(VendorId, OrderId, DisputeId)>,
) -> Result<Json<DisputeOut>, Problem> {
    let order = orders_query::of_vendor(app.db.read(), vendor_id, order_id).await?;
    order.ok_or_else(Problem::not_found)?;
    let row = claims::dispute_of(app.db.read(), (order_id, id)).await?.ok_or_else(Problem::not_found)?;
    whole(&app, row).await
}

async fn answer(
    app: &App,
    by: (Party, UserId),
    id: DisputeId,
    body: AnswerDispute,
) -> Result<(StatusCode, Json<DisputeBriefOut>), Problem> {
    let said = (said(&body.text, "/text")?, few(body.files)?);
    let row = disputes::answer_dispute(app, by, id, said).await?;
    Ok((StatusCode::CREATED, Json(DisputeBriefOut::of(row))))
}

/// Say or show something about a dispute.
#[utoipa::path(post, path = "/v1/orders/{order_id}/disputes/{dispute_id}/posts", tag = "checkout", request_body = AnswerDispute,
    params(("order_id" = OrderId, Path), ("dispute_id" = DisputeId, Path)),
    responses((status = 201, body = DisputeBriefOut), (status = 404), (status = 409, description = "claim-state"), (status = 422)))]
pub(super) async fn answer_dispute(
    State(app): State<App>,
    caller: Caller,
    PathIds((order_id, id)): PathIds<(OrderId, DisputeId)>,
    ValidJson(body): ValidJson<AnswerDispute>,
) -> Result<(StatusCode, Json<DisputeBriefOut>), Problem> {
    answer(&app, (Party::Side(Side::Buyer, order_id), caller.user_id), id, body).await
}

/// Say or show something about a dispute.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/disputes/{dispute_id}/posts", tag = "checkout",
    request_body = AnswerDispute,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("dispute_id" = DisputeId, Path)),
    responses((status = 201, body = DisputeBriefOut), (status = 404), (status = 409, description = "claim-state"), (status = 422)))]
pub(super) async fn answer_vendor_dispute(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, order_id, id)): PathIds<(VendorId, OrderId, DisputeId)>,
    ValidJson(body): ValidJson<AnswerDispute>,
) -> Result<(StatusCode, Json<DisputeBriefOut>), Problem> {
    let party = Party::Side(Side::Vendor(vendor_id), order_id);
    answer(&app, (party, caller.user_id), id, body).await
}

/// Take a dispute back that one has opened; the order goes on.
#[utoipa::path(post, path = "/v1/orders/{order_id}/disputes/{dispute_id}/withdraw", tag = "checkout",
    params(("order_id" = OrderId, Path), ("dispute_id" = DisputeId, Path)),
    responses((status = 200, body = DisputeBriefOut), (status = 404), (status = 409, description = "claim-state")))]
pub(super) async fn withdraw_dispute(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(OrderId, DisputeId)>,
) -> Result<Json<DisputeBriefOut>, Problem> {
    let row = disputes::withdraw_dispute(&app, (Side::Buyer, caller.user_id), ids).await?;
    Ok(Json(DisputeBriefOut::of(row)))
}

/// Take a dispute back that the shop has opened; the order goes on.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/disputes/{dispute_id}/withdraw", tag = "checkout",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("dispute_id" = DisputeId, Path)),
    responses((status = 200, body = DisputeBriefOut), (status = 404), (status = 409, description = "claim-state")))]
pub(super) async fn withdraw_vendor_dispute(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, order_id, id)): PathIds<(VendorId, OrderId, DisputeId)>,
) -> Result<Json<DisputeBriefOut>, Problem> {
    let side = (Side::Vendor(vendor_id), caller.user_id);
    let row = disputes::withdraw_dispute(&app, side, (order_id, id)).await?;
    Ok(Json(DisputeBriefOut::of(row)))
}

/// List disputes, the oldest first.
#[utoipa::path(get, path = "/v1/admin/disputes", tag = "checkout", params(DisputeQuery), responses((status = 200, body = Page<DisputeBriefOut>)))]
pub(super) async fn list_disputes(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<DisputeQuery>,
) -> Result<Json<Page<DisputeBriefOut>>, Problem> {
    let page = page_of(params.limit, params.cursor.as_deref())?;
    Ok(Json(claims::disputes(app.db.read(), params.status, &page).await?.map(DisputeBriefOut::of)))
}

/// Read a dispute with what both sides said and showed.
#[utoipa::path(get, path = "/v1/admin/disputes/{dispute_id}", tag = "checkout", params(("dispute_id" = DisputeId, Path)),
    responses((status = 200, body = DisputeOut), (status = 404)))]
pub(super) async fn get_dispute_as_office(
    State(app): State<App>,
    PathId(id): PathId<DisputeId>,
) -> Result<Json<DisputeOut>, Problem> {
    let row = claims::dispute_of_office(app.db.read(), id).await?.ok_or_else(Problem::not_found)?;
    whole(&app, row).await
}

/// Ask both sides something, or tell them.
#[utoipa::path(post, path = "/v1/admin/disputes/{dispute_id}/posts", tag = "checkout", request_body = OfficeAnswer,
    params(("dispute_id" = DisputeId, Path)),
    responses((status = 201, body = DisputeBriefOut), (status = 404), (status = 409, description = "claim-state"), (status = 422)))]
pub(super) async fn answer_dispute_as_office(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<DisputeId>,
    ValidJson(body): ValidJson<OfficeAnswer>,
) -> Result<(StatusCode, Json<DisputeBriefOut>), Problem> {
    let body = AnswerDispute { text: body.text, files: Vec::new() };
    answer(&app, (Party::Office, caller.user_id), id, body).await
}

/// Decide. The money and the goods move in the same step.
#[utoipa::path(post, path = "/v1/admin/disputes/{dispute_id}/rule", tag = "checkout", request_body = RuleDispute,
    params(("dispute_id" = DisputeId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = DisputeBriefOut), (status = 404),
        (status = 409, description = "claim-state, in-progress"), (status = 422, description = "key-reused")))]
pub(super) async fn rule_dispute(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<DisputeId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<RuleDispute>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/disputes/{id}/rule"), &key, &body);
    disputes::rule(&app, &who, request, (id, caller.user_id), body.meant()?).await
}

//! Giving goods back, over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::service::returns::{self, Decision, Side};
use crate::kernel::fields::{Fault, text};
use crate::kernel::{OrderFileId, OrderId, OrderLineId, Problem, ReturnId, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::return_line::Reason;
use crate::orders::http::claims::ReturnOut;
use crate::orders::http::{optional_note, optional_text};
use crate::orders::model::parcel::Pieces;
use crate::orders::service::claims::NewReturn;
use crate::orders::service::stock::Back;
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, IdempotencyKey, PathId, PathIds, Policy, ValidJson};

pub(super) const REQUEST_RETURN: Policy = BUYER;
pub(super) const WITHDRAW_RETURN: Policy = BUYER;
pub(super) const SHIP_RETURN: Policy = BUYER;
pub(super) const APPROVE_RETURN: Policy = MEMBERS;
pub(super) const REFUSE_RETURN: Policy = MEMBERS;
pub(super) const RECEIVE_RETURN: Policy = MEMBERS.idempotent();

const BUYER: Policy = Policy::BUYER.on("order", "order_id").area(Area::Orders);
const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

/// Most lines and files of a request.
const MOST: usize = 200;
const MOST_FILES: usize = 10;

/// What a buyer wants to give back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestReturn {
    lines: Vec<ReturnLineIn>,
    #[serde(default)]
    note: Option<String>,
    /// Pictures that were sent before as files of the order.
    #[serde(default)]
    files: Vec<OrderFileId>,
}

/// So many pieces of an article, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnLineIn {
    line_id: OrderLineId,
    quantity: i32,
    reason: Reason,
}

/// What a shop says when it agrees, e.g. where to send the goods.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ApproveReturn {
    note: Option<String>,
}

/// Why a shop does not agree.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseReturn {
    note: String,
}

/// How the goods were sent back.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShipReturn {
    carrier: Option<String>,
    tracking_number: Option<String>,
}

/// What became of the goods; all of them are good if nothing is said.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiveReturn {
    lines: Option<Vec<ReturnOutcome>>,
}

/// What became of the pieces of an article.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnOutcome {
    line_id: OrderLineId,
    /// Good enough to be sold again.
    restocked: i32,
    /// Of no use any more.
    lost: i32,
}

/// No more than so many files.
pub(super) fn few(files: Vec<OrderFileId>) -> Result<Vec<OrderFileId>, Problem> {
    if files.len() > MOST_FILES {
        let fault = Fault::new("too-many", "Paling banyak 10.", "At most 10.");
        return Err(Problem::field(fault.at("/files")));
    }
    Ok(files)
}

impl RequestReturn {
    fn meant(self) -> Result<NewReturn, Problem> {
        if self.lines.len() > MOST {
            let fault = Fault::new("too-many", "Paling banyak 200.", "At most 200.");
            return Err(Problem::field(fault.at("/lines")));
        }
        let line =
            |line: ReturnLineIn| (Pieces { line_id: line.line_id, quantity: line.quantity }, line.reason);
        Ok(NewReturn {
            lines: self.lines.into_iter().map(line).collect(),
            note: optional_note(self.note)?,
            files: few(self.files)?,
        })
    }
}

/// Ask to give something back. A shop that does not answer in time has agreed.
#[utoipa::path(post, path = "/v1/orders/{order_id}/returns", tag = "checkout", request_body = RequestReturn,
    params(("order_id" = OrderId, Path)),
    responses((status = 201, body = ReturnOut), (status = 404), (status = 409, description = "window-closed, order-state"), (status = 422)))]
pub(super) async fn request_return(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    ValidJson(body): ValidJson<RequestReturn>,
) -> Result<(StatusCode, Json<ReturnOut>), Problem> {
    let claim = returns::request_return(&app, caller.user_id, id, body.meant()?).await?;
    Ok((StatusCode::CREATED, Json(ReturnOut::of(claim, Actor::Buyer))))
}

async fn by_buyer(
    app: &App,
    caller: &Caller,
    ids: (OrderId, ReturnId),
    decision: Decision,
) -> Result<Json<ReturnOut>, Problem> {
    let claim = returns::decide_return(app, (Side::Buyer, caller.user_id), ids, decision).await?;
    Ok(Json(ReturnOut::of(claim, Actor::Buyer)))
}

async fn by_shop(
    app: &App,
    caller: &Caller,
    (vendor_id, id, return_id): (VendorId, OrderId, ReturnId),
    decision: Decision,
) -> Result<Json<ReturnOut>, Problem> {
    let side = (Side::Vendor(vendor_id), caller.user_id);
    let claim = returns::decide_return(app, side, (id, return_id), decision).await?;
    Ok(Json(ReturnOut::of(claim, Actor::Vendor)))
}

/// Keep the goods after all.
#[utoipa::path(post, path = "/v1/orders/{order_id}/returns/{return_id}/withdraw", tag = "checkout",
    params(("order_id" = OrderId, Path), ("return_id" = ReturnId, Path)),
    responses((status = 200, body = ReturnOut), (status = 404), (status = 409, description = "claim-state")))]
pub(super) async fn withdraw_return(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(OrderId, ReturnId)>,
) -> Result<Json<ReturnOut>, Problem> {
    by_buyer(&app, &caller, ids, Decision::Withdraw).await
}

/// Say that the goods were sent back.
#[utoipa::path(post, path = "/v1/orders/{order_id}/returns/{return_id}/ship", tag = "checkout", request_body = Option<ShipReturn>,
    params(("order_id" = OrderId, Path), ("return_id" = ReturnId, Path)),
    responses((status = 200, body = ReturnOut), (status = 404), (status = 409, description = "claim-state"), (status = 422)))]
pub(super) async fn ship_return(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(OrderId, ReturnId)>,
    body: Option<ValidJson<ShipReturn>>,
) -> Result<Json<ReturnOut>, Problem> {
    let body = body.map(|ValidJson(body)| body).unwrap_or_default();
    let carrier = optional_text(body.carrier, "/carrier", 60)?;
    let tracking_number = optional_text(body.tracking_number, "/tracking_number", 60)?;
    by_buyer(&app, &caller, ids, Decision::ShipBack { carrier, tracking_number }).await
}

/// Agree to a return.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/returns/{return_id}/approve", tag = "checkout",
    request_body = Option<ApproveReturn>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("return_id" = ReturnId, Path)),
    responses((status = 200, body = ReturnOut), (status = 404), (status = 409, description = "claim-state"), (status = 422)))]
pub(super) async fn approve_return(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, OrderId, ReturnId)>,
    body: Option<ValidJson<ApproveReturn>>,
) -> Result<Json<ReturnOut>, Problem> {
    let note = optional_note(body.and_then(|ValidJson(body)| body.note))?;
    by_shop(&app, &caller, ids, Decision::Approve(note)).await
}

/// Refuse a return, with the reason; the buyer may go to the office.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/returns/{return_id}/refuse", tag = "checkout",
    request_body = RefuseReturn,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("return_id" = ReturnId, Path)),
    responses((status = 200, body = ReturnOut), (status = 404), (status = 409, description = "claim-state"), (status = 422)))]
pub(super) async fn refuse_return(
    State(app): State<App>,
    caller: Caller,
    PathIds(ids): PathIds<(VendorId, OrderId, ReturnId)>,
    ValidJson(body): ValidJson<RefuseReturn>,
) -> Result<Json<ReturnOut>, Problem> {
    let note = text(&body.note, 3, 500, true).map_err(|fault| Problem::field(fault.at("/note")))?;
    by_shop(&app, &caller, ids, Decision::Refuse(note)).await
}

/// Say that the goods are back: the money goes to the buyer, good pieces go on the shelf.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/returns/{return_id}/receive", tag = "checkout",
    request_body = Option<ReceiveReturn>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("return_id" = ReturnId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = ReturnOut), (status = 404), (status = 409, description = "claim-state, in-progress"),
        (status = 422, description = "key-reused")))]
pub(super) async fn receive_return(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id, return_id)): PathIds<(VendorId, OrderId, ReturnId)>,
    key: IdempotencyKey,
    body: Option<ValidJson<ReceiveReturn>>,
) -> Result<Response, Problem> {
    let body = body.map(|ValidJson(body)| body).unwrap_or_default();
    let route = format!("POST /v1/vendors/{vendor_id}/orders/{id}/returns/{return_id}/receive");
    let request = Request::new(caller.user_id, route, &key, &body);
    let outcome = body.lines.map(|lines| {
        let back =
            |line: ReturnOutcome| Back { line_id: line.line_id, restocked: line.restocked, lost: line.lost };
        lines.into_iter().map(back).collect()
    });
    returns::receive_return(&app, request, (vendor_id, caller.user_id), (id, return_id), outcome).await
}

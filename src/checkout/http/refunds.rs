//! Refunds of orders: by finance, and by the shop itself.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::model::refund::Give;
use crate::checkout::service::{self, Wanted};
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{Fields, OrderId, OrderLineId, Problem, Rupiah, UserId, VendorId};
use crate::payments::http::RefundOut;
use crate::platform::audit::Who;
use crate::web::authz::VENDOR_LEADS;
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, IdempotencyKey, PathId, PathIds, Policy, Role, ValidJson};

pub(super) const REFUND_ORDER: Policy =
    Policy::any_of(&[Role::Finance]).on("order", "order_id").idempotent().step_up().area(Area::Payments);
pub(super) const REFUND_OWN_ORDER: Policy =
    Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").idempotent().area(Area::Orders);

/// Most lines of one request.
const MAX_LINES: usize = 100;

/// What goes back to the buyer: everything that is left, or an amount, or pieces of lines and a part of the shipping.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRefund {
    /// Why; the buyer can read it.
    #[schema(min_length = 3, max_length = 300)]
    reason: String,
    /// An amount, spread over what is left of the order.
    #[serde(default)]
    #[schema(minimum = 1)]
    amount: Option<i64>,
    /// Pieces of lines.
    #[serde(default)]
    lines: Vec<RefundPieces>,
    /// Of what was paid for shipping; only with `lines` or by itself.
    #[serde(default)]
    #[schema(minimum = 0)]
    shipping: Option<i64>,
}

/// Pieces of one line.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundPieces {
    order_line_id: OrderLineId,
    #[schema(minimum = 1, maximum = 10_000)]
    quantity: i32,
}

/// Give back an order in full or in part, whatever became of it. After the shop was paid, the shop pays.
#[utoipa::path(post, path = "/v1/admin/orders/{order_id}/refunds", tag = "checkout", request_body = OrderRefund,
    params(("order_id" = OrderId, Path), ("idempotency-key" = String, Header)),
    responses((status = 201, body = RefundOut), (status = 404), (status = 409, description = "refund-too-much, nothing-paid, in-progress"),
        (status = 422, description = "Invalid, unknown-line, key-reused")))]
pub(super) async fn refund_order(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<OrderId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<OrderRefund>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, format!("POST /v1/admin/orders/{id}/refunds"), &key, &body);
    let wanted = body.parse(caller.user_id, id, &key)?;
    service::refund_by_finance(&app, &who, request, id, wanted).await
}

/// Give back one of the shop's orders in full or in part.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/refunds", tag = "checkout", request_body = OrderRefund,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path), ("idempotency-key" = String, Header)),
    responses((status = 201, body = RefundOut), (status = 404), (status = 409, description = "refund-too-much, nothing-paid, in-progress"),
        (status = 422, description = "Invalid, unknown-line, key-reused")))]
pub(super) async fn refund_own_order(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<OrderRefund>,
) -> Result<Response, Problem> {
    let route = format!("POST /v1/vendors/{vendor_id}/orders/{id}/refunds");
    let request = Request::new(caller.user_id, route, &key, &body);
    let wanted = body.parse(caller.user_id, id, &key)?;
    service::refund_by_shop(&app, &who, request, (vendor_id, id), wanted).await
}

impl OrderRefund {
    fn parse(&self, caller: UserId, order: OrderId, key: &IdempotencyKey) -> Result<Wanted, Problem> {
        let mut fields = Fields::new();
        let reason = fields.take("/reason", text(&self.reason, 3, 300, true));
        let amount = self.amount.map(|amount| number(amount, 1, Rupiah::MAX.get()));
        let amount = fields.take_opt("/amount", amount).flatten();
        let shipping = self.shipping.map(|amount| number(amount, 0, Rupiah::MAX.get()));
        let shipping = fields.take_opt("/shipping", shipping).flatten();
        let lines = self.pieces(&mut fields);
        if amount.is_some() && (!lines.is_empty() || shipping.is_some()) {
            let fault = Fault::new(
                "one-of",
                "Pilih salah satu: jumlah uang, atau baris dan ongkir.",
                "Either an amount, or lines and shipping.",
            );
            fields.push("/amount", fault);
        }
        let give = match (amount, shipping) {
            (Some(amount), _) => Give::Amount(Rupiah::new(amount).map_err(Problem::internal)?),
            (None, None) if lines.is_empty() => Give::Whole,
            (None, shipping) => Give::Lines {
                lines,
                shipping: Rupiah::new(shipping.unwrap_or(0)).map_err(Problem::internal)?,
            },
        };
        fields.check()?;
        Ok(Wanted { give, key: format!("order:{order}:{caller}:{}", key.0), reason })
    }

    fn pieces(&self, fields: &mut Fields) -> Vec<(OrderLineId, i32)> {
        if self.lines.len() > MAX_LINES {
            let fault = Fault::new("out-of-range", "Paling banyak 100 baris.", "At most 100 lines.");
            fields.push("/lines", fault);
        }
        let mut lines: Vec<(OrderLineId, i32)> = Vec::new();
        for (index, line) in self.lines.iter().enumerate().take(MAX_LINES) {
            let at = format!("/lines/{index}");
            if lines.iter().any(|(known, _)| *known == line.order_line_id) {
                let fault = Fault::new("duplicate", "Baris disebut dua kali.", "This line is named twice.");
                fields.push(format!("{at}/order_line_id"), fault);
            }
            let quantity = fields.take(&format!("{at}/quantity"), number(line.quantity, 1, 10_000));
            lines.push((line.order_line_id, quantity.unwrap_or(1)));
        }
        lines
    }
}

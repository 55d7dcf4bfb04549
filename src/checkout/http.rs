//! Checkout over HTTP, and the moves of orders and payments that touch both.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::model::{Totals, VendorTotals};
use super::service::{self, Placed, Settled, Wish};
use crate::app::App;
use crate::cart::Access;
use crate::kernel::fields::{Fault, text};
use crate::kernel::{CartId, Fields, OrderId, PaymentId, Problem, PurchaseId, RefundId, Rupiah, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::DeliveryMethod;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::http::{OrderStatusOut, optional_note};
use crate::orders::model::{Delivery, ShippingAddress};
use crate::orders::{OrderError, query as orders_query};
use crate::payments::entity::payment::Status;
use crate::payments::http::{PaymentOut, RefundOut};
use crate::payments::{PaymentError, query as payments_query};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::idempotency::Request;
use crate::web::{Api, Caller, IdempotencyKey, PathId, PathIds, Policy, Role, ValidJson};

/// Routes of this feature. The sandbox exists only where the settings say so.
pub fn routes() -> Api<App> {
    Api::new()
        .route(QUOTE_CHECKOUT, routes!(quote_checkout))
        .route(PLACE_CHECKOUT, routes!(place_checkout))
        .route(GET_PURCHASE, routes!(get_purchase))
        .route(CANCEL_ORDER, routes!(cancel_order))
        .route(RECEIVE_ORDER, routes!(receive_order))
        .route(DECLINE_ORDER, routes!(decline_order))
        .route(DELIVER_ORDER, routes!(deliver_order))
        .route(SETTLE_SANDBOX_PAYMENT, routes!(settle_sandbox_payment))
        .route(FAIL_SANDBOX_PAYMENT, routes!(fail_sandbox_payment))
        .route(CONFIRM_PAYMENT, routes!(confirm_payment))
        .route(CONFIRM_REFUND, routes!(confirm_refund))
}

const QUOTE_CHECKOUT: Policy = Policy::PUBLIC;
const PLACE_CHECKOUT: Policy = Policy::BUYER.idempotent();
const GET_PURCHASE: Policy = Policy::BUYER.on("purchase", "purchase_id");
const CANCEL_ORDER: Policy = Policy::BUYER.on("order", "order_id");
const RECEIVE_ORDER: Policy = Policy::BUYER.on("order", "order_id");
const DECLINE_ORDER: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id");
const DELIVER_ORDER: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id");
const SETTLE_SANDBOX_PAYMENT: Policy = Policy::BUYER.on("payment", "payment_id");
const FAIL_SANDBOX_PAYMENT: Policy = Policy::BUYER.on("payment", "payment_id");
const CONFIRM_PAYMENT: Policy = Policy::any_of(&[Role::Finance])
    .on("payment", "payment_id")
    .idempotent();
const CONFIRM_REFUND: Policy = Policy::any_of(&[Role::Finance])
    .on("refund", "refund_id")
    .idempotent();

/// What somebody wants to know the price of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteCheckout {
    cart_id: CartId,
    shipping_address: ShippingAddress,
    /// One per shop in the cart.
    deliveries: Vec<DeliveryIn>,
    #[serde(default)]
    voucher: Option<String>,
}

/// How one shop's part is to be delivered.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryIn {
    vendor_id: VendorId,
    method: DeliveryMethod,
    /// Not before the goods can be made.
    #[serde(default)]
    date: Option<NaiveDate>,
    /// Free text, e.g. "10.00-12.00".
    #[serde(default)]
    window: Option<String>,
}

/// What somebody wants to buy.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceCheckout {
    cart_id: CartId,
    shipping_address: ShippingAddress,
    /// One per shop in the cart.
    deliveries: Vec<DeliveryIn>,
    #[serde(default)]
    voucher: Option<String>,
    payment_method: PaymentMethod,
    /// The total that the buyer saw; anything else is refused.
    expected_total: Rupiah,
}

/// What a checkout costs.
#[derive(Serialize, ToSchema)]
pub struct QuoteOut {
    total: Rupiah,
    goods: Rupiah,
    shipping: Rupiah,
    discount: Rupiah,
    tax: Rupiah,
    vendors: Vec<VendorTotals>,
}

/// A purchase.
#[derive(Serialize, ToSchema)]
pub struct PurchaseOut {
    id: PurchaseId,
    goods: Rupiah,
    shipping: Rupiah,
    discount: Rupiah,
    tax: Rupiah,
    total: Rupiah,
    shipping_address: ShippingAddress,
    payment: PaymentOut,
    orders: Vec<PurchaseOrderOut>,
}

/// One order of a purchase.
#[derive(Serialize, ToSchema)]
pub struct PurchaseOrderOut {
    vendor_id: VendorId,
    total: Rupiah,
    #[serde(flatten)]
    order: OrderStatusOut,
}

/// A remark that may be left out.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OptionalNote {
    note: Option<String>,
}

/// Where a payment stands.
#[derive(Serialize, ToSchema)]
pub struct FailedOut {
    status: Status,
}

/// Ask what a cart would cost, delivered.
#[utoipa::path(post, path = "/v1/checkouts/quote", tag = "checkout", request_body = QuoteCheckout,
    params(("x-cart-secret" = Option<String>, Header, description = "Secret of a guest's cart")),
    responses((status = 200, body = QuoteOut), (status = 404, description = "No such cart"),
        (status = 409, description = "unavailable, below-minimum"), (status = 422)))]
async fn quote_checkout(
    State(app): State<App>,
    access: Access,
    ValidJson(body): ValidJson<QuoteCheckout>,
) -> Result<Json<QuoteOut>, Problem> {
    let wish = check(
        body.cart_id,
        &body.shipping_address,
        body.deliveries,
        body.voucher.as_deref(),
    )?;
    Ok(Json(service::quote(&app, &access, &wish).await?.into()))
}

/// Buy what is in a cart. A guest's cart is adopted by its secret.
#[utoipa::path(post, path = "/v1/checkouts", tag = "checkout", request_body = PlaceCheckout,
    params(("idempotency-key" = String, Header), ("x-cart-secret" = Option<String>, Header, description = "Secret of a guest's cart")),
    responses((status = 201, body = Placed), (status = 404, description = "No such cart"),
        (status = 409, description = "out-of-stock, price-changed, unavailable, below-minimum, in-progress"),
        (status = 422, description = "Invalid, cart-empty, key-reused")))]
async fn place_checkout(
    State(app): State<App>,
    caller: Caller,
    access: Access,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<PlaceCheckout>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, "POST /v1/checkouts", &key, &body);
    check_method(&app, body.payment_method)?;
    let wish = check(
        body.cart_id,
        &body.shipping_address,
        body.deliveries,
        body.voucher.as_deref(),
    )?;
    let terms = (body.payment_method, body.expected_total);
    service::place(&app, (caller.user_id, &access), request, wish, terms).await
}

/// Read one of the caller's purchases.
#[utoipa::path(get, path = "/v1/purchases/{purchase_id}", tag = "checkout", params(("purchase_id" = PurchaseId, Path)),
    responses((status = 200, body = PurchaseOut), (status = 404, description = "No such purchase, or not yours")))]
async fn get_purchase(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PurchaseId>,
) -> Result<Json<PurchaseOut>, Problem> {
    let db = app.db.read();
    let purchase = orders_query::purchase_of(db, caller.user_id, id)
        .await?
        .ok_or(OrderError::NotFound)?;
    let payment = payments_query::of_purchase(db, id)
        .await?
        .ok_or(PaymentError::NotFound)?;
    let orders = orders_query::of_purchase(db, id).await?;
    let shipping_address = serde_json::from_str(&purchase.shipping_address).map_err(Problem::internal)?;
    Ok(Json(PurchaseOut {
        id,
        goods: purchase.goods_total,
        shipping: purchase.shipping_total,
        discount: purchase.discount_total,
        tax: purchase.tax_total,
        total: purchase.total,
        shipping_address,
        payment: PaymentOut::of(&app, payment),
        orders: orders.iter().map(PurchaseOrderOut::of).collect(),
    }))
}

/// Call an order off. An unpaid purchase is cancelled as a whole, a paid one per order with its money back.
#[utoipa::path(post, path = "/v1/orders/{order_id}/cancel", tag = "checkout", params(("order_id" = OrderId, Path)), request_body = Option<OptionalNote>,
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
async fn cancel_order(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::cancel(&app, caller.user_id, id, note_of(body)?).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer)))
}

/// Confirm that an order came.
#[utoipa::path(post, path = "/v1/orders/{order_id}/receive", tag = "checkout", params(("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
async fn receive_order(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::receive(&app, caller.user_id, id).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Buyer)))
}

/// Refuse an order; what was paid for it goes back.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/decline", tag = "checkout", request_body = Option<OptionalNote>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
async fn decline_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::decline(&app, vendor_id, id, (caller.user_id, note_of(body)?)).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor)))
}

/// Hand an order over; cash on delivery is collected now.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/orders/{order_id}/deliver", tag = "checkout", request_body = Option<OptionalNote>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
async fn deliver_order(
    State(app): State<App>,
    caller: Caller,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::deliver(&app, vendor_id, id, (caller.user_id, note_of(body)?)).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor)))
}

/// Pay by hand, where the settings allow it.
#[utoipa::path(post, path = "/v1/sandbox/payments/{payment_id}/settle", tag = "checkout", params(("payment_id" = PaymentId, Path)),
    responses((status = 200, body = Settled), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch")))]
async fn settle_sandbox_payment(
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
async fn fail_sandbox_payment(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
) -> Result<Json<FailedOut>, Problem> {
    check_sandbox(&app)?;
    Ok(Json(FailedOut {
        status: service::fail(&app, caller.user_id, id).await?,
    }))
}

/// Confirm that the money of a transfer is on the account.
#[utoipa::path(post, path = "/v1/admin/payments/{payment_id}/confirm", tag = "checkout", request_body = Option<OptionalNote>,
    params(("payment_id" = PaymentId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = Settled), (status = 404), (status = 409, description = "payment-state, payment-method-mismatch, in-progress"),
        (status = 422, description = "key-reused")))]
async fn confirm_payment(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PaymentId>,
    key: IdempotencyKey,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Response, Problem> {
    let note = note_of(body)?;
    let route = format!("POST /v1/admin/payments/{id}/confirm");
    let request = Request::new(caller.user_id, route, &key, &note);
    service::confirm(&app, caller.user_id, request, id, note).await
}

/// Record that a refund left for the buyer.
#[utoipa::path(post, path = "/v1/admin/refunds/{refund_id}/confirm", tag = "checkout",
    params(("refund_id" = RefundId, Path), ("idempotency-key" = String, Header)),
    responses((status = 200, body = RefundOut), (status = 404), (status = 409, description = "in-progress")))]
async fn confirm_refund(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<RefundId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = Request::new(
        caller.user_id,
        format!("POST /v1/admin/refunds/{id}/confirm"),
        &key,
        &(),
    );
    service::confirm_refund(&app, request, id).await
}

fn note_of(body: Option<ValidJson<OptionalNote>>) -> Result<Option<String>, Problem> {
    optional_note(body.and_then(|ValidJson(body)| body.note))
}

/// Where the sandbox is off, its routes are not there.
fn check_sandbox(app: &App) -> Result<(), Problem> {
    if app.config.payments.sandbox {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}

fn check_method(app: &App, method: PaymentMethod) -> Result<(), Problem> {
    if method == PaymentMethod::Sandbox && !app.config.payments.sandbox {
        let fault = Fault::new(
            "not-offered",
            "Metode ini tidak tersedia.",
            "This method is not offered here.",
        );
        return Err(Problem::field(fault.at("/payment_method")));
    }
    Ok(())
}

/// Turns what came in into what is meant; all faults at once.
fn check(
    cart_id: CartId,
    address: &ShippingAddress,
    deliveries: Vec<DeliveryIn>,
    voucher: Option<&str>,
) -> Result<Wish, Problem> {
    let mut fields = Fields::new();
    let address = address.check(&mut fields);
    if voucher.is_some() {
        // No voucher has been issued yet, so none is known.
        fields.push(
            "/voucher",
            Fault::new("unknown", "Kode voucher tidak dikenal.", "Unknown voucher."),
        );
    }
    let mut wished = Vec::with_capacity(deliveries.len());
    for (index, delivery) in deliveries.into_iter().enumerate() {
        let window = delivery.window.map(|window| text(&window, 1, 40, false));
        if let Some(window) = fields.take_opt(&format!("/deliveries/{index}/window"), window) {
            wished.push((
                delivery.vendor_id,
                Delivery {
                    method: delivery.method,
                    date: delivery.date,
                    window,
                },
            ));
        }
    }
    match address {
        Some(address) if !fields.any() => Ok(Wish {
            cart_id,
            address,
            deliveries: wished,
        }),
        _ => Err(fields.into_problem()),
    }
}

impl From<Totals> for QuoteOut {
    fn from(totals: Totals) -> Self {
        let Totals {
            goods,
            shipping,
            discount,
            tax,
            total,
            vendors,
        } = totals;
        Self {
            total,
            goods,
            shipping,
            discount,
            tax,
            vendors,
        }
    }
}

impl PurchaseOrderOut {
    fn of(whole: &orders_query::Whole) -> Self {
        Self {
            vendor_id: whole.order.vendor_id,
            total: whole.order.total,
            order: OrderStatusOut::of(whole, Actor::Buyer),
        }
    }
}

//! Quote and place over HTTP, and reading a purchase.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::cart::Access;
use crate::checkout::model::{Totals, VendorTotals};
use crate::checkout::service::{self, Placed, Wish};
use crate::kernel::fields::{Fault, text};
use crate::kernel::{CartId, Fields, Problem, PurchaseId, Rupiah, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::DeliveryMethod;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::http::OrderStatusOut;
use crate::orders::model::{Delivery, ShippingAddress};
use crate::orders::{OrderError, query as orders_query};
use crate::payments::http::PaymentOut;
use crate::payments::model::is_offered;
use crate::payments::{PaymentError, query as payments_query};
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, IdempotencyKey, PathId, Policy, ValidJson};

pub(super) const QUOTE_CHECKOUT: Policy = Policy::PUBLIC;
pub(super) const PLACE_CHECKOUT: Policy = Policy::BUYER.idempotent().area(Area::Orders);
pub(super) const GET_PURCHASE: Policy = Policy::BUYER.on("purchase", "purchase_id").area(Area::Orders);

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

/// Ask what a cart would cost, delivered.
#[utoipa::path(post, path = "/v1/checkouts/quote", tag = "checkout", request_body = QuoteCheckout,
    params(("x-cart-secret" = Option<String>, Header, description = "Secret of a guest's cart")),
    responses((status = 200, body = QuoteOut), (status = 404, description = "No such cart"),
        (status = 409, description = "unavailable, below-minimum, shop-closed, outside-delivery-areas"), (status = 422)))]
pub(super) async fn quote_checkout(
    State(app): State<App>,
    access: Access,
    ValidJson(body): ValidJson<QuoteCheckout>,
) -> Result<Json<QuoteOut>, Problem> {
    let wish = check(body.cart_id, &body.shipping_address, body.deliveries, body.voucher.as_deref())?;
    Ok(Json(service::quote(&app, &access, &wish).await?.into()))
}

/// Buy what is in a cart. A guest's cart is adopted by its secret.
#[utoipa::path(post, path = "/v1/checkouts", tag = "checkout", request_body = PlaceCheckout,
    params(("idempotency-key" = String, Header), ("x-cart-secret" = Option<String>, Header, description = "Secret of a guest's cart")),
    responses((status = 201, body = Placed), (status = 404, description = "No such cart"),
        (status = 409, description = "out-of-stock, price-changed, unavailable, below-minimum, shop-closed, outside-delivery-areas, in-progress"),
        (status = 422, description = "Invalid, cart-empty, key-reused")))]
pub(super) async fn place_checkout(
    State(app): State<App>,
    caller: Caller,
    access: Access,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<PlaceCheckout>,
) -> Result<Response, Problem> {
    let request = Request::new(caller.user_id, "POST /v1/checkouts", &key, &body);
    if !is_offered(&app.config.payments, body.payment_method) {
        return Err(PaymentError::NotOffered.into());
    }
    let wish = check(body.cart_id, &body.shipping_address, body.deliveries, body.voucher.as_deref())?;
    let terms = (body.payment_method, body.expected_total);
    service::place(&app, (caller.user_id, &access), request, wish, terms).await
}

/// Read one of the caller's purchases.
#[utoipa::path(get, path = "/v1/purchases/{purchase_id}", tag = "checkout", params(("purchase_id" = PurchaseId, Path)),
    responses((status = 200, body = PurchaseOut), (status = 404, description = "No such purchase, or not yours")))]
pub(super) async fn get_purchase(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId<PurchaseId>,
) -> Result<Json<PurchaseOut>, Problem> {
    let db = app.db.read();
    let purchase = orders_query::purchase_of(db, caller.user_id, id).await?.ok_or(OrderError::NotFound)?;
    let payment = payments_query::of_purchase(db, id).await?.ok_or(PaymentError::NotFound)?;
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
        payment: PaymentOut::of(&app, db, payment).await?,
        orders: orders.iter().map(|whole| PurchaseOrderOut::of(whole, app.now())).collect(),
    }))
}

/// Turns what came in into what is meant; all faults at once.
fn check(
    cart_id: CartId,
    address: &ShippingAddress,
    deliveries: Vec<DeliveryIn>,
    voucher: Option<&str>,
) -> Result<Wish, Problem> {
    let mut fields = Fields::new();
    let address = address.check(&mut fields, "/shipping_address");
    if voucher.is_some() {
        // No voucher has been issued yet, so none is known.
        fields.push("/voucher", Fault::new("unknown", "Kode voucher tidak dikenal.", "Unknown voucher."));
    }
    let mut wished = Vec::with_capacity(deliveries.len());
    for (index, delivery) in deliveries.into_iter().enumerate() {
        let window = delivery.window.map(|window| text(&window, 1, 40, false));
        if let Some(window) = fields.take_opt(&format!("/deliveries/{index}/window"), window) {
            wished.push((
                delivery.vendor_id,
                Delivery { method: delivery.method, date: delivery.date, window },
            ));
        }
    }
    match address {
        Some(address) if !fields.any() => Ok(Wish { cart_id, address, deliveries: wished }),
        _ => Err(fields.into_problem()),
    }
}

impl From<Totals> for QuoteOut {
    fn from(totals: Totals) -> Self {
        let Totals { goods, shipping, discount, tax, total, vendors } = totals;
        Self { total, goods, shipping, discount, tax, vendors }
    }
}

impl PurchaseOrderOut {
    fn of(whole: &orders_query::Whole, now: DateTime<Utc>) -> Self {
        Self {
            vendor_id: whole.order.vendor_id,
            total: whole.order.total,
            order: OrderStatusOut::of(whole, Actor::Buyer, now),
        }
    }
}

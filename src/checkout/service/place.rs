//! Quote and place: from a basket to a purchase with one order per shop, all or nothing.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::cart::{self, Access, Basket, CartError, Line};
use crate::catalog::changes;
use crate::catalog::stock::{self, Pieces};
use crate::checkout::error::CheckoutError;
use crate::checkout::jobs::{ExpirePlaced, ExpirePurchase};
use crate::checkout::model::{Part, Totals, check_sellable, parts};
use crate::kernel::clock::business_date;
use crate::kernel::{
    CartId, Fields, OrderId, OrderLineId, PaymentId, Problem, PurchaseId, Rupiah, UserId, VendorId,
};
use crate::orders::entity::line::{self, Reservation};
use crate::orders::entity::order::{self, Channel, Status};
use crate::orders::entity::purchase::{self, PaymentMethod};
use crate::orders::jobs::PurchasePlaced;
use crate::orders::model::{Delivery, ShippingAddress, order_number};
use crate::payments::model::{Instructions, instructions};
use crate::payments::service::{NewPayment, open};
use crate::platform::jobs::{self, NewJob};
use crate::web::idempotency::Request;

/// What somebody wants to buy, and how it is to reach them.
#[derive(Clone, Debug)]
pub struct Wish {
    pub cart_id: CartId,
    pub address: ShippingAddress,
    pub deliveries: Vec<(VendorId, Delivery)>,
}

/// A purchase that was placed.
#[derive(Serialize, ToSchema)]
pub struct Placed {
    pub purchase_id: PurchaseId,
    pub total: Rupiah,
    pub payment: PlacedPayment,
    pub orders: Vec<PlacedOrder>,
}

/// The payment of a purchase that was placed.
#[derive(Serialize, ToSchema)]
pub struct PlacedPayment {
    pub id: PaymentId,
    pub method: PaymentMethod,
    pub status: crate::payments::entity::payment::Status,
    pub instructions: Instructions,
    pub expires_at: Option<DateTime<Utc>>,
}

/// One order of a purchase that was placed.
#[derive(Serialize, ToSchema)]
pub struct PlacedOrder {
    pub id: OrderId,
    pub number: String,
    pub vendor_id: VendorId,
    pub status: Status,
    pub total: Rupiah,
}

/// What a checkout would cost now.
pub async fn quote(app: &App, access: &Access, wish: &Wish) -> Result<Totals, CheckoutError> {
    let basket =
        cart::query::basket(app.db.read(), wish.cart_id, access).await?.ok_or(CartError::NotFound)?;
    check_sellable(&basket)?;
    Ok(Totals::of(&priced(app, &basket, wish)?)?)
}

/// Buys what is in a cart: closes the cart, reserves stock, freezes prices, and opens the payment.
pub async fn place(
    app: &App,
    (buyer, access): (UserId, &Access),
    request: Request<'_>,
    wish: Wish,
    (method, expected): (PaymentMethod, Rupiah),
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let basket = cart::query::basket(txn, wish.cart_id, access).await?.ok_or(CartError::NotFound)?;
        check_sellable(&basket)?;
        let parts = priced(app, &basket, &wish)?;
        let totals = Totals::of(&parts)?;
        if totals.total != expected {
            return Err(CheckoutError::PriceChanged(Box::new(totals)));
        }
        if !cart::service::close(txn, wish.cart_id, access, now).await? {
            return Err(CartError::NotFound.into());
        }
        reserve(txn, &basket.lines, now).await?;
        let sale = Sale { app, buyer, method, now, purchase_id: PurchaseId::generate() };
        Ok((StatusCode::CREATED, sale.write(txn, &parts, &totals, &wish.address).await?))
    })
    .await
}

fn priced<'a>(app: &App, basket: &'a Basket, wish: &Wish) -> Result<Vec<Part<'a>>, CheckoutError> {
    let mut fields = Fields::new();
    let context = (business_date(app.now()), &mut fields);
    match parts(basket, &wish.deliveries, &app.config.checkout, context) {
        Some(parts) => Ok(parts?),
        None => Err(fields.into_problem().into()),
    }
}

/// Promises the counted articles; all of them or none.
pub(super) async fn reserve(
    txn: &DatabaseTransaction,
    lines: &[Line],
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let counted = lines.iter().filter(|line| line.is_counted());
    let pieces: Vec<Pieces> =
        counted.map(|line| Pieces { variant_id: line.variant_id, quantity: line.quantity }).collect();
    let reserved = stock::reserve(txn, &pieces).await?;
    if !reserved.short.is_empty() {
        return Err(CheckoutError::OutOfStock(reserved.short));
    }
    Ok(changes::availability_flipped(txn, &reserved.sold_out, now).await?)
}

/// A purchase while it is written.
struct Sale<'a> {
    app: &'a App,
    buyer: UserId,
    method: PaymentMethod,
    now: DateTime<Utc>,
    purchase_id: PurchaseId,
}

impl Sale<'_> {
    async fn write(
        &self,
        txn: &DatabaseTransaction,
        parts: &[Part<'_>],
        totals: &Totals,
        address: &ShippingAddress,
    ) -> Result<Placed, CheckoutError> {
        let row = self.purchase(totals, address)?;
        purchase::Entity::insert(row).exec_without_returning(txn).await?;
        let (mut orders, mut lines) = (Vec::new(), Vec::new());
        for part in parts {
            let id = OrderId::generate();
            orders.push(self.order(id, part));
            lines.extend(order_lines(id, part)?);
        }
        let placed: Vec<_> = orders.iter().map(placed_order).collect();
        order::Entity::insert_many(orders).exec_without_returning(txn).await?;
        line::Entity::insert_many(lines).exec_without_returning(txn).await?;
        let payment = self.open_payment(txn, totals.total, &placed).await?;
        Ok(Placed { purchase_id: self.purchase_id, total: totals.total, payment, orders: placed })
    }

    fn purchase(
        &self,
        totals: &Totals,
        address: &ShippingAddress,
    ) -> Result<purchase::ActiveModel, CheckoutError> {
        Ok(purchase::ActiveModel {
            id: Set(self.purchase_id),
            buyer_id: Set(self.buyer),
            payment_method: Set(self.method),
            goods_total: Set(totals.goods),
            shipping_total: Set(totals.shipping),
            tax_total: Set(totals.tax),
            discount_total: Set(totals.discount),
            total: Set(totals.total),
            shipping_address: Set(serde_json::to_string(address).map_err(Problem::internal)?),
            created_at: Set(self.now),
        })
    }

    fn order(&self, id: OrderId, part: &Part<'_>) -> order::ActiveModel {
        let (totals, delivery) = (&part.totals, &part.delivery);
        order::ActiveModel {
            id: Set(id),
            number: Set(order_number(id, self.now)),
            purchase_id: Set(self.purchase_id),
            vendor_id: Set(totals.vendor_id),
            buyer_id: Set(self.buyer),
            status: Set(self.method.first_status()),
            payment_method: Set(self.method),
            goods_total: Set(totals.goods),
            shipping_total: Set(totals.shipping),
            tax_total: Set(totals.tax),
            discount_total: Set(totals.discount),
            total: Set(totals.total),
            delivery_method: Set(delivery.method),
            delivery_date: Set(delivery.date.map(|date| date.to_string())),
            delivery_window: Set(delivery.window.clone()),
            placed_at: Set(self.now),
            updated_at: Set(self.now),
            channel: Set(Channel::Marketplace),
        }
    }

    /// Opens the payment and queues what must happen if nobody acts in time.
    async fn open_payment(
        &self,
        txn: &DatabaseTransaction,
        amount: Rupiah,
        orders: &[PlacedOrder],
    ) -> Result<PlacedPayment, CheckoutError> {
        let settings = &self.app.config.checkout;
        let later = |ttl| self.now + chrono::Duration::from_std(ttl).unwrap_or(chrono::Duration::days(1));
        let expires_at = (self.method != PaymentMethod::Cod).then(|| later(settings.unpaid_ttl));
        let new = NewPayment {
            purchase_id: self.purchase_id,
            buyer_id: self.buyer,
            method: self.method,
            amount,
            expires_at,
        };
        let id = open(txn, new, self.now).await?;
        let mut followers =
            vec![NewJob::now::<App, _>(self.now, &PurchasePlaced { purchase_id: self.purchase_id })?];
        match expires_at {
            Some(at) => {
                followers.push(NewJob::at::<App, _>(self.now, at, &ExpirePurchase { payment_id: id })?);
            }
            None => {
                for order in orders {
                    let expiry = ExpirePlaced { order_id: order.id };
                    followers.push(NewJob::at::<App, _>(self.now, later(settings.accept_ttl), &expiry)?);
                }
            }
        }
        jobs::enqueue(txn, followers).await?;
        Ok(PlacedPayment {
            id,
            method: self.method,
            status: crate::payments::entity::payment::Status::Pending,
            instructions: instructions(&self.app.config.payments, self.method, id, amount),
            expires_at,
        })
    }
}

pub(super) fn order_lines(
    order_id: OrderId,
    part: &Part<'_>,
) -> Result<Vec<line::ActiveModel>, CheckoutError> {
    let rows = part.lines.iter().zip(0..).map(|(line, position)| {
        Ok(line::ActiveModel {
            id: Set(OrderLineId::generate()),
            order_id: Set(order_id),
            variant_id: Set(line.variant_id),
            product_id: Set(line.product_id),
            title: Set(line.title.clone()),
            sku: Set(line.sku.clone()),
            options: Set(line.options.clone()),
            unit: Set(line.unit.clone()),
            unit_price: Set(line.unit_price()),
            quantity: Set(line.quantity),
            line_total: Set(line.total()?),
            note: Set(line.note.clone()),
            reservation: Set(if line.is_counted() { Reservation::Held } else { Reservation::None }),
            position: Set(position),
        })
    });
    rows.collect()
}

fn placed_order(order: &order::ActiveModel) -> PlacedOrder {
    PlacedOrder {
        id: *order.id.as_ref(),
        number: order.number.as_ref().clone(),
        vendor_id: *order.vendor_id.as_ref(),
        status: *order.status.as_ref(),
        total: *order.total.as_ref(),
    }
}

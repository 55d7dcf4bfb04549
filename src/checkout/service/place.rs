//! Quote and place: from a basket to a purchase with one order per shop, all or nothing.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, Set};
use serde::Serialize;
use utoipa::ToSchema;

use super::terms;
use crate::app::App;
use crate::cart::{self, Access, Basket, CartError};
use crate::catalog::query::bundles::PartRow;
use crate::checkout::error::CheckoutError;
use crate::checkout::jobs::{ExpirePlaced, ExpirePurchase};
use crate::checkout::model::{Part, Totals, check_sellable, parts};
use crate::checkout::service::{lines, meals};
use crate::kernel::clock::business_date;
use crate::kernel::{CartId, Fields, OrderId, PaymentId, Problem, PurchaseId, Rupiah, UserId, VendorId};
use crate::orders::entity::line;
use crate::orders::entity::order::{self, Channel, Status};
use crate::orders::entity::purchase::{self, PaymentMethod};
use crate::orders::jobs::PurchasePlaced;
use crate::orders::model::{Delivery, ShippingAddress, order_number};
use crate::payments::model::{Instructions, instructions};
use crate::payments::service::{NewPayment, open};
use crate::platform::jobs::{self, NewJob};
use crate::vendors;
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
    let basket = cart::query::basket(app.db.read(), wish.cart_id, access, app.now())
        .await?
        .ok_or(CartError::NotFound)?;
    check_sellable(&basket)?;
    meals::check(app.db.read(), (&basket.lines, wish), app.now()).await?;
    Ok(Totals::of(&priced(app, app.db.read(), &basket, wish).await?)?)
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
        // Closed before it is read: nobody puts anything in any more, and a refusal opens it again.
        if !cart::service::close(txn, wish.cart_id, access, now).await? {
            return Err(CartError::NotFound.into());
        }
        let basket = cart::query::closed_basket(txn, wish.cart_id, now).await?.ok_or(CartError::NotFound)?;
        check_sellable(&basket)?;
        meals::check(txn, (&basket.lines, &wish), now).await?;
        let parts = priced(app, txn, &basket, &wish).await?;
        let totals = Totals::of(&parts)?;
        if totals.total != expected {
            return Err(CheckoutError::PriceChanged(Box::new(totals)));
        }
        let contents = lines::contents(txn, &basket.lines).await?;
        lines::check_parts(&basket.lines, &contents)?;
        lines::reserve(txn, (&basket.lines, &contents), now).await?;
        meals::take(txn, &parts).await?;
        let sale = Sale { app, contents, buyer, method, now, purchase_id: PurchaseId::generate() };
        Ok((StatusCode::CREATED, sale.write(txn, &parts, &totals, &wish.address).await?))
    })
    .await
}

async fn priced<'a>(
    app: &App,
    db: &impl ConnectionTrait,
    basket: &'a Basket,
    wish: &Wish,
) -> Result<Vec<Part<'a>>, CheckoutError> {
    let today = business_date(app.now());
    let said = vendors::query::terms(db, basket.lines.iter().map(|line| line.vendor_id), today).await?;
    terms::check(basket, wish, &said)?;
    let mut fields = Fields::new();
    let fee = |vendor, method| terms::fee(&said, wish, &app.config.checkout, (vendor, method));
    match parts(basket, &wish.deliveries, fee, (today, &mut fields)) {
        Some(parts) => Ok(parts?),
        None => Err(fields.into_problem().into()),
    }
}

/// A purchase while it is written.
struct Sale<'a> {
    app: &'a App,
    buyer: UserId,
    method: PaymentMethod,
    now: DateTime<Utc>,
    purchase_id: PurchaseId,
    contents: Vec<PartRow>,
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
        let (mut orders, mut rows) = (Vec::new(), Vec::new());
        let mut deadlines = Vec::with_capacity(parts.len());
        for part in parts {
            let id = OrderId::generate();
            deadlines.push(meals::deadline(part));
            orders.push(self.order(id, part));
            rows.extend(lines::order_lines(id, part, &self.contents)?);
        }
        let placed: Vec<_> = orders.iter().map(placed_order).collect();
        order::Entity::insert_many(orders).exec_without_returning(txn).await?;
        line::Entity::insert_many(rows).exec_without_returning(txn).await?;
        let payment = self.open_payment(txn, totals.total, &placed, &deadlines).await?;
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
        deadlines: &[Option<DateTime<Utc>>],
    ) -> Result<PlacedPayment, CheckoutError> {
        let settings = &self.app.config.checkout;
        let later = |ttl| self.now + chrono::Duration::from_std(ttl).unwrap_or(chrono::Duration::days(1));
        // What is made for a day is paid and accepted before it is too late to make it.
        let by = |ttl, deadline: Option<DateTime<Utc>>| {
            deadline.map_or_else(|| later(ttl), |deadline| deadline.min(later(ttl)))
        };
        let first = deadlines.iter().flatten().copied().min();
        let expires_at = (self.method != PaymentMethod::Cod).then(|| by(settings.unpaid_ttl, first));
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
                for (order, deadline) in orders.iter().zip(deadlines) {
                    let expiry = ExpirePlaced { order_id: order.id };
                    let at = by(settings.accept_ttl, *deadline);
                    followers.push(NewJob::at::<App, _>(self.now, at, &expiry)?);
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

fn placed_order(order: &order::ActiveModel) -> PlacedOrder {
    PlacedOrder {
        id: *order.id.as_ref(),
        number: order.number.as_ref().clone(),
        vendor_id: *order.vendor_id.as_ref(),
        status: *order.status.as_ref(),
        total: *order.total.as_ref(),
    }
}

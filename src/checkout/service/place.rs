//! Quote and place: from a basket to a purchase with one order per shop, all or nothing.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Set};
use serde::Serialize;
use utoipa::ToSchema;

use super::methods::check_method;
use super::terms;
use crate::app::App;
use crate::cart::{self, Access, Basket, CartError};
use crate::catalog::query::bundles::PartRow;
use crate::checkout::error::CheckoutError;
use crate::checkout::jobs::ExpirePurchase;
use crate::checkout::model::{Part, Totals, check_sellable, parts};
use crate::checkout::service::{lines, meals};
use crate::kernel::clock::business_date;
use crate::kernel::{
    CartId, Fields, OrderId, PaymentId, Problem, PurchaseId, Rupiah, UserId, VendorId, WorkingDays,
};
use crate::orders::entity::line;
use crate::orders::entity::order::{self, Channel, Status};
use crate::orders::entity::purchase::{self, PaymentMethod};
use crate::orders::model::deadline::{Promise, Stage};
use crate::orders::model::{Delivery, ShippingAddress, order_number};
use crate::orders::news;
use crate::orders::service::deadlines;
use crate::payments::model::{Instructions, instructions};
use crate::payments::service::{NewPayment, charges, open};
use crate::platform::calendar;
use crate::platform::jobs::{self, NewJob};
use crate::platform::news as outbox;
use crate::settlement::service::{self as settlement, Sold, SoldLine};
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
        // All that can be refused without touching the stock is: its rows are what buyers of the same article wait for.
        let shops: Vec<VendorId> = totals.vendors.iter().map(|part| part.vendor_id).collect();
        check_method(app, txn, method, &shops).await?;
        let contents = lines::contents(txn, &basket.lines).await?;
        lines::check_parts(&basket.lines, &contents)?;
        lines::reserve(txn, (&basket.lines, &contents), now).await?;
        meals::take(txn, &parts).await?;
        // Only what is placed without paying waits for its shop at once.
        let days = match method.first_status() {
            Status::Placed => Some(calendar::working_days(txn, now).await?),
            _ => None,
        };
        let sale = Sale { app, contents, buyer, method, now, purchase_id: PurchaseId::generate(), days };
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
    terms::check_open(basket, today)?;
    let said = vendors::query::terms(db, &terms::by_zone(basket, wish)).await?;
    terms::check_areas(basket, wish, &said)?;
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
    days: Option<WorkingDays>,
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
        let mut meals_by = None;
        for part in parts {
            let (id, by) = (OrderId::generate(), meals::deadline(part));
            meals_by = meals_by.into_iter().chain(by).min();
            orders.push(self.order(id, part, by));
            rows.extend(lines::order_lines(id, part, &self.contents)?);
        }
        let sold: Vec<Sold> =
            orders.iter().zip(parts).map(|(order, part)| sold(order, part, &rows)).collect();
        let placed: Vec<_> = orders.iter().map(placed_order).collect();
        let mut followers = vec![outbox::write(txn, &news::placed(&orders)?, self.now).await?];
        followers.extend(self.waiting(&orders)?);
        order::Entity::insert_many(orders).exec_without_returning(txn).await?;
        line::Entity::insert_many(rows).exec_without_returning(txn).await?;
        settlement::freeze(self.app, txn, &sold, self.now).await?;
        let payment = self.open_payment(txn, totals.total, meals_by, followers).await?;
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

    /// What happens to shops that do not accept in time. What is not paid yet waits for its buyer.
    fn waiting(&self, orders: &[order::ActiveModel]) -> Result<Vec<NewJob>, DbErr> {
        let placed = orders.iter().filter(|order| *order.status.as_ref() == Status::Placed);
        let ends = placed.filter_map(|order| Some((*order.id.as_ref(), (*order.accept_by.as_ref())?)));
        ends.map(|(order, end)| deadlines::first(order, Stage::Accept, end, self.now)).collect()
    }

    fn order(&self, id: OrderId, part: &Part<'_>, meals_by: Option<DateTime<Utc>>) -> order::ActiveModel {
        let (totals, delivery) = (&part.totals, &part.delivery);
        let promised =
            Promise::of(&self.app.config.orders, part.lines.iter().map(|line| line.lead_time_days));
        order::ActiveModel {
            accept_days: Set(promised.accept),
            ship_days: Set(promised.ship),
            complete_days: Set(promised.complete),
            return_days: Set(promised.give_back),
            dispute_days: Set(promised.dispute),
            accept_by: Set(self.accept_by(promised, meals_by)),
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
            refunded: Set(Rupiah::ZERO),
            ..order::ActiveModel::fresh()
        }
    }

    /// What is made for a day has to be accepted before its deadline, also if it is paid in between; the payment takes the
    /// earlier of this and the usual time.
    fn accept_by(&self, promised: Promise, meals_by: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let usual = self.days.as_ref();
        let usual = usual.map(|days| days.add_working_days(self.now, promised.accept.unsigned_abs()));
        usual.into_iter().chain(meals_by).min()
    }

    /// Opens the payment, and queues whatever follows from the purchase: all of it in one statement.
    async fn open_payment(
        &self,
        txn: &DatabaseTransaction,
        amount: Rupiah,
        meals_by: Option<DateTime<Utc>>,
        mut followers: Vec<NewJob>,
    ) -> Result<PlacedPayment, CheckoutError> {
        let settings = &self.app.config.checkout;
        let later = |ttl| self.now + chrono::Duration::from_std(ttl).unwrap_or(chrono::Duration::days(1));
        // What is made for a day is paid and accepted before it is too late to make it.
        let unpaid = later(settings.unpaid_ttl);
        let expires_at =
            (self.method != PaymentMethod::Cod).then(|| meals_by.map_or(unpaid, |first| first.min(unpaid)));
        let new = NewPayment {
            purchase_id: self.purchase_id,
            buyer_id: self.buyer,
            method: self.method,
            amount,
            expires_at,
        };
        let payment = open(txn, new, self.now).await?;
        let id = payment.id;
        followers.extend(charges::begin(txn, &self.app.gateways, &payment, self.now).await?);
        if let Some(at) = expires_at {
            followers.push(NewJob::at::<App, _>(self.now, at, &ExpirePurchase { payment_id: id })?);
        }
        jobs::enqueue(txn, followers).await?;
        let settings = &self.app.config.payments;
        Ok(PlacedPayment {
            id,
            method: self.method,
            status: crate::payments::entity::payment::Status::Pending,
            instructions: instructions(settings, self.method, (id, payment.reference.as_deref()), amount),
            expires_at,
        })
    }
}

/// What an order is sold at, for its terms.
fn sold(order: &order::ActiveModel, part: &Part<'_>, rows: &[line::ActiveModel]) -> Sold {
    let id = *order.id.as_ref();
    let of_order =
        |row: &&line::ActiveModel| *row.order_id.as_ref() == id && row.parent_id.as_ref().is_none();
    let line = |row: &line::ActiveModel| {
        let bought = part.lines.iter().find(|line| line.variant_id == *row.variant_id.as_ref())?;
        Some(SoldLine {
            id: *row.id.as_ref(),
            category: bought.category_id,
            tax_class: bought.tax_class,
            total: *row.line_total.as_ref(),
        })
    };
    Sold {
        order_id: id,
        vendor_id: part.totals.vendor_id,
        lines: rows.iter().filter(of_order).filter_map(line).collect(),
        shipping: part.totals.shipping,
        total: part.totals.total,
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

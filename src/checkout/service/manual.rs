//! Sales that a shop made elsewhere and enters here: on the phone, by a message, at a stall. They take stock through the same
//! guarded steps as every order, and are booked as cash that the shop has already.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::lines::{contents, order_lines, reserve};
use super::meals;
use crate::app::App;
use crate::cart::query::articles;
use crate::cart::{Line, goods_total};
use crate::catalog::query::bundles::PartRow;
use crate::checkout::error::CheckoutError;
use crate::checkout::model::{Part, VendorTotals};
use crate::checkout::service::owe::{Wanted, owe};
use crate::kernel::fields::Fault;
use crate::kernel::{
    Fields, OrderId, Problem, PurchaseId, Rupiah, ShippingAddress, UserId, VariantId, VendorId,
};
use crate::orders::OrderError;
use crate::orders::entity::event::Actor;
use crate::orders::entity::line;
use crate::orders::entity::order::{self, Channel, DeliveryMethod, Status};
use crate::orders::entity::purchase::{self, PaymentMethod};
use crate::orders::model::{Delivery, order_number};
use crate::orders::query::{self as orders_query, Whole};
use crate::orders::service::{self as orders, By};
use crate::payments::entity::payment;
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::payments::service::{self as payments, NewPayment};
use crate::platform::audit::{self, Deed, Who};
use crate::vendors::entity::vendor;
use crate::web::idempotency::Request;

/// A sale that was made elsewhere.
#[derive(Clone, Debug)]
pub struct HandSale {
    pub channel: Channel,
    /// When it was sold.
    pub sold_at: DateTime<Utc>,
    /// The day whose portions it takes; `None` if that day is over.
    pub date: Option<NaiveDate>,
    /// At least one; each variant once.
    pub lines: Vec<HandSaleLine>,
    pub buyer_name: Option<String>,
    pub buyer_phone: Option<String>,
    pub note: Option<String>,
}

/// One article of it.
#[derive(Clone, Debug)]
pub struct HandSaleLine {
    pub variant_id: VariantId,
    pub quantity: i32,
    /// What was agreed for one piece; the shop's price if absent.
    pub unit_price: Option<Rupiah>,
}

/// A sale that was entered.
#[derive(Serialize, ToSchema)]
#[schema(as = ManualOrder)]
pub struct Entered {
    pub id: OrderId,
    pub number: String,
    pub vendor_id: VendorId,
    pub channel: Channel,
    pub status: Status,
    pub total: Rupiah,
}

/// Enters a sale: takes the stock, writes the order as completed, and books the cash.
pub async fn enter(
    app: &App,
    (caller, vendor_id): (UserId, VendorId),
    request: Request<'_>,
    sale: HandSale,
) -> Result<Response, Problem> {
    let now = app.now();
    app.once(request, async |txn| -> Result<_, CheckoutError> {
        let lines = goods(txn, vendor_id, &sale, now).await?;
        let contents = contents(txn, &lines).await?;
        reserve(txn, (&lines, &contents), now).await?;
        let writer = Writer { contents, caller, vendor_id, now, purchase_id: PurchaseId::generate() };
        let part = part_of(vendor_id, &sale, &lines)?;
        meals::take(txn, std::slice::from_ref(&part)).await?;
        let mut orders = [writer.write(txn, &sale, &part).await?];
        orders::commit_stock(txn, &mut orders, now).await?;
        writer.book(txn, &orders[0].order).await?;
        let order = &orders[0].order;
        let entered = Entered {
            id: order.id,
            number: order.number.clone(),
            vendor_id,
            channel: order.channel,
            status: order.status,
            total: order.total,
        };
        Ok((StatusCode::CREATED, entered))
    })
    .await
}

/// The articles of a sale, in the order of the request and at the price agreed.
async fn goods(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    sale: &HandSale,
    now: DateTime<Utc>,
) -> Result<Vec<Line>, CheckoutError> {
    let ids: Vec<VariantId> = sale.lines.iter().map(|line| line.variant_id).collect();
    let found = articles(txn, &ids).await?;
    let mut fields = Fields::new();
    let mut lines = Vec::with_capacity(sale.lines.len());
    for (index, wanted) in sale.lines.iter().enumerate() {
        let article = found.iter().find(|line| line.variant_id == wanted.variant_id);
        let Some(article) = article.filter(|line| line.vendor_id == vendor_id) else {
            let fault = Fault::new(
                "unknown-variant",
                "Varian ini bukan milik toko ini.",
                "The shop has no such variant.",
            );
            fields.push(format!("/lines/{index}/variant_id"), fault);
            continue;
        };
        // What is made for somebody is settled by word of mouth; a sale counts here, too.
        let personal_fields = String::new();
        let mut line = Line { quantity: wanted.quantity, at: now, personal_fields, ..article.clone() };
        if let Some(price) = wanted.unit_price {
            (line.price, line.tiers, line.sale_price) = (price, "[]".to_owned(), None);
        }
        lines.push(line);
    }
    fields.check()?;
    if let Some(date) = sale.date {
        meals::check_made(txn, &lines, date).await?;
    }
    Ok(lines)
}

/// A sale as the one part of its purchase. Only what is made for a day has one.
fn part_of<'a>(vendor_id: VendorId, sale: &HandSale, lines: &'a [Line]) -> Result<Part<'a>, CheckoutError> {
    let (goods, none) = (goods_total(lines)?, Rupiah::ZERO);
    let totals = VendorTotals { vendor_id, goods, shipping: none, discount: none, tax: none, total: goods };
    let date = sale.date.filter(|_| lines.iter().any(|line| line.meal_plan().is_some()));
    let delivery = Delivery { method: DeliveryMethod::Pickup, date, window: None };
    Ok(Part { lines, delivery, totals })
}

/// A sale while it is written.
struct Writer {
    caller: UserId,
    vendor_id: VendorId,
    now: DateTime<Utc>,
    purchase_id: PurchaseId,
    contents: Vec<PartRow>,
}

impl Writer {
    async fn write(
        &self,
        txn: &DatabaseTransaction,
        sale: &HandSale,
        part: &Part<'_>,
    ) -> Result<Whole, CheckoutError> {
        let goods = part.totals.goods;
        let id = OrderId::generate();
        let shop = vendor::Entity::find_by_id(self.vendor_id).one(txn).await?.ok_or(OrderError::NotFound)?;
        let address = buyer_of(sale, &shop.district_code);
        purchase::Entity::insert(self.purchase(goods, &address)?).exec_without_returning(txn).await?;
        order::Entity::insert(self.order(id, sale, part)).exec_without_returning(txn).await?;
        line::Entity::insert_many(order_lines(id, part, &self.contents)?).exec_without_returning(txn).await?;
        let written = orders_query::of_vendor(txn, self.vendor_id, id).await?;
        Ok(written.ok_or(OrderError::NotFound)?)
    }

    fn purchase(
        &self,
        goods: Rupiah,
        address: &ShippingAddress,
    ) -> Result<purchase::ActiveModel, CheckoutError> {
        Ok(purchase::ActiveModel {
            id: Set(self.purchase_id),
            buyer_id: Set(self.caller),
            payment_method: Set(PaymentMethod::Cash),
            goods_total: Set(goods),
            shipping_total: Set(Rupiah::ZERO),
            tax_total: Set(Rupiah::ZERO),
            discount_total: Set(Rupiah::ZERO),
            total: Set(goods),
            shipping_address: Set(serde_json::to_string(address).map_err(Problem::internal)?),
            created_at: Set(self.now),
        })
    }

    fn order(&self, id: OrderId, sale: &HandSale, part: &Part<'_>) -> order::ActiveModel {
        let goods = part.totals.goods;
        order::ActiveModel {
            id: Set(id),
            number: Set(order_number(id, self.now)),
            purchase_id: Set(self.purchase_id),
            vendor_id: Set(self.vendor_id),
            // Its buyer has no account; the member who entered it answers for it.
            buyer_id: Set(self.caller),
            status: Set(PaymentMethod::Cash.first_status()),
            payment_method: Set(PaymentMethod::Cash),
            goods_total: Set(goods),
            shipping_total: Set(Rupiah::ZERO),
            tax_total: Set(Rupiah::ZERO),
            discount_total: Set(Rupiah::ZERO),
            total: Set(goods),
            delivery_method: Set(DeliveryMethod::Pickup),
            delivery_date: Set(part.delivery.date.map(|date| date.to_string())),
            delivery_window: Set(None),
            placed_at: Set(sale.sold_at),
            updated_at: Set(self.now),
            channel: Set(sale.channel),
            refunded: Set(Rupiah::ZERO),
            ..order::ActiveModel::fresh()
        }
    }

    /// The whole way of the money at once; in the end the shop has it, and the platform owes nothing.
    async fn book(&self, txn: &DatabaseTransaction, order: &order::Model) -> Result<(), CheckoutError> {
        let new = NewPayment {
            purchase_id: self.purchase_id,
            buyer_id: self.caller,
            method: PaymentMethod::Cash,
            amount: order.total,
            expires_at: None,
        };
        payments::open(txn, new, self.now).await?;
        let mut payment = payments::lock(txn, self.purchase_id, self.now).await?;
        payments::advance(txn, &mut payment, payment::Status::Paid, self.now).await?;
        let (escrow, held) = (Account::escrow(self.purchase_id), Account::held(self.vendor_id));
        let payable = Account::payable(self.vendor_id);
        let all = (order.id, order.total);
        let paid =
            [entry(Kind::Capture, (Account::CASH, escrow), all), entry(Kind::Hold, (escrow, held), all)];
        ledger::post(txn, Cause::Payment(payment.id), &paid, self.now).await?;
        let sold = [
            entry(Kind::Release, (held, payable), all),
            entry(Kind::KeptByShop, (payable, Account::CASH), all),
        ];
        Ok(ledger::post(txn, Cause::Order(order.id, payment.id), &sold, self.now).await?)
    }
}

fn entry(kind: Kind, (debit, credit): (Account, Account), (id, amount): (OrderId, Rupiah)) -> Entry {
    Entry { kind, debit, credit, amount, order_id: Some(id) }
}

/// Who bought, as far as the shop wrote it down: kept where the addresses of all orders are kept.
fn buyer_of(sale: &HandSale, district: &str) -> ShippingAddress {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    ShippingAddress {
        recipient: or_dash(&sale.buyer_name),
        phone: or_dash(&sale.buyer_phone),
        line: "-".to_owned(),
        district_code: district.to_owned(),
        village_code: None,
        post_code: None,
        note: sale.note.clone(),
    }
}

/// Calls off a sale that the shop entered: the stock comes back, and so does the cash, through the books.
pub async fn void(
    app: &App,
    (by, who): (UserId, &Who),
    (vendor, id): (VendorId, OrderId),
    note: Option<String>,
) -> Result<Whole, CheckoutError> {
    let found = orders_query::of_vendor(app.db.read(), vendor, id).await?.filter(entered_by_shop);
    let found = found.ok_or(OrderError::NotFound)?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut payment = payments::lock(&txn, found.order.purchase_id, now).await?;
    let mut orders = [orders_query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    let by = (By::person(Actor::Vendor, by), note.as_deref());
    orders::advance(&txn, &mut orders, Status::Returned, by, now).await?;
    orders::return_stock(&txn, &mut orders, now).await?;
    give_back(&txn, &mut payment, &orders[0], now).await?;
    let deed = Deed {
        action: "order.voided",
        object: ("order", id.into()),
        detail: json!({"vendor_id": vendor, "amount": found.order.total, "channel": found.order.channel}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    let [voided] = orders;
    Ok(voided)
}

/// The way of the money backwards: from the shop's till over its account to the buyer.
async fn give_back(
    txn: &DatabaseTransaction,
    payment: &mut payment::Model,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let order = &whole.order;
    let entries = backwards(txn, order, now).await?;
    ledger::post(txn, Cause::Order(order.id, payment.id), &entries, now).await?;
    let owed = owe(txn, payment, whole, Wanted::whole(format!("void:{}", order.id)), now).await?;
    if let Some(refund) = owed {
        payments::refund_paid(txn, refund.id, now).await?;
    }
    Ok(())
}

/// Puts the cash of a sale back into the books. What went back of it before was charged to the shop although it gave that from
/// its till, too: this is put right; only the rest is held again, and goes back now.
async fn backwards(
    txn: &DatabaseTransaction,
    order: &order::Model,
    now: DateTime<Utc>,
) -> Result<[Entry; 3], CheckoutError> {
    let vendor = order.vendor_id;
    let (held, payable, debt) = (Account::held(vendor), Account::payable(vendor), Account::debt(vendor));
    let standing = ledger::lock_shop(txn, vendor, now).await?;
    let net = ledger::of_order(txn, order.id).await?;
    let charged = |account| Rupiah::new((-net.of(account)).max(0));
    let (earlier, lent) = (charged(payable)?, charged(debt)?);
    // Later sales may have paid that debt meanwhile: then the shop is owed what they paid.
    let open = lent.min(Rupiah::new(standing.debt.max(0))?);
    let left = order.total.minus(order.refunded)?;
    let earned = left.plus(earlier)?.plus(lent.minus(open)?)?;
    Ok([
        entry(Kind::GivenBack, (Account::CASH, payable), (order.id, earned)),
        entry(Kind::GivenBack, (Account::CASH, debt), (order.id, open)),
        entry(Kind::Recalled, (payable, held), (order.id, left)),
    ])
}

fn entered_by_shop(whole: &Whole) -> bool {
    whole.order.channel != Channel::Marketplace
}

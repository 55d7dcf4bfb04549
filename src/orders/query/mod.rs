//! Reading orders: always of a buyer, of a shop or of a purchase.

pub mod claims;
pub mod figures;
pub mod shipments;
pub mod talk;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::entity::line::Reservation;
use super::entity::purchase::PaymentMethod;
use super::entity::{event, line, order, purchase};
use crate::catalog::portions::Portions;
use crate::catalog::stock::Pieces;
use crate::kernel::{Cursor, OrderId, OrderLineId, Page, PurchaseId, Rupiah, UserId, VendorId};
use crate::vendors;
use crate::web::query::PageOf;

/// An order with its lines.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The order.
    pub order: order::Model,
    /// Its lines in their order.
    pub lines: Vec<line::Model>,
}

impl Whole {
    /// The pieces that are in this state of reservation.
    pub fn pieces(&self, reservation: Reservation) -> Vec<Pieces> {
        let of_stock = |line: &&line::Model| line.reservation == reservation && line.portion_date.is_none();
        let lines = self.lines.iter().filter(of_stock);
        lines.map(|line| Pieces { variant_id: line.variant_id, quantity: line.quantity }).collect()
    }

    /// The portions of a day that are in this state of reservation.
    pub fn portions(&self, reservation: Reservation) -> Vec<Portions> {
        let lines = self.lines.iter().filter(|line| line.reservation == reservation);
        let portions = lines.filter_map(|line| {
            let day = line.portion_date.clone()?;
            Some(Portions { product_id: line.product_id, day, quantity: line.quantity })
        });
        portions.collect()
    }

    /// What so many pieces of an article are made of on the shelf: itself, or the parts of a bundle. Nothing if it is not counted.
    pub fn made_of(&self, id: OrderLineId, quantity: i32) -> Vec<Pieces> {
        let counted =
            |line: &&line::Model| line.reservation != Reservation::None && line.portion_date.is_none();
        let Some(article) = self.lines.iter().find(|line| line.id == id) else {
            return Vec::new();
        };
        let own = std::iter::once(article).filter(counted);
        let own = own.map(|line| Pieces { variant_id: line.variant_id, quantity });
        let parts = self.lines.iter().filter(|line| line.parent_id == Some(id)).filter(counted);
        let parts = parts.map(|part| Pieces {
            variant_id: part.variant_id,
            quantity: part.quantity / article.quantity * quantity,
        });
        own.chain(parts).collect()
    }
}

/// An order of a buyer.
pub async fn of_buyer(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    id: OrderId,
) -> Result<Option<Whole>, DbErr> {
    one(conn, bought_by(buyer).add(order::Column::Id.eq(id))).await
}

/// An order of a shop.
pub async fn of_vendor(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    id: OrderId,
) -> Result<Option<Whole>, DbErr> {
    one(conn, Condition::all().add(of_shop(vendor)).add(order::Column::Id.eq(id))).await
}

/// Orders of a shop and of those that became it: an order keeps the shop it was placed with.
fn of_shop(vendor: VendorId) -> Expr {
    order::Column::VendorId.in_subquery(vendors::query::ids_of(vendor))
}

/// An order for work that nobody asked for in person: jobs.
pub async fn of_system(conn: &impl ConnectionTrait, id: OrderId) -> Result<Option<Whole>, DbErr> {
    one(conn, Condition::all().add(order::Column::Id.eq(id))).await
}

/// All orders of a purchase, in the order of their ids.
pub async fn of_purchase(conn: &impl ConnectionTrait, id: PurchaseId) -> Result<Vec<Whole>, DbErr> {
    whole(conn, Condition::all().add(order::Column::PurchaseId.eq(id))).await
}

/// What a person bought. What a shop sold for cash stands under the member who entered it, and is nothing of theirs.
fn bought_by(buyer: UserId) -> Condition {
    Condition::all()
        .add(order::Column::BuyerId.eq(buyer))
        .add(order::Column::PaymentMethod.ne(PaymentMethod::Cash))
}

fn purchased_by(buyer: UserId) -> Condition {
    Condition::all()
        .add(purchase::Column::BuyerId.eq(buyer))
        .add(purchase::Column::PaymentMethod.ne(PaymentMethod::Cash))
}

async fn one(conn: &impl ConnectionTrait, filter: Condition) -> Result<Option<Whole>, DbErr> {
    Ok(whole(conn, filter).await?.pop())
}

async fn whole(conn: &impl ConnectionTrait, filter: Condition) -> Result<Vec<Whole>, DbErr> {
    let orders = order::Entity::find().filter(filter).order_by_asc(order::Column::Id).all(conn).await?;
    with_lines(conn, orders).await
}

async fn with_lines(conn: &impl ConnectionTrait, orders: Vec<order::Model>) -> Result<Vec<Whole>, DbErr> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let lines = line::Entity::find()
        .filter(line::Column::OrderId.is_in(orders.iter().map(|order| order.id)))
        .order_by_asc(line::Column::Position)
        .all(conn)
        .await?;
    let mut by_order: HashMap<OrderId, Vec<line::Model>> = HashMap::new();
    for line in lines {
        by_order.entry(line.order_id).or_default().push(line);
    }
    Ok(orders
        .into_iter()
        .map(|order| Whole { lines: by_order.remove(&order.id).unwrap_or_default(), order })
        .collect())
}

/// A purchase of a buyer.
pub async fn purchase_of(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    id: PurchaseId,
) -> Result<Option<purchase::Model>, DbErr> {
    purchase::Entity::find_by_id(id).filter(purchased_by(buyer)).one(conn).await
}

/// The purchase of an order that the caller has already been given.
pub async fn purchase_behind(
    conn: &impl ConnectionTrait,
    order: &order::Model,
) -> Result<Option<purchase::Model>, DbErr> {
    purchase::Entity::find_by_id(order.purchase_id).one(conn).await
}

/// The moves of an order, the first one first.
pub async fn events(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<event::Model>, DbErr> {
    event::Entity::find()
        .filter(event::Column::OrderId.eq(id))
        .order_by_asc(event::Column::Id)
        .all(conn)
        .await
}

/// What a list of orders is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in these states; all if empty.
    pub status: Vec<order::Status>,
    /// Only with this number.
    pub number: Option<String>,
    /// Only these.
    pub ids: Vec<OrderId>,
    /// Placed at or after.
    pub from: Option<DateTime<Utc>>,
    /// Placed before.
    pub to: Option<DateTime<Utc>>,
    /// Only what came in there.
    pub channel: Option<order::Channel>,
}

/// Whose orders a list shows.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// What a person bought.
    Buyer(UserId),
    /// What a shop sells.
    Vendor(VendorId),
}

/// A page of orders with their lines, the newest first.
pub async fn list(
    conn: &impl ConnectionTrait,
    owner: Owner,
    filter: &Filter,
    page: &PageOf,
) -> Result<Page<Whole>, DbErr> {
    let owner = match owner {
        Owner::Buyer(id) => bought_by(id),
        Owner::Vendor(id) => Condition::all().add(of_shop(id)),
    };
    let orders = order::Entity::find()
        .filter(owner)
        .filter(filter.condition(page))
        .order_by_desc(order::Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    let page = Page::cut(orders, page.limit, |order| Cursor::after(order.id));
    let items = with_lines(conn, page.items).await?;
    Ok(Page { items, next_cursor: page.next_cursor })
}

impl Filter {
    fn condition(&self, page: &PageOf) -> Condition {
        Condition::all()
            .add_option(page.after.as_ref().map(|cursor| order::Column::Id.lt(OrderId(cursor.id))))
            .add_option(
                (!self.status.is_empty()).then(|| order::Column::Status.is_in(self.status.iter().copied())),
            )
            .add_option((!self.ids.is_empty()).then(|| order::Column::Id.is_in(self.ids.iter().copied())))
            .add_option(self.number.as_ref().map(|number| order::Column::Number.eq(number.as_str())))
            .add_option(self.from.map(|from| order::Column::PlacedAt.gte(from)))
            .add_option(self.to.map(|to| order::Column::PlacedAt.lt(to)))
            .add_option(self.channel.map(|channel| order::Column::Channel.eq(channel)))
    }
}

/// True if something that a person bought has not come to its end.
pub async fn under_way(conn: &impl ConnectionTrait, buyer: UserId) -> Result<bool, DbErr> {
    let open =
        order::Status::iter().filter(|status| !status.is_void() && *status != order::Status::Completed);
    let found = order::Entity::find()
        .filter(bought_by(buyer))
        .filter(order::Column::Status.is_in(open))
        .limit(1)
        .one(conn);
    Ok(found.await?.is_some())
}

/// Where everything went that a person bought, as stored.
pub async fn addresses_of(
    conn: &impl ConnectionTrait,
    buyer: UserId,
) -> Result<Vec<(PurchaseId, String)>, DbErr> {
    purchase::Entity::find()
        .select_only()
        .columns([purchase::Column::Id, purchase::Column::ShippingAddress])
        .filter(purchased_by(buyer))
        .order_by_asc(purchase::Column::Id)
        .into_tuple()
        .all(conn)
        .await
}

/// The next purchases of a person, the oldest first.
pub async fn purchases_after(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    after: Option<PurchaseId>,
    most: u64,
) -> Result<Vec<purchase::Model>, DbErr> {
    purchase::Entity::find()
        .filter(purchased_by(buyer))
        .filter(Condition::all().add_option(after.map(|after| purchase::Column::Id.gt(after))))
        .order_by_asc(purchase::Column::Id)
        .limit(most)
        .all(conn)
        .await
}

/// The next orders of a person with their lines, the oldest first.
pub async fn orders_after(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    after: Option<OrderId>,
    most: u64,
) -> Result<Vec<Whole>, DbErr> {
    let orders = order::Entity::find()
        .filter(bought_by(buyer))
        .filter(Condition::all().add_option(after.map(|after| order::Column::Id.gt(after))))
        .order_by_asc(order::Column::Id)
        .limit(most)
        .all(conn)
        .await?;
    with_lines(conn, orders).await
}

/// What a shop sold over one channel.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Turnover {
    pub channel: order::Channel,
    pub orders: i64,
    pub total: Rupiah,
}

/// What a shop has handed over between two moments, channel by channel.
pub async fn turnover(
    conn: &impl ConnectionTrait,
    vendor: VendorId,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<Vec<Turnover>, DbErr> {
    let sold = [order::Status::Delivered, order::Status::Completed];
    order::Entity::find()
        .select_only()
        .column(order::Column::Channel)
        .expr_as(order::Column::Id.count().cast_as("bigint"), "orders")
        // The sum of large integers is a decimal on one database only.
        .expr_as(order::Column::Total.sum().cast_as("bigint"), "total")
        .filter(of_shop(vendor))
        .filter(order::Column::Status.is_in(sold))
        .filter(Condition::all().add_option(from.map(|from| order::Column::PlacedAt.gte(from))))
        .filter(Condition::all().add_option(to.map(|to| order::Column::PlacedAt.lt(to))))
        .group_by(order::Column::Channel)
        .order_by_asc(order::Column::Channel)
        .into_model()
        .all(conn)
        .await
}

//! Writing orders: creating them, moving them, accepting and shipping. Steps take the caller's transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use super::entity::event::{self, Actor};
use super::entity::line::{self, Reservation};
use super::entity::order::{self, Status};
use super::entity::purchase;
use super::error::OrderError;
use super::jobs::OrderMoved;
use super::query::{self, Whole};
use crate::app::App;
use crate::catalog::stock::{self, Pieces, Sold};
use crate::catalog::{changes, portions};
use crate::kernel::{OrderEventId, OrderId, PurchaseId, ShippingAddress, UserId, VendorId};
use crate::platform::jobs::{self, NewJob};

/// Purchases of one statement.
const AT_ONCE: usize = 500;

/// Who moves an order.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// In which part.
    pub actor: Actor,
    /// The person, if there is one.
    pub user_id: Option<UserId>,
}

impl By {
    /// The clock, or money that arrived.
    pub const SYSTEM: Self = Self { actor: Actor::System, user_id: None };

    /// A person.
    pub fn person(actor: Actor, user_id: UserId) -> Self {
        Self { actor, user_id: Some(user_id) }
    }
}

/// Moves orders, in the order of their ids: guarded updates, one event each, one job each.
pub async fn advance(
    txn: &DatabaseTransaction,
    orders: &mut [Whole],
    to: Status,
    (by, note): (By, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    orders.sort_by_key(|whole| whole.order.id);
    let (mut events, mut followers) = (Vec::new(), Vec::new());
    for whole in orders {
        let from = whole.order.status;
        if !from.may_become(to, by.actor) {
            return Err(OrderError::WrongState(from));
        }
        guarded_move(txn, &whole.order, to, now).await?;
        let event_id = OrderEventId::generate();
        let job = NewJob::now::<App, _>(now, &OrderMoved { event_id })?;
        events.push(event::ActiveModel {
            id: Set(event_id),
            order_id: Set(whole.order.id),
            from_status: Set(from),
            to_status: Set(to),
            actor: Set(by.actor),
            actor_id: Set(by.user_id),
            note: Set(note.map(str::to_owned)),
            job_id: Set(job.id()),
            created_at: Set(now),
        });
        followers.push(job);
        whole.order.status = to;
    }
    event::Entity::insert_many(events).exec_without_returning(txn).await?;
    jobs::enqueue(txn, followers).await?;
    Ok(())
}

async fn guarded_move(
    txn: &DatabaseTransaction,
    order: &order::Model,
    to: Status,
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let moved = order::Entity::update_many()
        .col_expr(order::Column::Status, Expr::value(to))
        .col_expr(order::Column::UpdatedAt, Expr::value(now))
        .filter(order::Column::Id.eq(order.id))
        .filter(order::Column::Status.eq(order.status))
        .exec(txn)
        .await?;
    if moved.rows_affected == 1 { Ok(()) } else { Err(OrderError::Moved) }
}

/// Says what orders hold of the stock from now on; the stock itself is the caller's to change.
pub async fn mark_reservations(
    txn: &DatabaseTransaction,
    orders: &mut [Whole],
    from: Reservation,
    to: Reservation,
) -> Result<(), OrderError> {
    let ids: Vec<_> = orders.iter().map(|whole| whole.order.id).collect();
    line::Entity::update_many()
        .col_expr(line::Column::Reservation, Expr::value(to))
        .filter(line::Column::OrderId.is_in(ids))
        .filter(line::Column::Reservation.eq(from))
        .exec(txn)
        .await?;
    for line in orders.iter_mut().flat_map(|whole| &mut whole.lines) {
        if line.reservation == from {
            line.reservation = to;
        }
    }
    Ok(())
}

/// Sells what orders have reserved.
pub async fn commit_stock(
    txn: &DatabaseTransaction,
    orders: &mut [Whole],
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    stock::commit(txn, &sold(orders, Reservation::Held), now).await?;
    mark_reservations(txn, orders, Reservation::Held, Reservation::Committed).await
}

/// Gives back what orders have reserved or taken, and tells the index what can be bought again.
pub async fn return_stock(
    txn: &DatabaseTransaction,
    orders: &mut [Whole],
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let held: Vec<Pieces> = orders.iter().flat_map(|whole| whole.pieces(Reservation::Held)).collect();
    let mut back = stock::release(txn, &held).await?;
    back.extend(stock::restock(txn, &sold(orders, Reservation::Committed), now).await?);
    changes::availability_moved(txn, &back, now).await?;
    let of = |reservation| orders.iter().flat_map(|whole| whole.portions(reservation)).collect::<Vec<_>>();
    let portions = [of(Reservation::Held), of(Reservation::Committed)].concat();
    portions::give_back(txn, &portions).await?;
    mark_reservations(txn, orders, Reservation::Held, Reservation::Released).await?;
    mark_reservations(txn, orders, Reservation::Committed, Reservation::Released).await
}

fn sold(orders: &[Whole], reservation: Reservation) -> Vec<Sold> {
    let of_order = |whole: &Whole| {
        let order_id = whole.order.id;
        whole.pieces(reservation).into_iter().map(move |pieces| Sold { order_id, pieces })
    };
    orders.iter().flat_map(of_order).collect()
}

/// The shop takes an order on. Cash on delivery sells the goods now; otherwise the payment did.
pub async fn accept(app: &App, vendor: VendorId, id: OrderId, by: UserId) -> Result<Whole, OrderError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut orders = [query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    advance(&txn, &mut orders, Status::Accepted, (By::person(Actor::Vendor, by), None), now).await?;
    commit_stock(&txn, &mut orders, now).await?;
    app.commit(txn).await?;
    let [accepted] = orders;
    Ok(accepted)
}

/// The shop sends an order.
pub async fn ship(
    app: &App,
    vendor: VendorId,
    id: OrderId,
    (by, note): (UserId, Option<String>),
) -> Result<Whole, OrderError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let mut orders = [query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    advance(&txn, &mut orders, Status::Shipped, (By::person(Actor::Vendor, by), note.as_deref()), now)
        .await?;
    app.commit(txn).await?;
    let [shipped] = orders;
    Ok(shipped)
}

/// Overwrites where a buyer's goods went and what the buyer wrote; the district stays, for statistics.
pub async fn forget_buyer(txn: &DatabaseTransaction, buyer: UserId) -> Result<(), OrderError> {
    let mut by_district: BTreeMap<String, Vec<PurchaseId>> = BTreeMap::new();
    for (id, address) in query::addresses_of(txn, buyer).await? {
        let address = serde_json::from_str::<ShippingAddress>(&address);
        let district = address.map(|address| address.district_code).unwrap_or_default();
        by_district.entry(district).or_default().push(id);
    }
    for (district, ids) in by_district {
        let erased = ShippingAddress::erased(&district);
        let erased = serde_json::to_string(&erased).map_err(|error| DbErr::Json(error.to_string()))?;
        for ids in ids.chunks(AT_ONCE) {
            purchase::Entity::update_many()
                .col_expr(purchase::Column::ShippingAddress, Expr::value(erased.as_str()))
                .filter(purchase::Column::Id.is_in(ids.iter().copied()))
                .exec(txn)
                .await?;
        }
    }
    forget_notes(txn, buyer).await?;
    Ok(())
}

async fn forget_notes(txn: &DatabaseTransaction, buyer: UserId) -> Result<(), DbErr> {
    let nothing = || Expr::value(None::<String>);
    let orders = Query::select()
        .column(order::Column::Id)
        .from(order::Entity)
        .and_where(order::Column::BuyerId.eq(buyer))
        .take();
    let of_the_buyer = orders.clone();
    line::Entity::update_many()
        .col_expr(line::Column::Note, nothing())
        .col_expr(line::Column::Personalisation, nothing())
        .filter(line::Column::Note.is_not_null().or(line::Column::Personalisation.is_not_null()))
        .filter(line::Column::OrderId.in_subquery(orders))
        .exec(txn)
        .await?;
    order::Entity::update_many()
        .col_expr(order::Column::DeliveryWindow, nothing())
        .filter(order::Column::BuyerId.eq(buyer).and(order::Column::DeliveryWindow.is_not_null()))
        .exec(txn)
        .await?;
    event::Entity::update_many()
        .col_expr(event::Column::Note, nothing())
        .filter(event::Column::Note.is_not_null())
        .filter(event::Column::OrderId.in_subquery(of_the_buyer))
        .exec(txn)
        .await?;
    Ok(())
}

//! What orders hold of the stock. Steps take the caller's transaction.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::catalog::stock::{self, Pieces, Sold};
use crate::catalog::{changes, portions};
use crate::kernel::OrderLineId;
use crate::orders::OrderError;
use crate::orders::entity::line::{self, Reservation};
use crate::orders::query::Whole;

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

/// Takes pieces of an order back into the house: what is good goes on the shelf, what is not is written off.
///
/// What an article is made of comes back with it. `portions` are not given back: their day is over.
pub async fn take_back(
    txn: &DatabaseTransaction,
    whole: &Whole,
    back: &[Back],
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let order_id = whole.order.id;
    let of = |count: fn(&Back) -> i32| -> Vec<Sold> {
        let named = back.iter().filter(|back| count(back) > 0);
        let pieces = named.flat_map(|back| whole.made_of(back.line_id, count(back)));
        pieces.map(|pieces| Sold { order_id, pieces }).collect()
    };
    let good = stock::restock(txn, &of(|back| back.restocked), now).await?;
    changes::availability_moved(txn, &good, now).await?;
    stock::write_off(txn, &of(|back| back.lost), now).await?;
    Ok(())
}

/// What of an article came back.
#[derive(Clone, Copy, Debug)]
pub struct Back {
    pub line_id: OrderLineId,
    /// Good enough to be sold again.
    pub restocked: i32,
    /// Of no use to anybody.
    pub lost: i32,
}

/// Closes the stock side of an order that came back as a whole: nothing is put on the shelf here.
pub async fn close(txn: &DatabaseTransaction, whole: &mut Whole) -> Result<(), OrderError> {
    let orders = std::slice::from_mut(whole);
    portions::give_back(txn, &orders[0].portions(Reservation::Committed)).await?;
    mark_reservations(txn, orders, Reservation::Committed, Reservation::Released).await
}

//! Parcels: sending them, handing them over, counting them. Steps take the caller's transaction; cash is in `checkout`.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::news::tell_others;
use super::{By, acts, advance, files};
use crate::app::App;
use crate::kernel::{Fields, OrderFileId, OrderId, OrderLineId, ShipmentId, UserId, VendorId};
use crate::orders::OrderError;
use crate::orders::entity::act::Kind;
use crate::orders::entity::event::Actor;
use crate::orders::entity::file::Use;
use crate::orders::entity::shipment::{self, Status as Parcel};
use crate::orders::entity::{line, order, shipment_line};
use crate::orders::model::parcel::{self, Pieces};
use crate::orders::query::{self, Whole};
use crate::vendors;

/// What a shop says about a parcel.
#[derive(Clone, Debug, Default)]
pub struct NewParcel {
    /// What is in it; all that is left if nothing is said.
    pub lines: Option<Vec<Pieces>>,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    pub note: Option<String>,
}

/// The shop sends a part of an order, or all that is left of it. With the last piece the order is on its way.
pub async fn send(
    app: &App,
    (vendor, id): (VendorId, OrderId),
    by: UserId,
    new: NewParcel,
) -> Result<(Whole, ShipmentId), OrderError> {
    let now = app.now();
    let by = By::person(Actor::Vendor, by);
    let txn = app.db.begin().await?;
    let number = take_number(&txn, (vendor, id), now).await?;
    let mut orders = [query::of_vendor(&txn, vendor, id).await?.ok_or(OrderError::NotFound)?];
    let [whole] = &mut orders;
    let pieces = new.lines.clone().unwrap_or_else(|| parcel::left_to_ship(&whole.lines));
    let mut fields = Fields::new();
    parcel::check(&pieces, &whole.lines, |line| line.quantity - line.shipped, &mut fields);
    fields.check()?;
    count_sent(&txn, &mut whole.lines, &pieces).await?;
    let shipment_id = pack(&txn, &whole.order, (number, by), (&new, &pieces), now).await?;
    let detail =
        json!({"shipment": number, "pieces": pieces.iter().map(|pieces| pieces.quantity).sum::<i32>()});
    acts::write(&txn, (id, shipment_id.0), (Kind::ShipmentSent, by), detail.clone(), now).await?;
    if parcel::left_to_ship(&orders[0].lines).is_empty() {
        advance(&txn, &mut orders, order::Status::Shipped, (by, new.note.as_deref()), now).await?;
    } else {
        let about = ("shipment.sent", ("shipment", shipment_id.0));
        tell_others(&txn, &orders[0].order, Actor::Vendor, about, (detail, now)).await?;
    }
    app.commit(txn).await?;
    let [sent] = orders;
    Ok((sent, shipment_id))
}

/// Draws the number of a parcel. The guard is the state, and the row stays locked: calling off waits, and then sees the parcel.
async fn take_number(
    txn: &DatabaseTransaction,
    (vendor, id): (VendorId, OrderId),
    now: DateTime<Utc>,
) -> Result<i32, OrderError> {
    let rows = order::Entity::update_many()
        .col_expr(order::Column::Shipments, Expr::col(order::Column::Shipments).add(1))
        .col_expr(order::Column::UpdatedAt, Expr::value(now))
        .filter(order::Column::Id.eq(id))
        .filter(order::Column::VendorId.in_subquery(vendors::query::ids_of(vendor)))
        .filter(order::Column::Status.eq(order::Status::Accepted))
        .exec_with_returning(txn)
        .await?;
    match rows.first() {
        Some(order) => Ok(order.shipments),
        None => {
            let found = query::of_vendor(txn, vendor, id).await?.ok_or(OrderError::NotFound)?;
            Err(OrderError::WrongState(found.order.status))
        }
    }
}

/// Counts pieces into parcels, in the database and in the lines as they were read.
async fn count_sent(
    txn: &DatabaseTransaction,
    lines: &mut [line::Model],
    pieces: &[Pieces],
) -> Result<(), OrderError> {
    let mut pieces = pieces.to_vec();
    pieces.sort_by_key(|pieces| pieces.line_id);
    for Pieces { line_id, quantity } in pieces {
        let counted = line::Entity::update_many()
            .col_expr(line::Column::Shipped, Expr::col(line::Column::Shipped).add(quantity))
            .filter(line::Column::Id.eq(line_id))
            .filter(Expr::col(line::Column::Shipped).add(quantity).lte(Expr::col(line::Column::Quantity)))
            .exec(txn)
            .await?;
        if counted.rows_affected != 1 {
            return Err(OrderError::Moved);
        }
        if let Some(line) = lines.iter_mut().find(|line| line.id == line_id) {
            line.shipped += quantity;
        }
    }
    Ok(())
}

async fn pack(
    txn: &DatabaseTransaction,
    order: &order::Model,
    (number, by): (i32, By),
    (new, pieces): (&NewParcel, &[Pieces]),
    now: DateTime<Utc>,
) -> Result<ShipmentId, OrderError> {
    let id = ShipmentId::generate();
    let row = shipment::ActiveModel {
        id: Set(id),
        order_id: Set(order.id),
        number: Set(number),
        status: Set(Parcel::Sent),
        carrier: Set(new.carrier.clone()),
        tracking_number: Set(new.tracking_number.clone()),
        note: Set(new.note.clone()),
        sent_by: Set(by.user_id.ok_or(OrderError::NotFound)?),
        sent_at: Set(now),
        ..Default::default()
    };
    shipment::Entity::insert(row).exec_without_returning(txn).await?;
    let rows = pieces.iter().map(|pieces| shipment_line::ActiveModel {
        shipment_id: Set(id),
        line_id: Set(pieces.line_id),
        quantity: Set(pieces.quantity),
        received: Set(None),
        problem: Set(None),
    });
    shipment_line::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(id)
}

/// Who took a parcel, and a picture of it.
#[derive(Clone, Debug, Default)]
pub struct HandedOver {
    pub recipient_name: Option<String>,
    pub recipient_position: Option<String>,
    pub recipient_phone: Option<String>,
    pub photo_id: Option<OrderFileId>,
}

/// Marks one parcel of an order as handed over, or all that are on their way.
pub async fn hand_over(
    txn: &DatabaseTransaction,
    order: &order::Model,
    shipment: Option<ShipmentId>,
    (by, proof): (By, &HandedOver),
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    use shipment::Column;
    let mut update = shipment::Entity::update_many()
        .col_expr(Column::Status, Expr::value(Parcel::Delivered))
        .col_expr(Column::DeliveredAt, Expr::value(now))
        .col_expr(Column::DeliveredBy, Expr::value(by.user_id))
        .col_expr(Column::RecipientName, Expr::value(proof.recipient_name.clone()))
        .col_expr(Column::RecipientPosition, Expr::value(proof.recipient_position.clone()))
        .col_expr(Column::RecipientPhone, Expr::value(proof.recipient_phone.clone()))
        .col_expr(Column::PhotoId, Expr::value(proof.photo_id))
        .filter(Column::OrderId.eq(order.id))
        .filter(Column::Status.eq(Parcel::Sent));
    if let Some(id) = shipment {
        update = update.filter(Column::Id.eq(id));
    }
    let handed = update.exec_with_returning(txn).await?;
    if let Some(id) = shipment.filter(|_| handed.is_empty()) {
        known(txn, (order.id, id)).await?;
        return Err(OrderError::ShipmentState);
    }
    if let Some(photo) = proof.photo_id {
        let object = handed.first().map_or(order.id.0, |parcel| parcel.id.0);
        files::use_for(txn, (order.id, Actor::Vendor), &[photo], (Use::Delivery, object)).await?;
    }
    for parcel in handed {
        let detail = json!({"shipment": parcel.number});
        acts::write(txn, (order.id, parcel.id.0), (Kind::ShipmentDelivered, by), detail, now).await?;
    }
    Ok(())
}

/// Refuses a parcel of no or another order.
async fn known(txn: &DatabaseTransaction, (order, id): (OrderId, ShipmentId)) -> Result<(), OrderError> {
    let found = shipment::Entity::find_by_id(id).filter(shipment::Column::OrderId.eq(order)).one(txn);
    found.await?.map(|_| ()).ok_or(OrderError::NotFound)
}

/// What a buyer counted of an article in a parcel.
#[derive(Clone, Debug)]
pub struct Counted {
    pub line_id: OrderLineId,
    pub received: i32,
    pub problem: Option<String>,
}

/// Marks a parcel as counted; what the buyer does not name is all there.
pub async fn count(
    txn: &DatabaseTransaction,
    order: &order::Model,
    id: ShipmentId,
    (by, counted, note): (By, &[Counted], Option<String>),
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    known(txn, (order.id, id)).await?;
    let lines = query::shipments::lines_of(txn, &[id]).await?;
    check_counted(counted, &lines)?;
    let received = shipment::Entity::update_many()
        .col_expr(shipment::Column::Status, Expr::value(Parcel::Received))
        .col_expr(shipment::Column::ReceivedAt, Expr::value(now))
        .col_expr(shipment::Column::ReceiptNote, Expr::value(note))
        .filter(shipment::Column::Id.eq(id).and(shipment::Column::OrderId.eq(order.id)))
        .filter(shipment::Column::Status.ne(Parcel::Received))
        .exec_with_returning(txn)
        .await?;
    let parcel = received.first().ok_or(OrderError::ShipmentState)?;
    let mut missing = 0;
    for line in &lines {
        let named = counted.iter().find(|counted| counted.line_id == line.line_id);
        let pieces = named.map_or(line.quantity, |counted| counted.received);
        missing += line.quantity - pieces;
        shipment_line::Entity::update_many()
            .col_expr(shipment_line::Column::Received, Expr::value(pieces))
            .col_expr(
                shipment_line::Column::Problem,
                Expr::value(named.and_then(|counted| counted.problem.clone())),
            )
            .filter(shipment_line::Column::ShipmentId.eq(id))
            .filter(shipment_line::Column::LineId.eq(line.line_id))
            .exec(txn)
            .await?;
    }
    let problems = counted.iter().filter(|counted| counted.problem.is_some()).count();
    let detail = json!({"shipment": parcel.number, "missing": missing, "problems": problems});
    acts::write(txn, (order.id, id.0), (Kind::ShipmentReceived, by), detail.clone(), now).await?;
    if missing > 0 || problems > 0 {
        let about = ("shipment.received_with_problems", ("shipment", id.0));
        tell_others(txn, order, Actor::Buyer, about, (detail, now)).await?;
    }
    Ok(())
}

fn check_counted(counted: &[Counted], lines: &[shipment_line::Model]) -> Result<(), OrderError> {
    use crate::kernel::fields::{Fault, number};
    let mut fields = Fields::new();
    for (index, one) in counted.iter().enumerate() {
        let again = counted[..index].iter().any(|other| other.line_id == one.line_id);
        match lines.iter().find(|line| line.line_id == one.line_id).filter(|_| !again) {
            Some(line) => {
                let place = format!("/lines/{index}/received");
                fields.take(&place, number(one.received, 0, line.quantity));
            }
            None => {
                let fault = Fault::new("unknown", "Tidak ada di kiriman ini.", "Not in this shipment.");
                fields.push(format!("/lines/{index}/line_id"), fault);
            }
        }
    }
    Ok(fields.check()?)
}

/// The buyer says that everything came: every parcel counts as complete.
pub async fn count_all(
    txn: &DatabaseTransaction,
    order: &order::Model,
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
    let mine = || {
        let of_order = shipment::Column::OrderId.eq(order.id);
        let open = shipment::Column::Status.ne(Parcel::Received);
        Query::select()
            .column(shipment::Column::Id)
            .from(shipment::Entity)
            .and_where(of_order)
            .and_where(open)
            .take()
    };
    shipment_line::Entity::update_many()
        .col_expr(shipment_line::Column::Received, Expr::col(shipment_line::Column::Quantity))
        .filter(shipment_line::Column::ShipmentId.in_subquery(mine()))
        .exec(txn)
        .await?;
    shipment::Entity::update_many()
        .col_expr(shipment::Column::Status, Expr::value(Parcel::Received))
        .col_expr(shipment::Column::ReceivedAt, Expr::value(now))
        .filter(shipment::Column::OrderId.eq(order.id).and(shipment::Column::Status.ne(Parcel::Received)))
        .exec(txn)
        .await?;
    Ok(())
}

/// Where the parcels of an order are, seen together.
pub struct Parcels {
    /// No parcel is still on its way.
    pub all_there: bool,
    /// Every parcel was counted.
    pub all_counted: bool,
    /// In every parcel was what should be.
    pub all_well: bool,
}

/// Looks at all parcels of an order.
pub async fn stand(txn: &DatabaseTransaction, id: OrderId) -> Result<Parcels, OrderError> {
    let parcels = query::shipments::of_order(txn, id).await?;
    let well = |line: &shipment_line::Model| line.problem.is_none() && line.received == Some(line.quantity);
    Ok(Parcels {
        all_there: parcels.iter().all(|parcel| parcel.shipment.status != Parcel::Sent),
        all_counted: parcels.iter().all(|parcel| parcel.shipment.status == Parcel::Received),
        all_well: parcels.iter().all(|parcel| parcel.lines.iter().all(well)),
    })
}

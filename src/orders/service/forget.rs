//! Forgetting what a buyer wrote and where the goods went.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use crate::kernel::{PurchaseId, ShippingAddress, UserId};
use crate::orders::OrderError;
use crate::orders::entity::{
    dispute, dispute_post, event, file, line, message, order, purchase, returns, shipment, shipment_line,
};
use crate::orders::query;
use crate::orders::service::files::deletions;
use crate::platform::jobs;

/// Purchases of one statement.
const AT_ONCE: usize = 500;

/// Overwrites where a buyer's goods went and what the buyer wrote; the district stays, for statistics.
pub async fn forget_buyer(
    txn: &DatabaseTransaction,
    buyer: UserId,
    now: DateTime<Utc>,
) -> Result<(), OrderError> {
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
    forget_parcels(txn, buyer).await?;
    forget_claims(txn, buyer, now).await?;
    Ok(())
}

async fn forget_notes(txn: &DatabaseTransaction, buyer: UserId) -> Result<(), DbErr> {
    let nothing = || Expr::value(None::<String>);
    let orders = orders_of(buyer);
    line::Entity::update_many()
        .col_expr(line::Column::Note, nothing())
        .col_expr(line::Column::Personalisation, nothing())
        .filter(line::Column::Note.is_not_null().or(line::Column::Personalisation.is_not_null()))
        .filter(line::Column::OrderId.in_subquery(orders.clone()))
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
        .filter(event::Column::OrderId.in_subquery(orders))
        .exec(txn)
        .await?;
    Ok(())
}

/// Who took the parcels, and what the buyer wrote when counting them.
async fn forget_parcels(txn: &DatabaseTransaction, buyer: UserId) -> Result<(), DbErr> {
    use shipment::Column;
    let nothing = || Expr::value(None::<String>);
    let orders = orders_of(buyer);
    shipment_line::Entity::update_many()
        .col_expr(shipment_line::Column::Problem, nothing())
        .filter(shipment_line::Column::Problem.is_not_null())
        .filter(
            shipment_line::Column::ShipmentId.in_subquery(
                Query::select()
                    .column(Column::Id)
                    .from(shipment::Entity)
                    .and_where(Column::OrderId.in_subquery(orders.clone()))
                    .take(),
            ),
        )
        .exec(txn)
        .await?;
    shipment::Entity::update_many()
        .col_expr(Column::RecipientName, nothing())
        .col_expr(Column::RecipientPosition, nothing())
        .col_expr(Column::RecipientPhone, nothing())
        .col_expr(Column::Note, nothing())
        .col_expr(Column::ReceiptNote, nothing())
        .filter(Column::OrderId.in_subquery(orders))
        .exec(txn)
        .await?;
    Ok(())
}

/// What was written and shown about returns and quarrels, and every message of the person.
async fn forget_claims(txn: &DatabaseTransaction, buyer: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let nothing = || Expr::value(None::<String>);
    let orders = orders_of(buyer);
    returns::Entity::update_many()
        .col_expr(returns::Column::Note, nothing())
        .col_expr(returns::Column::Answer, nothing())
        .filter(returns::Column::OrderId.in_subquery(orders.clone()))
        .exec(txn)
        .await?;
    dispute_post::Entity::update_many()
        .col_expr(dispute_post::Column::Text, nothing())
        .filter(
            dispute_post::Column::DisputeId.in_subquery(
                Query::select()
                    .column(dispute::Column::Id)
                    .from(dispute::Entity)
                    .and_where(dispute::Column::OrderId.in_subquery(orders.clone()))
                    .take(),
            ),
        )
        .exec(txn)
        .await?;
    dispute::Entity::update_many()
        .col_expr(dispute::Column::Text, nothing())
        .col_expr(dispute::Column::Ruling, nothing())
        .filter(dispute::Column::OrderId.in_subquery(orders.clone()))
        .exec(txn)
        .await?;
    message::Entity::update_many()
        .col_expr(message::Column::Text, nothing())
        .filter(message::Column::AuthorId.eq(buyer).and(message::Column::Text.is_not_null()))
        .exec(txn)
        .await?;
    let of_orders =
        || file::Column::OrderId.in_subquery(orders.clone()).and(file::Column::FileKey.is_not_null());
    let shown = file::Entity::find().filter(of_orders()).all(txn).await?;
    jobs::enqueue(txn, deletions(&shown, now)?).await?;
    file::Entity::update_many()
        .col_expr(file::Column::FileKey, nothing())
        .filter(of_orders())
        .exec(txn)
        .await?;
    Ok(())
}

fn orders_of(buyer: UserId) -> SelectStatement {
    Query::select()
        .column(order::Column::Id)
        .from(order::Entity)
        .and_where(order::Column::BuyerId.eq(buyer))
        .take()
}

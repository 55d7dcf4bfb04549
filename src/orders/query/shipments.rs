//! Reading parcels, always of an order that the caller has already been given.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::kernel::{OrderId, ShipmentId};
use crate::orders::entity::{shipment, shipment_line};

/// A parcel with what is in it.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub shipment: shipment::Model,
    pub lines: Vec<shipment_line::Model>,
}

/// The parcels of an order in the order of their numbers; two statements.
pub async fn of_order(conn: &impl ConnectionTrait, id: OrderId) -> Result<Vec<Parcel>, DbErr> {
    let shipments = shipment::Entity::find()
        .filter(shipment::Column::OrderId.eq(id))
        .order_by_asc(shipment::Column::Number)
        .all(conn)
        .await?;
    let ids: Vec<_> = shipments.iter().map(|shipment| shipment.id).collect();
    let mut by_shipment: HashMap<ShipmentId, Vec<shipment_line::Model>> = HashMap::new();
    for line in lines_of(conn, &ids).await? {
        by_shipment.entry(line.shipment_id).or_default().push(line);
    }
    let parcel = |shipment: shipment::Model| Parcel {
        lines: by_shipment.remove(&shipment.id).unwrap_or_default(),
        shipment,
    };
    Ok(shipments.into_iter().map(parcel).collect())
}

/// What is in some parcels.
pub async fn lines_of(
    conn: &impl ConnectionTrait,
    ids: &[ShipmentId],
) -> Result<Vec<shipment_line::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    shipment_line::Entity::find()
        .filter(shipment_line::Column::ShipmentId.is_in(ids.iter().copied()))
        .order_by_asc(shipment_line::Column::LineId)
        .all(conn)
        .await
}

//! Table `shipment_lines`.

use sea_orm::entity::prelude::*;

use crate::kernel::{OrderLineId, ShipmentId};

/// What of an article is in a parcel, and what the buyer counted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shipment_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub shipment_id: ShipmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line_id: OrderLineId,
    pub quantity: i32,
    pub received: Option<i32>,
    pub problem: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

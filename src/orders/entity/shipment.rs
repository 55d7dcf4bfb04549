//! Table `shipments`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{OrderFileId, OrderId, ShipmentId, UserId};

/// One parcel of an order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shipments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShipmentId,
    pub order_id: OrderId,
    pub number: i32,
    pub status: Status,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    pub note: Option<String>,
    pub sent_by: UserId,
    pub sent_at: DateTimeUtc,
    pub delivered_by: Option<UserId>,
    pub delivered_at: Option<DateTimeUtc>,
    pub recipient_name: Option<String>,
    pub recipient_position: Option<String>,
    pub recipient_phone: Option<String>,
    pub photo_id: Option<OrderFileId>,
    pub received_at: Option<DateTimeUtc>,
    pub receipt_note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a parcel is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ShipmentStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On its way.
    Sent,
    /// Handed over.
    Delivered,
    /// Counted by the buyer.
    Received,
}

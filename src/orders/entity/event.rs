//! Table `order_events`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{JobId, OrderEventId, OrderId, UserId};

/// One move of an order, with the job that follows from it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderEventId,
    pub order_id: OrderId,
    pub from_status: super::order::Status,
    pub to_status: super::order::Status,
    pub actor: Actor,
    pub actor_id: Option<UserId>,
    pub note: Option<String>,
    pub job_id: JobId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who moved an order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The buyer.
    Buyer,
    /// A member of the shop.
    Vendor,
    /// An officer of the platform.
    Officer,
    /// The clock or a payment.
    System,
}

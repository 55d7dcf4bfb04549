//! Table `order_acts`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::event::Actor;
use crate::kernel::{OrderActId, OrderId, UserId};

/// What somebody did around an order that is no move of it: for the timeline.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_acts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderActId,
    pub order_id: OrderId,
    pub kind: Kind,
    pub actor: Actor,
    pub actor_id: Option<UserId>,
    // The parcel, the return, the quarrel.
    pub object_id: Uuid,
    // JSON of ids, codes and amounts; nothing that anybody typed.
    pub detail: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What was done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = OrderActKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    ShipmentSent,
    ShipmentDelivered,
    ShipmentReceived,
    ShipOverdue,
    ReturnRequested,
    ReturnApproved,
    ReturnRefused,
    ReturnWithdrawn,
    ReturnShippedBack,
    ReturnReceived,
    ReturnLapsed,
    DisputeOpened,
    DisputeAnswered,
    DisputeWithdrawn,
    DisputeRuled,
}

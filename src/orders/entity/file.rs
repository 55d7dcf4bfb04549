//! Table `order_files`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::event::Actor;
use crate::kernel::{OrderFileId, OrderId, UserId};

/// A picture or a PDF that somebody sent about an order; what it shows is said when it is used.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderFileId,
    pub order_id: OrderId,
    pub side: Actor,
    pub uploaded_by: UserId,
    // Nothing once its owner was forgotten.
    pub file_key: Option<String>,
    pub use_of: Option<Use>,
    pub object_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a file shows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = OrderFileUse)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// A parcel that was handed over.
    Delivery,
    /// Why goods go back.
    Return,
    /// Evidence in a quarrel.
    Dispute,
}

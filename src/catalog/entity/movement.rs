//! Table `stock_movements`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{MovementId, OrderId, UserId, VariantId};

/// One change of `on_hand`; all changes of a variant add up to it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MovementId,
    pub variant_id: VariantId,
    pub delta: i32,
    pub reason: Reason,
    pub order_id: Option<OrderId>,
    pub actor_id: Option<UserId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why a count changed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// First count.
    Initial,
    /// Counted again.
    Count,
    /// Goods came in.
    Receipt,
    /// Goods were lost or spoiled.
    Loss,
    /// A mistake was put right.
    Correction,
    /// Sold.
    Sale,
    /// Came back from a sale.
    Return,
}

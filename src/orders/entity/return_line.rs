//! Table `return_lines`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{OrderLineId, ReturnId};

/// What of an article goes back, why, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "return_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub return_id: ReturnId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line_id: OrderLineId,
    pub quantity: i32,
    pub reason: Reason,
    pub restocked: i32,
    pub lost: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why something goes back.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ReturnReason)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Broken or spoiled.
    Damaged,
    /// Something else came.
    WrongItem,
    /// Not as it was described.
    NotAsDescribed,
    /// A part is missing.
    Incomplete,
    /// Too late to be of use.
    Late,
    /// The buyer thought better of it.
    ChangedMind,
    /// Otherwise; the note says how.
    Other,
}

impl Reason {
    /// True if the shop is to blame: then the shipping goes back too.
    pub fn is_the_shops(self) -> bool {
        !matches!(self, Self::ChangedMind | Self::Other)
    }
}

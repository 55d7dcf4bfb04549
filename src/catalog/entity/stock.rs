//! Table `stock`.

use sea_orm::entity::prelude::*;

use crate::kernel::VariantId;

/// What is on the shelf and what of it is promised; narrow, since it is the hottest table.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: VariantId,
    pub on_hand: i32,
    pub reserved: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

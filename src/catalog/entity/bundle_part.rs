//! Table `bundle_parts`.

use sea_orm::entity::prelude::*;

use crate::kernel::VariantId;

/// What one bundle takes of another variant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bundle_id: VariantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part_id: VariantId,
    pub quantity: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `stock_count_lines`.

use sea_orm::entity::prelude::*;

use crate::kernel::{StockCountId, UserId, VariantId};

/// What was counted of one variant, and what the books said at that moment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_count_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub count_id: StockCountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: VariantId,
    pub counted: i32,
    pub expected: i32,
    pub counted_by: UserId,
    pub counted_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

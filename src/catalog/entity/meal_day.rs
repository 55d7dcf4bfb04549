//! Table `meal_days`.

use sea_orm::entity::prelude::*;

use crate::kernel::ProductId;

/// One day of a product of a daily capacity: made when somebody orders for it, or when the shop says something about it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meal_days")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: ProductId,
    // `2026-11-30`, in the time of the regency.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    // What the shop wants to make.
    pub planned: i32,
    // The same, or what was ordered before the shop wanted less.
    pub capacity: i32,
    pub taken: i32,
    pub is_exception: bool,
    pub is_closed: bool,
    pub is_sold_out: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

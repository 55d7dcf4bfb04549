//! Table `meal_plans`.

use sea_orm::entity::prelude::*;

use crate::kernel::ProductId;

/// When a product of a daily capacity is made, how late it can be ordered, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meal_plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: ProductId,
    // JSON list of seven numbers, Monday first.
    pub weekdays: String,
    pub cutoff_hours: Option<i32>,
    pub cutoff_days: Option<i32>,
    // Of the day, in the time of the regency.
    pub cutoff_minute: Option<i32>,
    // JSON list, e.g. ["10:00-12:00"].
    pub windows: String,
    // JSON list of district codes; an empty one is everywhere.
    pub districts: String,
    pub version: i32,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

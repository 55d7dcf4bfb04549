//! Table `tax_years`.

use sea_orm::entity::prelude::*;

use crate::kernel::VendorId;

/// What a shop turned over here in a year, without taxes, and when that crossed the threshold.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_years")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i32,
    pub turnover: i64,
    pub crossed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

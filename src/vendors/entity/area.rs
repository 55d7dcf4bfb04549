//! Table `vendor_areas`.

use sea_orm::entity::prelude::*;

use crate::kernel::{Rupiah, VendorId};

/// A district or village that a shop delivers to, and what that costs.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_areas")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub region_code: String,
    pub fee: Rupiah,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

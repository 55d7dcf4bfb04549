//! Table `vendor_register`.

use sea_orm::entity::prelude::*;

use crate::kernel::VendorId;

/// What the office's list says about a shop beside the shop and its business.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_register")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    pub founded_year: Option<i32>,
    // Encrypted: a person's.
    pub owner_sealed: Option<String>,
    pub email_sealed: Option<String>,
    pub pirt: Option<String>,
    pub halal: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `tax_profiles`.

use sea_orm::entity::prelude::*;

use crate::kernel::VendorId;

/// What a shop says about its taxes; a shop that said nothing has no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    pub owes_pbjt: bool,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `stock_alerts`.

use sea_orm::entity::prelude::*;

use crate::kernel::{VariantId, VendorId};

/// From how few pieces on the shop wants to know; only of variants for which it said so.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_alerts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: VariantId,
    pub vendor_id: VendorId,
    pub threshold: i32,
    // The shop was told of this dip.
    pub low: bool,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

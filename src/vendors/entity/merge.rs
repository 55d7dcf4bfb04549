//! Table `vendor_merges`.

use sea_orm::entity::prelude::*;

use crate::kernel::{UserId, VendorId, VendorMergeId};

/// Two shops that became one. Old addresses lead to the one that was kept, also when that one was merged later.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_merges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VendorMergeId,
    pub from_id: VendorId,
    pub into_id: VendorId,
    pub current_id: VendorId,
    // Of the shop that is gone.
    pub slug: String,
    pub reason: String,
    // JSON of what was moved, so that it can be told apart again.
    pub moved: String,
    pub merged_by: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

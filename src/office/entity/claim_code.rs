//! Table `claim_codes`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ClaimCodeId, UserId, VendorId};

/// A code with which a shop of the office's list is claimed; the code itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClaimCodeId,
    pub vendor_id: VendorId,
    pub kind: Kind,
    pub hash: String,
    pub attempts: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    // The officer who drew it.
    pub created_by: Option<UserId>,
    // Used or void.
    pub used_at: Option<DateTimeUtc>,
    pub used_by: Option<UserId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How it reaches the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
pub enum Kind {
    /// Printed and carried there.
    Letter,
    /// Sent to the phone on record.
    Phone,
}

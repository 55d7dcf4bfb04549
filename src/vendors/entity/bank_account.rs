//! Table `vendor_bank_accounts`.

use sea_orm::entity::prelude::*;

use crate::kernel::{BankAccountId, UserId, VendorId};

/// Where a shop is paid, from a moment on. Rows are never changed but for being replaced before they count.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_bank_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BankAccountId,
    pub vendor_id: VendorId,
    pub bank_code: String,
    // Encrypted.
    pub number_sealed: String,
    pub holder_sealed: String,
    pub counts_from: DateTimeUtc,
    pub replaced_at: Option<DateTimeUtc>,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

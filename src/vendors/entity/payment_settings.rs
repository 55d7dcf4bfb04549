//! Table `vendor_payment_settings`.

use sea_orm::entity::prelude::*;

use crate::kernel::{UserId, VendorId};

/// How buyers pay a shop itself.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_payment_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub vendor_id: VendorId,
    // True if buyers may be shown the account at the bank.
    pub bank_account: bool,
    // The shop's own static code.
    pub qris: Option<String>,
    pub updated_by: UserId,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

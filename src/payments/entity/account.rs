//! Table `ledger_accounts`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::AccountId;

/// One place where money is. Only accounts with a limit keep a balance.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub kind: Kind,
    // The nil id for accounts of the whole platform.
    pub owner_id: Uuid,
    pub balance: Option<i64>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What an account holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Money that came in from outside or went out; platform-wide.
    Clearing,
    /// Cash in the hands of couriers and shops; platform-wide.
    CashOnDelivery,
    /// Captured for one purchase, not yet assigned.
    Escrow,
    /// Held for one shop until its orders complete.
    VendorHeld,
    /// Owed to one shop.
    VendorPayable,
    /// Earned by the platform; platform-wide.
    PlatformFees,
    /// Owed back to buyers; platform-wide.
    RefundsDue,
}

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
#[schema(as = AccountKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Money that came in from outside or went out; platform-wide.
    Clearing,
    /// Cash in the hands of couriers and shops; platform-wide.
    CashOnDelivery,
    /// Paid by buyers straight into accounts of shops; platform-wide.
    PaidToShop,
    /// In the bank account of the platform; platform-wide.
    Bank,
    /// Came in, and nobody knows yet for what; platform-wide.
    Unmatched,
    /// Captured for one purchase, not yet assigned.
    Escrow,
    /// Held for one shop until its orders complete.
    VendorHeld,
    /// Owed to one shop.
    VendorPayable,
    /// Owed by one shop: the only account that stands at zero or below.
    VendorDebt,
    /// On its way to the bank accounts of shops; platform-wide.
    PayoutsDue,
    /// Owed to couriers; platform-wide.
    CourierPayable,
    /// Earned by the platform; platform-wide.
    PlatformFees,
    /// Discounts that the platform pays for; platform-wide.
    PlatformDiscounts,
    /// PPN to be remitted; platform-wide, like every tax.
    TaxPpn,
    /// PBJT to be remitted.
    TaxPbjt,
    /// PPh 22 to be remitted.
    TaxPph22,
    /// PPh 23 to be remitted.
    TaxPph23,
    /// Final income tax to be remitted.
    TaxPphFinal,
    /// What gateways and banks charge; platform-wide.
    GatewayFees,
    /// Owed back to buyers; platform-wide.
    RefundsDue,
}

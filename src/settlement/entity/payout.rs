//! Table `payouts`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{BankAccountId, PayoutBatchId, PayoutId, Rupiah, VendorId};

/// Money that goes to a shop. The table of moves is in `settlement/model`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payouts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PayoutId,
    pub batch_id: PayoutBatchId,
    pub vendor_id: VendorId,
    pub bank_account_id: BankAccountId,
    pub amount: Rupiah,
    pub status: Status,
    // How often it was handed to the bank: never more than once.
    pub attempts: i32,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub done_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a payout stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = PayoutStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Claimed from what the shop is owed.
    Pending,
    /// Handed to the bank.
    Sent,
    /// Arrived.
    Paid,
    /// Could not be made; the shop is owed it again.
    Failed,
    /// Nobody knows; the bank is asked, and it is never sent again.
    Unknown,
}

//! Table `repayments`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ChargeId, PaymentId, RefundId, RepaymentId, Rupiah};

/// Money on its way back to a buyer: of a refund, or of a charge that was paid although the purchase had been paid otherwise.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "repayments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RepaymentId,
    pub payment_id: PaymentId,
    pub refund_id: Option<RefundId>,
    pub charge_id: Option<ChargeId>,
    pub way: Way,
    pub status: Status,
    pub amount: Rupiah,
    pub error: Option<String>,
    pub attempts: i32,
    // When to ask the gateway next.
    pub check_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How money goes back.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = RepaymentWay)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Through the gateway it came with.
    Gateway,
    /// By a transfer that finance makes.
    Hand,
}

/// Whether it went.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = RepaymentStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Still to go, or nobody knows whether it went.
    Due,
    /// Gone.
    Done,
}

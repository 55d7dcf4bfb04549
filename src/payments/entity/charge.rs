//! Table `charges`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{ChargeId, PaymentId, Rupiah};
use crate::orders::entity::purchase::PaymentMethod;

/// One attempt to get a payment through a gateway. Its id is our reference there.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "charges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChargeId,
    pub payment_id: PaymentId,
    pub provider: String,
    pub method: PaymentMethod,
    pub status: Status,
    pub amount: Rupiah,
    pub provider_ref: Option<String>,
    // JSON, see `PayBy`.
    pub pay_by: Option<String>,
    pub error: Option<String>,
    pub attempts: i32,
    // When to ask the gateway next.
    pub check_at: Option<DateTimeUtc>,
    pub expires_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a charge stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ChargeStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be made, or nobody knows whether it was.
    Creating,
    /// The buyer can pay it.
    Open,
    /// To be called off; the buyer pays otherwise.
    Closing,
    /// Called off.
    Closed,
    /// Refused or run out.
    Failed,
    /// The money came.
    Paid,
}

//! Table `payments`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{PaymentId, PurchaseId, Rupiah, UserId};
use crate::orders::entity::purchase::PaymentMethod;

/// The payment of one purchase.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub purchase_id: PurchaseId,
    pub buyer_id: UserId,
    pub method: PaymentMethod,
    pub status: Status,
    pub amount: Rupiah,
    pub refunded: Rupiah,
    pub expires_at: Option<DateTimeUtc>,
    pub paid_at: Option<DateTimeUtc>,
    pub proof_key: Option<String>,
    pub confirmed_by: Option<UserId>,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    // What a buyer writes on a transfer.
    pub reference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a payment stands. The table of moves is in `payments/model.rs`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for money.
    Pending,
    /// The buyer says it was sent.
    ProofSubmitted,
    /// The money is here.
    Paid,
    /// It did not come in time.
    Expired,
    /// Called off before it came.
    Cancelled,
    /// All of it is to go back.
    RefundPending,
    /// A part went back.
    PartiallyRefunded,
    /// All of it went back.
    Refunded,
}

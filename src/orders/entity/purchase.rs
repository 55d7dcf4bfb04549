//! Table `purchases`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{PurchaseId, Rupiah, UserId};

/// One checkout over one or more shops.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purchases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PurchaseId,
    pub buyer_id: UserId,
    pub payment_method: PaymentMethod,
    pub goods_total: Rupiah,
    pub shipping_total: Rupiah,
    pub tax_total: Rupiah,
    pub discount_total: Rupiah,
    pub total: Rupiah,
    // JSON, see `ShippingAddress`.
    pub shipping_address: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How a purchase is paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Settled by hand, for trying out.
    Sandbox,
    /// Bank transfer with proof, confirmed by finance.
    ManualTransfer,
    /// A code to scan, through a gateway.
    Qris,
    /// A transfer to a number of one's own, through a gateway.
    VirtualAccount,
    /// Into the shop's own account or by its own QRIS; the shop says that the money came.
    DirectToVendor,
    /// Cash when delivered.
    Cod,
    /// Cash in the hand of the shop, which enters the sale itself.
    Cash,
}

//! Table `orders`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{OrderId, PurchaseId, Rupiah, UserId, VendorId};

/// The part of a purchase that one shop fulfils.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    pub number: String,
    pub purchase_id: PurchaseId,
    pub vendor_id: VendorId,
    pub buyer_id: UserId,
    pub status: Status,
    pub payment_method: super::purchase::PaymentMethod,
    pub goods_total: Rupiah,
    pub shipping_total: Rupiah,
    pub tax_total: Rupiah,
    pub discount_total: Rupiah,
    pub total: Rupiah,
    pub delivery_method: DeliveryMethod,
    pub delivery_date: Option<String>,
    pub delivery_window: Option<String>,
    pub placed_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub channel: Channel,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where an order stands. The table of moves is in `orders/model.rs`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not paid yet.
    AwaitingPayment,
    /// Cash on delivery, not accepted yet.
    Placed,
    /// Paid, not accepted yet.
    Paid,
    /// The shop prepares it.
    Accepted,
    /// On its way.
    Shipped,
    /// At the buyer's door.
    Delivered,
    /// Received; the money is the shop's.
    Completed,
    /// Not paid or not accepted in time.
    Expired,
    /// Refused by the shop.
    Declined,
    /// Called off.
    Cancelled,
    /// Came back.
    Returned,
}

/// Where an order came in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = OrderChannel)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Here.
    Marketplace,
    /// By phone; entered by the shop, like the ones that follow.
    Phone,
    /// By a message.
    Whatsapp,
    /// At a stall.
    MarketStall,
    /// Over the counter.
    Counter,
    /// Otherwise.
    Other,
}

/// How an order reaches the buyer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DeliveryMethod {
    /// The shop's own courier.
    OwnCourier,
    /// By zone table.
    Zone,
    /// Fetched by the buyer.
    Pickup,
}

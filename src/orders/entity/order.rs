//! Table `orders`.

use sea_orm::Set;
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
    // Owed back to the buyer so far; never more than the total.
    pub refunded: Rupiah,
    // Working days, as they were promised when the order was placed.
    pub accept_days: i32,
    pub ship_days: i32,
    pub complete_days: i32,
    pub return_days: i32,
    pub dispute_days: i32,
    // Moments, fixed by the move that begins the waiting.
    pub accept_by: Option<DateTimeUtc>,
    pub ship_by: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
    pub complete_at: Option<DateTimeUtc>,
    pub return_by: Option<DateTimeUtc>,
    pub dispute_by: Option<DateTimeUtc>,
    // Reminders of the present deadline that went out.
    pub reminded: i32,
    // Parcels; nothing is called off once there is one.
    pub shipments: i32,
    // The order does not come to its end while there is one.
    pub open_returns: i32,
    pub open_disputes: i32,
    pub end_reason: Option<EndReason>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl ActiveModel {
    /// What is the same of every new order; the days are promised by the settings.
    pub fn fresh() -> Self {
        Self {
            accept_by: Set(None),
            ship_by: Set(None),
            delivered_at: Set(None),
            complete_at: Set(None),
            return_by: Set(None),
            dispute_by: Set(None),
            reminded: Set(0),
            shipments: Set(0),
            open_returns: Set(0),
            open_disputes: Set(0),
            end_reason: Set(None),
            ..Default::default()
        }
    }
}

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

/// Why an order ended without a sale.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The buyer thought better of it.
    ChangedMind,
    /// The buyer ordered the wrong thing.
    OrderedByMistake,
    /// The buyer found it elsewhere.
    FoundElsewhere,
    /// It takes too long.
    TooSlow,
    /// The address or the delivery is wrong.
    WrongAddress,
    /// The buyer agreed with the shop to end it.
    Agreed,
    /// The shop has none left.
    OutOfStock,
    /// The shop asked the wrong price.
    WrongPrice,
    /// The shop cannot bring it there.
    CannotDeliver,
    /// The shop is closed.
    ShopClosed,
    /// The shop trusts neither the order nor its buyer.
    Suspicious,
    /// Nobody accepted it in time.
    NotAccepted,
    /// Nobody paid in time, or the payment failed.
    NotPaid,
    /// Otherwise; the note says how.
    Other,
}

//! Table `returns`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{OrderId, ReturnId, Rupiah, UserId};

/// Goods of an order that the buyer gives back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "returns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReturnId,
    pub order_id: OrderId,
    pub number: i32,
    pub status: Status,
    pub note: Option<String>,
    pub requested_by: UserId,
    pub decide_by: DateTimeUtc,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub answer: Option<String>,
    pub ship_back_by: Option<DateTimeUtc>,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    pub shipped_back_at: Option<DateTimeUtc>,
    pub received_at: Option<DateTimeUtc>,
    // Reminders of the present deadline that went out.
    pub reminded: i32,
    pub refund_amount: Option<Rupiah>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a return stands. The table of moves is in `orders/model/returns.rs`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = ReturnStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The shop has to say something.
    Requested,
    /// The buyer may send the goods back.
    Approved,
    /// The shop does not want it so.
    Refused,
    /// The goods are on their way back.
    ShippedBack,
    /// The shop has the goods, and the money goes back.
    Received,
    /// The buyer keeps the goods.
    Withdrawn,
    /// The buyer did not send the goods in time.
    Lapsed,
}

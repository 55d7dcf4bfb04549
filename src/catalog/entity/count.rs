//! Table `stock_counts`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{StockCountId, UserId, VendorId};

/// One stocktaking of a shop; at most one is open.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_counts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockCountId,
    pub vendor_id: VendorId,
    pub status: Status,
    pub note: Option<String>,
    pub opened_by: UserId,
    pub opened_at: DateTimeUtc,
    pub ended_by: Option<UserId>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a stocktaking stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = StockCountStatus)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Numbers are entered.
    Open,
    /// The differences are booked.
    Closed,
    /// Nothing was booked.
    Cancelled,
}

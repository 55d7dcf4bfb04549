//! Table `order_lines`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{OrderId, OrderLineId, ProductId, Rupiah, VariantId};

/// One article of an order, frozen as it was sold, with its stock reservation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderLineId,
    pub order_id: OrderId,
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub title: String,
    pub sku: String,
    pub options: String,
    pub unit: String,
    pub unit_price: Rupiah,
    pub quantity: i32,
    pub line_total: Rupiah,
    pub note: Option<String>,
    pub reservation: Reservation,
    pub position: i32,
    // JSON list of {name, value, surcharge}; the surcharge is in the unit price.
    pub personalisation: Option<String>,
    pub surcharge: Rupiah,
    // The bundle that this is a part of; it costs nothing by itself.
    pub parent_id: Option<OrderLineId>,
    // The day whose portions it takes.
    pub portion_date: Option<String>,
    // Pieces in parcels; the parts of a bundle go with their bundle.
    pub shipped: i32,
    // Pieces that went back or are about to.
    pub returned: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the order holds of the stock.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reservation {
    /// Stock is not counted for it.
    None,
    /// Reserved, not sold.
    Held,
    /// Sold.
    Committed,
    /// Given back.
    Released,
}

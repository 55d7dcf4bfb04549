//! Table `refund_lines`.

use sea_orm::entity::prelude::*;

use crate::kernel::{OrderLineId, RefundId, RefundLineId, Rupiah};

/// What of a refund is for one line of the order, or for its shipping; frozen.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefundLineId,
    pub refund_id: RefundId,
    // None: the shipping.
    pub order_line_id: Option<OrderLineId>,
    pub quantity: i32,
    pub amount: Rupiah,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `order_taxes`.

use sea_orm::entity::prelude::*;

use crate::kernel::{OrderId, OrderLineId, OrderTaxId, Rupiah, TaxRuleId};
use crate::tax::model::{Kind, Payer};

/// One tax of one line of an order, or of its shipping, as it was due when the order was placed; frozen.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_taxes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderTaxId,
    pub order_id: OrderId,
    // None: the shipping.
    pub order_line_id: Option<OrderLineId>,
    pub rule_id: TaxRuleId,
    pub kind: Kind,
    pub net: Rupiah,
    pub base: Rupiah,
    pub rate_num: i64,
    pub rate_den: i64,
    pub amount: Rupiah,
    pub payer: Payer,
    pub in_price: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `order_commissions`.

use sea_orm::entity::prelude::*;

use crate::kernel::{CommissionRuleId, OrderId, Rupiah};

/// What one rule takes of one order, frozen when it was placed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_commissions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: OrderId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule_id: CommissionRuleId,
    pub base: Rupiah,
    pub rate_bp: i32,
    pub commission: Rupiah,
    pub tax: Rupiah,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `order_terms`.

use sea_orm::entity::prelude::*;

use crate::kernel::{OrderId, Rupiah, VendorId};

/// Who gets what of an order, frozen when it was placed. The parts are exactly what the buyer pays.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: OrderId,
    pub vendor_id: VendorId,
    pub buyer_total: Rupiah,
    pub seller_net: Rupiah,
    pub courier_net: Rupiah,
    pub commission: Rupiah,
    pub commission_tax: Rupiah,
    pub remitted_by_platform: Rupiah,
    pub withheld_by_treasurer: Rupiah,
    pub platform_discounts: Rupiah,
    // What counts as turnover of the shop: without taxes.
    pub net_total: Rupiah,
    // The order completed, and the shop has its cash: to be set against what it is owed.
    pub cash_due: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

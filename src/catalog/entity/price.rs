//! Table `price_history`.

use sea_orm::entity::prelude::*;

use crate::kernel::{PriceId, Rupiah, VariantId};

/// What a variant cost, from when to when; an open end is the price of now.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriceId,
    pub variant_id: VariantId,
    pub price: Rupiah,
    pub is_sale: bool,
    pub starts_at: DateTimeUtc,
    pub ends_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

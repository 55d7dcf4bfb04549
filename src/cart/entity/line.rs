//! Table `cart_lines`.

use sea_orm::entity::prelude::*;

use crate::kernel::{CartId, VariantId};

/// One article in a cart.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cart_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cart_id: CartId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: VariantId,
    pub quantity: i32,
    pub note: Option<String>,
    pub added_at: DateTimeUtc,
    // JSON object of the chosen values.
    pub personalisation: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

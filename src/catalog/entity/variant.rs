//! Table `variants`.

use sea_orm::entity::prelude::*;

use crate::kernel::{ProductId, Rupiah, VariantId, VendorId};

/// One thing that can be bought.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VariantId,
    pub product_id: ProductId,
    pub vendor_id: VendorId,
    pub sku: String,
    pub price: Rupiah,
    // JSON array of {min_quantity, price}, rising.
    pub tiers: String,
    // JSON object, e.g. {"warna": "merah"}.
    pub options: String,
    pub weight_g: Option<i32>,
    pub position: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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
    // What is in one, e.g. 250 and `gram`.
    pub content_amount: Option<i64>,
    pub content_unit: Option<String>,
    pub sale_price: Option<Rupiah>,
    pub sale_from: Option<DateTimeUtc>,
    pub sale_to: Option<DateTimeUtc>,
    // The lowest price of the 30 days before the sale.
    pub sale_before: Option<Rupiah>,
    // Its stock is that of its parts.
    pub is_bundle: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

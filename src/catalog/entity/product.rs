//! Table `products`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{CategoryId, ProductId, Rupiah, VendorId};

/// One product page; prices are those of its variants.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub vendor_id: VendorId,
    pub category_id: CategoryId,
    pub slug: String,
    pub title: String,
    pub description: String,
    pub status: Status,
    // JSON object of texts.
    pub attributes: String,
    pub unit: String,
    pub min_order: i32,
    pub lead_time_days: i32,
    pub stock_mode: StockMode,
    pub tax_class: super::category::TaxClass,
    pub price_min: Rupiah,
    pub price_max: Rupiah,
    // Hundredths of a star; 0 without reviews.
    pub rating: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub published_at: Option<DateTimeUtc>,
    pub quantity_step: i32,
    // JSON list, see `model::personal`; empty if there is none.
    pub personalisation: String,
    // The lowest of its variants, where all are measured alike.
    pub unit_price: Option<Rupiah>,
    pub unit_price_per: Option<String>,
    // The office took it down: it is looked at before the public sees it again.
    pub needs_review: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether the public sees a product.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Only the shop.
    Draft,
    /// Waiting for an officer.
    InReview,
    /// Only the shop, until its time has come.
    Scheduled,
    /// Everybody.
    Published,
    /// Approved, but its shop lacks a paper that the category needs.
    OnHold,
    /// Taken down by the shop.
    Archived,
}

/// How the stock of a product is kept.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StockMode {
    /// Counted.
    Tracked,
    /// Not counted; made within the lead time.
    MadeToOrder,
    /// So many portions a day; the date comes with the delivery.
    Daily,
}

//! What the members of a shop see.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::goods::{ContentOut, PartOut, PlannedSale, UnitPriceOut};
use super::images::{ProductImage, cover, images};
use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product::{self, Status, StockMode};
use crate::catalog::entity::{review, revision, stock, variant};
use crate::catalog::http::names::ProductTranslations;
use crate::catalog::model::personal::{PersonalField, stored_fields};
use crate::catalog::model::unit::Content;
use crate::catalog::model::{Attributes, Tiers};
use crate::catalog::price::Tier;
use crate::catalog::query::bundles::{PartRow, allowed};
use crate::catalog::query::member;
use crate::catalog::service::awaited_papers;
use crate::kernel::{Problem, ProductId, ProductRevisionId, Rupiah, VariantId, VendorId};

/// A product, as its shop sees it.
#[derive(Serialize, ToSchema)]
pub struct VendorProduct {
    id: ProductId,
    vendor_id: VendorId,
    slug: String,
    title: String,
    description: String,
    status: Status,
    /// What a product on hold waits for.
    missing_papers: Vec<String>,
    /// Slug of the category.
    category: String,
    attributes: BTreeMap<String, String>,
    unit: String,
    min_order: i32,
    /// By how much quantities grow from the least one.
    quantity_step: i32,
    /// What a buyer may have made.
    personalisation: Vec<PersonalField>,
    lead_time_days: i32,
    stock_mode: StockMode,
    tax_class: TaxClass,
    price_min: Rupiah,
    price_max: Rupiah,
    variants: Vec<VendorVariant>,
    images: Vec<ProductImage>,
    /// Title and description in other languages.
    translations: ProductTranslations,
    /// The officer's last decision.
    review: Option<ProductReview>,
    /// The edit that waits for an officer.
    waiting_revision: Option<WaitingRevision>,
    /// The number in the `ETag`.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    published_at: Option<DateTime<Utc>>,
}

/// A variant, as its shop sees it.
#[derive(Serialize, ToSchema)]
pub struct VendorVariant {
    id: VariantId,
    sku: String,
    price: Rupiah,
    tiers: Vec<Tier>,
    options: BTreeMap<String, String>,
    weight_g: Option<i32>,
    content: Option<ContentOut>,
    unit_price: Option<UnitPriceOut>,
    /// Planned or on.
    sale: Option<PlannedSale>,
    /// What a bundle is made of.
    parts: Vec<PartOut>,
    /// On hand.
    stock: i32,
    /// Promised to orders.
    reserved: i32,
    /// On hand and not promised.
    available: i32,
}

/// An officer's decision about a product.
#[derive(Serialize, ToSchema)]
pub struct ProductReview {
    /// Where the product went.
    to_status: Status,
    note: Option<String>,
    at: DateTime<Utc>,
}

/// An edit that waits for an officer; what it changes is at `/revision`.
#[derive(Serialize, ToSchema)]
pub struct WaitingRevision {
    id: ProductRevisionId,
    version: i32,
    updated_at: DateTime<Utc>,
}

/// A product in the list of its shop.
#[derive(Serialize, ToSchema)]
pub struct VendorProductRow {
    id: ProductId,
    vendor_id: VendorId,
    vendor_name: String,
    slug: String,
    title: String,
    status: Status,
    category: String,
    price_min: Rupiah,
    price_max: Rupiah,
    /// On hand, of all variants.
    stock: i64,
    /// On hand and not promised, of all variants.
    available: i64,
    image: Option<String>,
    version: i32,
    updated_at: DateTime<Utc>,
}

/// Where a product stands after a move.
#[derive(Serialize, ToSchema)]
pub struct ProductStatus {
    id: ProductId,
    status: Status,
    /// What a product on hold waits for.
    missing_papers: Vec<String>,
    published_at: Option<DateTime<Utc>>,
}

impl VendorProduct {
    /// With the addresses of the pictures.
    pub fn new(app: &App, details: member::Details) -> Self {
        let product = details.product;
        let unit = product.unit.clone();
        let base = &app.config.server.base_url;
        Self {
            id: product.id,
            vendor_id: product.vendor_id,
            slug: product.slug,
            title: product.title,
            description: product.description,
            status: product.status,
            missing_papers: Vec::new(),
            category: details.category,
            attributes: Attributes::decode(&product.attributes).into_map(),
            unit: product.unit,
            min_order: product.min_order,
            quantity_step: product.quantity_step,
            personalisation: stored_fields(&product.personalisation),
            lead_time_days: product.lead_time_days,
            stock_mode: product.stock_mode,
            tax_class: product.tax_class,
            price_min: product.price_min,
            price_max: product.price_max,
            variants: details
                .variants
                .into_iter()
                .map(|(variant, stock)| VendorVariant::new(variant, stock, (&details.parts, &unit)))
                .collect(),
            images: images(base, &details.images),
            translations: ProductTranslations::from(details.translations),
            review: details.review.map(ProductReview::from),
            waiting_revision: details.waiting.map(WaitingRevision::from),
            version: product.version,
            created_at: product.created_at,
            updated_at: product.updated_at,
            published_at: product.published_at,
        }
    }

    /// The same with what it waits for.
    pub async fn of(app: &App, details: member::Details) -> Result<Self, Problem> {
        let missing_papers = awaited_papers(app.db.read(), &details.product, app.now()).await?;
        Ok(Self { missing_papers, ..Self::new(app, details) })
    }

    /// The version for the `ETag`.
    pub fn version(&self) -> i32 {
        self.version
    }
}

impl VendorVariant {
    fn new(variant: variant::Model, stock: Option<stock::Model>, (parts, unit): (&[PartRow], &str)) -> Self {
        let (on_hand, reserved) = stock.map_or((0, 0), |stock| (stock.on_hand, stock.reserved));
        let left = if variant.is_bundle { allowed(parts, variant.id) } else { on_hand - reserved };
        let content = Content::stored(variant.content_amount, variant.content_unit.as_deref(), unit);
        Self {
            id: variant.id,
            content: ContentOut::of(&variant),
            unit_price: content.and_then(|content| content.unit_price(variant.price)).map(UnitPriceOut::from),
            sale: PlannedSale::of(&variant),
            parts: PartOut::of(parts, variant.id),
            sku: variant.sku,
            price: variant.price,
            tiers: Tiers::decode(&variant.tiers).into_list(),
            options: Attributes::decode(&variant.options).into_map(),
            weight_g: variant.weight_g,
            stock: on_hand,
            reserved,
            available: left,
        }
    }
}

impl From<revision::Model> for WaitingRevision {
    fn from(row: revision::Model) -> Self {
        Self { id: row.id, version: row.version, updated_at: row.updated_at }
    }
}

impl From<review::Model> for ProductReview {
    fn from(review: review::Model) -> Self {
        Self { to_status: review.to_status, note: review.note, at: review.created_at }
    }
}

impl VendorProductRow {
    /// With the address of the picture.
    pub fn new(app: &App, row: member::Row) -> Self {
        Self {
            id: row.id,
            vendor_id: row.vendor_id,
            vendor_name: row.vendor_name,
            slug: row.slug,
            title: row.title,
            status: row.status,
            category: row.category,
            price_min: row.price_min,
            price_max: row.price_max,
            stock: row.stock,
            available: row.available,
            image: cover(&app.config.server.base_url, row.image_id),
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}

impl ProductStatus {
    /// With what a product on hold waits for.
    pub async fn of(app: &App, product: product::Model) -> Result<Self, Problem> {
        let missing_papers = awaited_papers(app.db.read(), &product, app.now()).await?;
        Ok(Self { missing_papers, ..Self::from(product) })
    }
}

impl From<product::Model> for ProductStatus {
    fn from(product: product::Model) -> Self {
        let (id, status) = (product.id, product.status);
        Self { id, status, missing_papers: Vec::new(), published_at: product.published_at }
    }
}

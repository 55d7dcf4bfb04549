//! What everybody sees.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::images::{ProductImage, cover, images};
use crate::app::App;
use crate::catalog::entity::product::StockMode;
use crate::catalog::entity::{stock, variant};
use crate::catalog::model::{Attributes, MAX_SHOWN, Tiers, Tongue};
use crate::catalog::price::Tier;
use crate::catalog::query::public;
use crate::kernel::{ProductId, Rupiah, VariantId, VendorId};

/// A product, as everybody sees it in a list.
#[derive(Serialize, ToSchema)]
pub struct ProductRow {
    id: ProductId,
    slug: String,
    title: String,
    /// Slug of the category.
    category: String,
    vendor: ProductVendor,
    unit: String,
    price_min: Rupiah,
    price_max: Rupiah,
    /// Hundredths of a star; 0 without reviews.
    rating: i32,
    in_stock: bool,
    /// False while the owner of the shop has not claimed it.
    orderable: bool,
    image: Option<String>,
    published_at: Option<DateTime<Utc>>,
}

/// The shop of a product.
#[derive(Serialize, ToSchema)]
pub struct ProductVendor {
    id: VendorId,
    slug: String,
    name: String,
    district_code: String,
}

/// A product page, as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct ProductPage {
    id: ProductId,
    slug: String,
    title: String,
    /// The language of title and description.
    lang: Tongue,
    description: String,
    /// Slug of the category.
    category: String,
    vendor: ProductVendor,
    attributes: BTreeMap<String, String>,
    unit: String,
    min_order: i32,
    lead_time_days: i32,
    stock_mode: StockMode,
    price_min: Rupiah,
    price_max: Rupiah,
    /// Hundredths of a star; 0 without reviews.
    rating: i32,
    in_stock: bool,
    /// False while the owner of the shop has not claimed it.
    orderable: bool,
    variants: Vec<ProductVariant>,
    images: Vec<ProductImage>,
    published_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

/// A variant, as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct ProductVariant {
    id: VariantId,
    sku: String,
    price: Rupiah,
    tiers: Vec<Tier>,
    options: BTreeMap<String, String>,
    weight_g: Option<i32>,
    in_stock: bool,
    /// Most that can be ordered now; never more than 99 is told.
    #[schema(minimum = 0, maximum = 99)]
    max_quantity: i32,
}

fn vendor(row: &public::Row) -> ProductVendor {
    ProductVendor {
        id: row.vendor_id,
        slug: row.vendor_slug.clone(),
        name: row.vendor_name.clone(),
        district_code: row.vendor_district.clone(),
    }
}

impl ProductRow {
    /// With the address of the picture.
    pub fn new(app: &App, row: public::Row) -> Self {
        Self {
            vendor: vendor(&row),
            orderable: row.orderable(),
            image: cover(&app.config.server.base_url, row.image_id),
            id: row.id,
            slug: row.slug,
            title: row.title,
            category: row.category,
            unit: row.unit,
            price_min: row.price_min,
            price_max: row.price_max,
            rating: row.rating,
            in_stock: row.in_stock,
            published_at: row.published_at,
        }
    }
}

impl ProductPage {
    /// With the addresses of the pictures.
    pub fn new(app: &App, details: public::Details, lang: Tongue) -> Self {
        let public::Details { row, extra, variants, images: pictures } = details;
        let counted = extra.stock_mode == StockMode::Tracked;
        Self {
            vendor: vendor(&row),
            orderable: row.orderable(),
            id: row.id,
            slug: row.slug,
            title: row.title,
            lang,
            description: extra.description,
            category: row.category,
            attributes: Attributes::decode(&extra.attributes).into_map(),
            unit: row.unit,
            min_order: extra.min_order,
            lead_time_days: extra.lead_time_days,
            stock_mode: extra.stock_mode,
            price_min: row.price_min,
            price_max: row.price_max,
            rating: row.rating,
            in_stock: row.in_stock,
            variants: variants
                .into_iter()
                .map(|(variant, stock)| ProductVariant::new(variant, stock.filter(|_| counted)))
                .collect(),
            images: images(&app.config.server.base_url, &pictures),
            published_at: row.published_at,
            updated_at: extra.updated_at,
        }
    }
}

impl ProductVariant {
    /// Without a stock it is made to order.
    fn new(variant: variant::Model, stock: Option<stock::Model>) -> Self {
        let max_quantity = stock.map_or(MAX_SHOWN, |stock| stock.available().clamp(0, MAX_SHOWN));
        Self {
            id: variant.id,
            sku: variant.sku,
            price: variant.price,
            tiers: Tiers::decode(&variant.tiers).into_list(),
            options: Attributes::decode(&variant.options).into_map(),
            weight_g: variant.weight_g,
            in_stock: max_quantity > 0,
            max_quantity,
        }
    }
}

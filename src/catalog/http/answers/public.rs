//! What everybody sees.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::goods::{Compliance, ContentOut, Meal, PartOut, SaleOut, UnitPriceOut};
use super::images::{ProductImage, cover, images};
use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product::StockMode;
use crate::catalog::entity::{stock, variant};
use crate::catalog::model::figures::Priced;
use crate::catalog::model::personal::{PersonalField, stored_fields};
use crate::catalog::model::{Attributes, MAX_SHOWN, Tiers, Tongue};
use crate::catalog::price::Tier;
use crate::catalog::query::bundles::{PartRow, allowed};
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
    /// The lowest price per kg, liter, sheet ..., where all variants are measured alike.
    unit_price: Option<UnitPriceOut>,
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
    /// By how much quantities grow from the least one.
    quantity_step: i32,
    lead_time_days: i32,
    stock_mode: StockMode,
    tax_class: TaxClass,
    /// What a buyer may have made.
    personalisation: Vec<PersonalField>,
    compliance: Compliance,
    price_min: Rupiah,
    price_max: Rupiah,
    /// Hundredths of a star; 0 without reviews.
    rating: i32,
    /// The lowest price per kg, liter, sheet ..., where all variants are measured alike.
    unit_price: Option<UnitPriceOut>,
    in_stock: bool,
    /// False while the owner of the shop has not claimed it.
    orderable: bool,
    variants: Vec<ProductVariant>,
    images: Vec<ProductImage>,
    /// When a daily product can be ordered.
    meal: Option<Meal>,
    published_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

/// A variant, as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct ProductVariant {
    id: VariantId,
    sku: String,
    /// What one costs now.
    price: Rupiah,
    /// The sale that is on.
    sale: Option<SaleOut>,
    tiers: Vec<Tier>,
    options: BTreeMap<String, String>,
    weight_g: Option<i32>,
    content: Option<ContentOut>,
    unit_price: Option<UnitPriceOut>,
    /// What a bundle is made of.
    parts: Vec<PartOut>,
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
            unit_price: UnitPriceOut::stored(row.unit_price, row.unit_price_per),
            in_stock: row.in_stock,
            published_at: row.published_at,
        }
    }
}

impl ProductPage {
    /// With the addresses of the pictures.
    pub fn new(app: &App, details: public::Details, lang: Tongue) -> Self {
        let public::Details { row, extra, variants, parts, images: pictures, meal } = details;
        let attributes = Attributes::decode(&extra.attributes);
        let unplanned = extra.stock_mode == StockMode::Daily && meal.is_none();
        let seen = Seen { now: app.now(), unit: row.unit.clone(), parts, mode: extra.stock_mode, unplanned };
        Self {
            vendor: vendor(&row),
            orderable: row.orderable(),
            id: row.id,
            slug: row.slug,
            title: row.title,
            lang,
            description: extra.description,
            category: row.category,
            compliance: Compliance::of(&attributes),
            attributes: attributes.into_map(),
            unit: row.unit,
            min_order: extra.min_order,
            quantity_step: extra.quantity_step,
            lead_time_days: extra.lead_time_days,
            stock_mode: extra.stock_mode,
            tax_class: extra.tax_class,
            personalisation: stored_fields(&extra.personalisation),
            price_min: row.price_min,
            price_max: row.price_max,
            rating: row.rating,
            unit_price: UnitPriceOut::stored(row.unit_price, row.unit_price_per),
            in_stock: row.in_stock,
            variants: variants
                .into_iter()
                .map(|(variant, stock)| ProductVariant::new(variant, stock.as_ref(), &seen))
                .collect(),
            images: images(&app.config.server.base_url, &pictures),
            meal: meal.map(|(plan, days)| Meal::new(&plan, &days, app.now())),
            published_at: row.published_at,
            updated_at: extra.updated_at,
        }
    }
}

/// What the variants of a product are seen with.
struct Seen {
    now: DateTime<Utc>,
    unit: String,
    parts: Vec<PartRow>,
    mode: StockMode,
    /// Nobody said when it is made.
    unplanned: bool,
}

impl Seen {
    /// Only what is counted, or made of what is counted, runs out.
    fn available(&self, variant: &variant::Model, stock: Option<&stock::Model>) -> i32 {
        if self.unplanned {
            0
        } else if variant.is_bundle {
            allowed(&self.parts, variant.id)
        } else if self.mode == StockMode::Tracked {
            stock.map_or(0, stock::Model::available)
        } else {
            MAX_SHOWN
        }
    }
}

impl ProductVariant {
    fn new(variant: variant::Model, stock: Option<&stock::Model>, seen: &Seen) -> Self {
        let max_quantity = seen.available(&variant, stock).clamp(0, MAX_SHOWN);
        let priced = Priced::stored(&variant, &seen.unit, seen.now);
        Self {
            id: variant.id,
            price: priced.price(),
            sale: SaleOut::on(&variant, seen.now),
            content: ContentOut::of(&variant),
            unit_price: priced.unit_price().map(UnitPriceOut::from),
            parts: PartOut::of(&seen.parts, variant.id),
            sku: variant.sku,
            tiers: Tiers::decode(&variant.tiers).into_list(),
            options: Attributes::decode(&variant.options).into_map(),
            weight_g: variant.weight_g,
            in_stock: max_quantity > 0,
            max_quantity,
        }
    }
}

//! What answers look like. The public learns whether something is in stock, its shop how much.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::catalog::entity::product::{self, Status, StockMode};
use crate::catalog::entity::{image, review, stock, variant};
use crate::catalog::model::{Attributes, MAX_SHOWN, Tiers, media};
use crate::catalog::price::Tier;
use crate::catalog::query::{member, public};
use crate::kernel::{ImageId, ProductId, Rupiah, VariantId, VendorId};
use crate::platform::images::THUMBNAILS;

/// A product, as its shop sees it.
#[derive(Serialize, ToSchema)]
pub struct VendorProduct {
    id: ProductId,
    vendor_id: VendorId,
    slug: String,
    title: String,
    description: String,
    status: Status,
    /// Slug of the category.
    category: String,
    attributes: BTreeMap<String, String>,
    unit: String,
    min_order: i32,
    lead_time_days: i32,
    stock_mode: StockMode,
    tax_class: TaxClass,
    price_min: Rupiah,
    price_max: Rupiah,
    variants: Vec<VendorVariant>,
    images: Vec<ProductImage>,
    /// The officer's last decision.
    review: Option<ProductReview>,
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
    /// On hand.
    stock: i32,
    /// Promised to orders.
    reserved: i32,
    /// On hand and not promised.
    available: i32,
}

/// A picture.
#[derive(Serialize, ToSchema)]
pub struct ProductImage {
    id: ImageId,
    url: String,
    width: i32,
    height: i32,
    thumbnails: Vec<Thumbnail>,
}

/// A smaller form of a picture.
#[derive(Serialize, ToSchema)]
pub struct Thumbnail {
    /// Longest side, in pixels.
    size: u32,
    url: String,
}

/// An officer's decision about a product.
#[derive(Serialize, ToSchema)]
pub struct ProductReview {
    /// Where the product went.
    to_status: Status,
    note: Option<String>,
    at: DateTime<Utc>,
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
    published_at: Option<DateTime<Utc>>,
}

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

impl VendorProduct {
    /// With the addresses of the pictures.
    pub fn new(app: &App, details: member::Details) -> Self {
        let product = details.product;
        let base = &app.config.server.base_url;
        Self {
            id: product.id,
            vendor_id: product.vendor_id,
            slug: product.slug,
            title: product.title,
            description: product.description,
            status: product.status,
            category: details.category,
            attributes: Attributes::decode(&product.attributes).into_map(),
            unit: product.unit,
            min_order: product.min_order,
            lead_time_days: product.lead_time_days,
            stock_mode: product.stock_mode,
            tax_class: product.tax_class,
            price_min: product.price_min,
            price_max: product.price_max,
            variants: details.variants.into_iter().map(VendorVariant::from).collect(),
            images: images(base, &details.images),
            review: details.review.map(ProductReview::from),
            version: product.version,
            created_at: product.created_at,
            updated_at: product.updated_at,
            published_at: product.published_at,
        }
    }

    /// The version for the `ETag`.
    pub fn version(&self) -> i32 {
        self.version
    }
}

impl From<(variant::Model, Option<stock::Model>)> for VendorVariant {
    fn from((variant, stock): (variant::Model, Option<stock::Model>)) -> Self {
        let (on_hand, reserved) = stock.map_or((0, 0), |stock| (stock.on_hand, stock.reserved));
        Self {
            id: variant.id,
            sku: variant.sku,
            price: variant.price,
            tiers: Tiers::decode(&variant.tiers).into_list(),
            options: Attributes::decode(&variant.options).into_map(),
            weight_g: variant.weight_g,
            stock: on_hand,
            reserved,
            available: on_hand - reserved,
        }
    }
}

impl From<review::Model> for ProductReview {
    fn from(review: review::Model) -> Self {
        Self {
            to_status: review.to_status,
            note: review.note,
            at: review.created_at,
        }
    }
}

impl ProductImage {
    /// With its addresses.
    pub fn new(base: &Url, image: &image::Model) -> Self {
        Self {
            id: image.id,
            url: media::url(base, image.id, None),
            width: image.width,
            height: image.height,
            thumbnails: THUMBNAILS
                .map(|size| Thumbnail {
                    size,
                    url: media::url(base, image.id, Some(size)),
                })
                .into(),
        }
    }
}

fn images(base: &Url, images: &[image::Model]) -> Vec<ProductImage> {
    images
        .iter()
        .map(|image| ProductImage::new(base, image))
        .collect()
}

/// The picture of a list: the smaller thumbnail.
fn cover(base: &Url, id: Option<ImageId>) -> Option<String> {
    id.map(|id| media::url(base, id, Some(THUMBNAILS[0])))
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

impl From<product::Model> for ProductStatus {
    fn from(product: product::Model) -> Self {
        Self {
            id: product.id,
            status: product.status,
            published_at: product.published_at,
        }
    }
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
    pub fn new(app: &App, details: public::Details) -> Self {
        let public::Details {
            row,
            extra,
            variants,
            images: pictures,
        } = details;
        let counted = extra.stock_mode == StockMode::Tracked;
        Self {
            vendor: vendor(&row),
            orderable: row.orderable(),
            id: row.id,
            slug: row.slug,
            title: row.title,
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

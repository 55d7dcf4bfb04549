//! A product as Meilisearch gets it. Texts are normalised by us, so that both engines understand the same words.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::platform::search::{FeedPosition, PRICE_STEPS, ProductDoc, TextAnalysis};

/// The document of a product.
#[derive(Debug, Serialize)]
pub struct Document {
    id: Uuid,
    title: String,
    category: String,
    attributes: String,
    district: String,
    vendor: String,
    fold: String,
    stem: String,
    description: String,
    category_path: Vec<String>,
    vendor_id: Uuid,
    vendor_slug: String,
    district_code: String,
    price_min: i64,
    price_max: i64,
    price_step: usize,
    in_stock: bool,
    stock_rank: u8,
    rating: i32,
    created_at_ms: i64,
    tie: u32,
    shown_title: String,
    shown_vendor: String,
    shown_category: Vec<String>,
}

impl Document {
    /// The document of a product under the rules of a language.
    pub fn of(product: &ProductDoc, analysis: &dyn TextAnalysis) -> Self {
        let text = analysis.document(product);
        let step = PRICE_STEPS.iter().rposition(|from| *from <= product.price_min);
        Self {
            id: product.product_id,
            title: text.title,
            category: text.category,
            attributes: text.attributes,
            district: text.district,
            vendor: text.vendor,
            fold: text.fold,
            stem: text.stem,
            description: text.description,
            category_path: product.category_path.clone(),
            vendor_id: product.vendor_id,
            vendor_slug: product.vendor_slug.clone(),
            district_code: product.district_code.clone(),
            price_min: product.price_min,
            price_max: product.price_max,
            price_step: step.unwrap_or(0),
            in_stock: product.in_stock,
            stock_rank: u8::from(product.in_stock),
            rating: product.rating,
            created_at_ms: product.created_at_ms,
            tie: tie(product),
            shown_title: product.title.clone(),
            shown_vendor: product.vendor_name.clone(),
            shown_category: product.category_names.clone(),
        }
    }
}

/// The last 32 bits of both ids are random, so their sum spreads shops and products evenly.
fn tie(product: &ProductDoc) -> u32 {
    let tail = |id: Uuid| {
        let [.., a, b, c, d] = *id.as_bytes();
        u32::from_be_bytes([a, b, c, d])
    };
    tail(product.vendor_id).wrapping_add(tail(product.product_id))
}

/// What comes back of a hit.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    /// The product.
    pub id: Uuid,
    /// For suggestions.
    #[serde(default)]
    pub shown_title: String,
    /// For suggestions.
    #[serde(default)]
    pub shown_vendor: String,
    /// For suggestions.
    #[serde(default)]
    pub shown_category: Vec<String>,
}

/// The document that remembers the feed's position.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PositionDoc {
    /// Always the same.
    pub id: String,
    /// Version of the language rules the documents were made by.
    pub rules: u32,
    /// The position.
    pub position: FeedPosition,
}

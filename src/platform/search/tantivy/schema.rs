//! The index's fields and how a product is written into them.

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use crate::platform::search::{DocFields, ProductDoc};

/// Raised whenever the fields change; an index of another version is thrown away.
pub const SCHEMA_VERSION: u32 = 1;

/// Stands before the first word of each title, so that a phrase query can ask for the head of the title.
pub const TITLE_START: &str = "^";

/// Names of the columns the collector reads.
pub mod column {
    pub const ID: &str = "id";
    pub const CATEGORY_PATH: &str = "category_path";
    pub const DISTRICT: &str = "district_code";
    pub const PRICE_MIN: &str = "price_min";
    pub const PRICE_MAX: &str = "price_max";
    pub const IN_STOCK: &str = "in_stock";
    pub const RATING: &str = "rating";
    pub const CREATED: &str = "created";
    pub const TIE: &str = "tie";
}

/// Handles of all fields.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    pub id: Field,
    pub title: Field,
    pub category: Field,
    pub vendor: Field,
    pub attributes: Field,
    pub district: Field,
    pub description: Field,
    pub fold: Field,
    pub stem: Field,
    pub category_path: Field,
    pub vendor_id: Field,
    pub vendor_slug: Field,
    pub district_code: Field,
    pub price_min: Field,
    pub price_max: Field,
    pub in_stock: Field,
    pub rating: Field,
    pub created: Field,
    pub tie: Field,
    pub shown_title: Field,
    pub shown_vendor: Field,
    pub shown_category: Field,
}

/// Builds the schema.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_bytes_field(column::ID, INDEXED | FAST),
        title: words(&mut builder, "title", IndexRecordOption::WithFreqsAndPositions),
        category: words(&mut builder, "category", IndexRecordOption::WithFreqsAndPositions),
        vendor: words(&mut builder, "vendor", IndexRecordOption::WithFreqsAndPositions),
        attributes: words(&mut builder, "attributes", IndexRecordOption::WithFreqsAndPositions),
        district: words(&mut builder, "district", IndexRecordOption::WithFreqsAndPositions),
        description: words(&mut builder, "description", IndexRecordOption::WithFreqsAndPositions),
        fold: words(&mut builder, "fold", IndexRecordOption::Basic),
        stem: words(&mut builder, "stem", IndexRecordOption::Basic),
        category_path: builder.add_text_field(column::CATEGORY_PATH, exact().set_fast("raw")),
        vendor_id: builder.add_text_field("vendor_id", exact()),
        vendor_slug: builder.add_text_field("vendor_slug", exact()),
        district_code: builder.add_text_field(column::DISTRICT, exact().set_fast("raw")),
        price_min: builder.add_i64_field(column::PRICE_MIN, FAST),
        price_max: builder.add_i64_field(column::PRICE_MAX, FAST),
        in_stock: builder.add_bool_field(column::IN_STOCK, INDEXED | FAST),
        rating: builder.add_i64_field(column::RATING, FAST),
        created: builder.add_i64_field(column::CREATED, FAST),
        tie: builder.add_u64_field(column::TIE, FAST),
        shown_title: builder.add_text_field("shown_title", STORED),
        shown_vendor: builder.add_text_field("shown_vendor", STORED),
        shown_category: builder.add_text_field("shown_category", STORED),
    };
    (builder.build(), fields)
}

/// Tokens come ready from the analysis; the index only cuts at blanks. Scores are our own, so no field norms.
fn words(builder: &mut SchemaBuilder, name: &str, record: IndexRecordOption) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(record)
        .set_fieldnorms(false);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

fn exact() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// The index document of a product.
pub fn document(fields: &Fields, product: &ProductDoc, text: &DocFields) -> TantivyDocument {
    let mut doc = TantivyDocument::new();
    doc.add_bytes(fields.id, product.product_id.as_bytes());
    doc.add_text(fields.title, format!("{TITLE_START} {}", text.title));
    doc.add_text(fields.category, &text.category);
    doc.add_text(fields.vendor, &text.vendor);
    doc.add_text(fields.attributes, &text.attributes);
    doc.add_text(fields.district, &text.district);
    doc.add_text(fields.description, &text.description);
    doc.add_text(fields.fold, &text.fold);
    doc.add_text(fields.stem, &text.stem);
    for slug in &product.category_path {
        doc.add_text(fields.category_path, slug);
    }
    doc.add_text(fields.vendor_id, product.vendor_id.to_string());
    doc.add_text(fields.vendor_slug, &product.vendor_slug);
    doc.add_text(fields.district_code, &product.district_code);
    doc.add_i64(fields.price_min, product.price_min);
    doc.add_i64(fields.price_max, product.price_max);
    doc.add_bool(fields.in_stock, product.in_stock);
    doc.add_i64(fields.rating, product.rating.into());
    doc.add_i64(fields.created, product.created_at_ms);
    doc.add_u64(fields.tie, tie(product));
    doc.add_text(fields.shown_title, &product.title);
    doc.add_text(fields.shown_vendor, &product.vendor_name);
    for name in &product.category_names {
        doc.add_text(fields.shown_category, name);
    }
    doc
}

/// A number that differs between shops and products but not between index builds.
fn tie(product: &ProductDoc) -> u64 {
    let (shop, product) = (product.vendor_id.as_u64_pair(), product.product_id.as_u64_pair());
    mix(shop.0 ^ shop.1.rotate_left(17) ^ mix(product.0 ^ product.1))
}

/// Scatters the bits of a number (the finaliser of splitmix64).
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

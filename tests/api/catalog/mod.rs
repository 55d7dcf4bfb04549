//! Products from draft to sale, their pictures, stock, moderation, and the lists of the public.

mod edits;
mod images;
mod life;
mod lists;
mod moderation;
mod stock;

use serde_json::{Value, json};

use crate::support::shop::{Product, Shop};

/// The address of a product for its shop.
fn own(shop: &Shop, product: &Product) -> String {
    shop.path(&format!("/products/{}", product.id))
}

/// A request for a product with two sizes.
fn two_sizes() -> Value {
    json!([
        {"price": 90_000, "stock": 3, "sku": "KMJ-M", "options": {"ukuran": "M"}, "weight_g": 250,
            "tiers": [{"min_quantity": 12, "price": 85_000}]},
        {"price": 95_000, "stock": 0, "options": {"ukuran": "L"}},
    ])
}

/// The same without numbers, for more than one product of a shop.
fn two_sizes_unnumbered() -> Value {
    json!([{"price": 90_000, "stock": 3, "options": {"ukuran": "M"}}, {"price": 95_000, "options": {"ukuran": "L"}}])
}

/// Where the faults of a problem are, with their codes.
fn faults(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (text(&fault["pointer"]), text(&fault["code"])))
        .collect()
}

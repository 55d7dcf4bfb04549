//! Products from draft to sale, their pictures, stock, moderation, and the lists of the public.

mod edits;
mod images;
mod life;
mod lists;
mod moderation;
mod stock;

use serde_json::{Value, json};

use crate::support::shop::{Product, Shop};
use crate::support::{Reply, Request, TestApp};

/// The address of a product for its shop.
fn own(shop: &Shop, product: &Product) -> String {
    shop.path(&format!("/products/{}", product.id))
}

/// Sends a request that must succeed.
async fn ok(request: Request) -> Reply {
    let reply = request.send().await;
    let status = reply.status.as_u16();
    reply.expect(if (200..300).contains(&status) { status } else { 200 })
}

/// Sends a request that must be refused.
async fn refused(request: Request, status: u16, code: &str) -> Value {
    request.send().await.expect_problem(status, code)
}

/// A product as everybody sees it.
async fn page(app: &TestApp, product: &Product) -> Value {
    ok(app.get(&format!("/v1/products/{}", product.slug))).await.json()
}

/// Stops the test unless these members have these values.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads better with json!({..}) in place")]
fn has(value: &Value, members: Value) {
    for (name, expected) in members.as_object().unwrap() {
        assert_eq!(&value[name], expected, "{name}");
    }
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

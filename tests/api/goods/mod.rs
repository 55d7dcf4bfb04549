//! Goods as they are really sold: typed attributes, options, units, sales, wishes, bundles, portions of a day.

mod attributes;
mod bundles;
mod days;
mod first;
mod meals;
mod quantities;
mod sales;
mod variants;

use serde_json::{Value, json};

use crate::support::shop::{Product, Shop, text};
use crate::support::{Person, Reply, Request, TestApp};

/// The address of a product for its shop.
fn own(shop: &Shop, product: &Product) -> String {
    shop.path(&format!("/products/{}", product.id))
}

/// A product as everybody sees it.
async fn page(app: &TestApp, product: &Product) -> Value {
    app.get(&format!("/v1/products/{}", product.slug)).send().await.expect(200).json()
}

/// A product as its shop sees it.
async fn seen(shop: &Shop, product: &Product) -> Reply {
    shop.owner.get(&own(shop, product)).send().await.expect(200)
}

/// An edit of what the shop sees now.
async fn edit(shop: &Shop, product: &Product, body: Value) -> Request {
    let seen = seen(shop, product).await;
    shop.owner.patch(&own(shop, product)).if_match(&seen).json(body)
}

/// Where the faults of a problem are, with their codes.
fn faults(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|fault| format!("{} {}", text(&fault["pointer"]), text(&fault["code"]))).collect()
}

/// A cart of a person with one line.
async fn cart_with(buyer: &Person, product: &Product, line: Value) -> (String, Reply) {
    let cart = text(&buyer.post("/v1/carts").send().await.expect(201).json()["id"]);
    let path = format!("/v1/carts/{cart}/lines/{}", product.variant());
    let reply = buyer.put(&path).json(line).send().await;
    (cart, reply)
}

/// Asks what a cart costs, picked up.
async fn quote(buyer: &Person, cart: &str, shop: &Shop) -> Reply {
    let body = json!({
        "cart_id": cart,
        "shipping_address": crate::support::shop::address(),
        "deliveries": [{"vendor_id": shop.id, "method": "pickup"}],
    });
    buyer.post("/v1/checkouts/quote").json(body).send().await
}

//! What becomes of the money of a sale: refunds, commissions, releases, payouts, statements and taxes.

mod payouts;
mod refunds;
mod statements;
mod taxes;

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::shop::{Product, Purchase, Shop, text};
use crate::support::{Person, Reply, TestApp};

/// A shop that has a bank account which counts, with something to sell.
pub async fn paid_shop(app: &TestApp, name: &str, price: i64) -> (Shop, Product) {
    let shop = app.vendor(name).await;
    let product = shop.product("Kopi bubuk").price(price).stock(500).create().await;
    let account = json!({"bank_code": "110", "number": "001234567890", "holder_name": "Siti Aminah"});
    shop.owner.put(&shop.path("/bank-account")).json(account).send().await.expect(200);
    (shop, product)
}

/// Lets new bank accounts count.
pub fn after_the_wait(app: &TestApp) {
    app.clock.advance(Duration::days(3));
}

/// A sale that was paid and received.
pub async fn completed(buyer: &Person, shop: &Shop, product: &Product, pieces: i64) -> String {
    let purchase: Purchase = buyer.checkout().item(product, pieces).send().await.into();
    buyer.settle(&purchase).await.expect(200);
    let order = purchase.orders[0].clone();
    hand_over(buyer, shop, &order).await;
    order
}

pub async fn hand_over(buyer: &Person, shop: &Shop, order: &str) {
    shop.moves(order, "accept").await.expect(200);
    shop.moves(order, "ship").await.expect(200);
    buyer.moves(order, "receive").await.expect(200);
}

/// Gives back an order as finance.
pub async fn refund(finance: &Person, order: &str, key: &str, mut body: Value) -> Reply {
    body["reason"] = "barang rusak".into();
    finance.post(&format!("/v1/admin/orders/{order}/refunds")).key(key).json(body).send().await
}

/// Held, payable and debt of a shop.
pub async fn balance(shop: &Shop) -> (i64, i64, i64) {
    let found = shop.owner.get(&shop.path("/balance")).send().await.expect(200).json();
    let of = |name: &str| found[name].as_i64().unwrap();
    (of("held"), of("payable"), of("debt"))
}

/// Adds a general rule of the commission.
pub async fn commission(app: &TestApp, mut rule: Value) -> Value {
    rule["valid_from"] = "2026-01-01".into();
    let operator = app.operator().await;
    operator.post("/v1/admin/commission-rules").json(rule).send().await.expect(201).json()
}

/// Every rule of the service's own report holds.
pub async fn books_are_right(app: &TestApp) {
    app.sync_search().await;
    let operator = app.operator().await;
    let report = operator.get("/v1/admin/invariants").send().await.expect(200).json();
    let broken: Vec<&Value> =
        report["items"].as_array().unwrap().iter().filter(|rule| rule["violations"] != 0).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let books = operator.get("/v1/admin/books").send().await.expect(200).json();
    assert_eq!(books["difference"], 0, "{books}");
}

/// Opens a batch and lets it be filled.
pub async fn batch(app: &TestApp, finance: &Person, key: &str) -> Value {
    let opened = finance.post("/v1/admin/payout-batches").key(key).send().await.expect(201).json();
    app.run_jobs().await;
    let path = format!("/v1/admin/payout-batches/{}", text(&opened["id"]));
    finance.get(&path).send().await.expect(200).json()
}

//! The whole life of a product.

use serde_json::{Value, json};

use super::{faults, has, ok, own, refused, two_sizes};
use crate::support::shop::text;
use crate::support::{TestApp, both};

both![
    a_product_is_drafted_published_and_archived,
    only_active_shops_publish,
    a_foreign_product_is_absent,
    every_fault_is_named_at_once,
    what_does_not_fit_is_refused,
    a_sku_is_taken_once,
    numbers_that_cannot_be_are_refused,
];

async fn a_product_is_drafted_published_and_archived(app: TestApp) {
    let shop = app.vendor("Batik Cikarang").await;
    let body = json!({
        "title": "Kemeja batik tulis", "description": "Katun prima.\nDijahit sendiri.", "category": "batik",
        "attributes": {"bahan": "katun", "tkdn": 60}, "unit": "pcs", "min_order": 2, "lead_time_days": 3,
        "variants": two_sizes(),
    });
    let made = ok(shop.owner.post(&shop.path("/products")).json(body)).await.expect(201);
    let product = made.json();
    is_the_draft(&product);
    let path = shop.path(&format!("/products/{}", text(&product["id"])));
    let seen = ok(shop.owner.get(&path)).await;
    assert_eq!(seen.json(), product);
    assert_eq!(seen.header("etag"), made.header("etag"));

    let public = format!("/v1/products/{}", text(&product["slug"]));
    let act = |act: &str| shop.owner.post(&format!("{path}/{act}"));
    refused(app.get(&public), 404, "not-found").await;
    has(&ok(act("publish")).await.json(), json!({"status": "published"}));
    let page = ok(app.get(&public)).await.json();
    has(&page, json!({"orderable": true, "in_stock": true}));
    has(&page["vendor"], json!({"slug": shop.slug}));
    has(&page["variants"][0], json!({"max_quantity": 3, "in_stock": true}));
    has(&page["variants"][1], json!({"max_quantity": 0, "in_stock": false}));
    let by_id = format!("/v1/products/{}", text(&product["id"]));
    assert_eq!(ok(app.get(&by_id)).await.json(), page);

    has(&ok(act("archive")).await.json(), json!({"status": "archived"}));
    refused(app.get(&public), 404, "not-found").await;
    ok(act("publish")).await;
    ok(app.get(&public)).await;
}

fn is_the_draft(product: &Value) {
    let attributes = json!({"bahan": "katun", "tkdn": "60"});
    has(product, json!({"status": "draft", "category": "batik", "attributes": attributes}));
    has(product, json!({"price_min": 90_000, "price_max": 95_000}));
    let tiers = json!([{"min_quantity": 12, "price": 85_000}]);
    has(&product["variants"][0], json!({"sku": "KMJ-M", "stock": 3, "tiers": tiers}));
    assert!(text(&product["variants"][1]["sku"]).starts_with("LPK-"));
}

async fn only_active_shops_publish(app: TestApp) {
    let shop = app.unverified_vendor("Kue Bu Imas").await;
    let product = shop.product("Kue cucur").draft().create().await;
    let path = format!("{}/publish", own(&shop, &product));
    shop.owner.post(&path).send().await.expect_problem(409, "vendor-not-active");
}

async fn a_foreign_product_is_absent(app: TestApp) {
    let mine = app.vendor("Toko Ani").await;
    let other = app.vendor("Toko Budi").await;
    let product = other.product("Sandal kulit").draft().create().await;
    let inside = mine.path(&format!("/products/{}", product.id));
    let stock = mine.path(&format!("/variants/{}/stock", product.variant()));
    let count = json!({"on_hand": 1, "reason": "count"});
    for path in [inside.as_str(), &own(&other, &product)] {
        mine.owner.get(path).send().await.expect_problem(404, "not-found");
        for act in ["publish", "archive"] {
            let reply = mine.owner.post(&format!("{path}/{act}")).send().await;
            reply.expect_problem(404, "not-found");
        }
        let edit = mine.owner.patch(path).header("if-match", "\"1\"").json(json!({"title": "Dicuri"}));
        edit.send().await.expect_problem(404, "not-found");
    }
    mine.owner.put(&stock).json(count.clone()).send().await.expect_problem(404, "not-found");
    let other_stock = other.path(&format!("/variants/{}/stock", product.variant()));
    mine.owner.put(&other_stock).json(count).send().await.expect_problem(404, "not-found");
    let buyer = app.buyer("Cici").await;
    buyer.get(&inside).send().await.expect_problem(403, "role-missing");
    app.get(&inside).send().await.expect_problem(401, "unauthorized");
}

async fn every_fault_is_named_at_once(app: TestApp) {
    let shop = app.vendor("Toko Salah").await;
    let send = |body| shop.owner.post(&shop.path("/products")).json(body);
    let body = json!({
        "title": "x", "description": "", "category": "batik", "unit": "", "min_order": 0, "lead_time_days": -1,
        "attributes": {"bahan": ["katun"]},
        "variants": [
            {"price": 0, "stock": -1},
            {"price": 10, "options": {"warna": ""}, "tiers": [{"min_quantity": 5, "price": 10}]},
        ],
    });
    let problem = refused(send(body), 422, "invalid").await;
    let pointers: Vec<String> = faults(&problem).into_iter().map(|(pointer, _)| pointer).collect();
    let expected = "/title /unit /min_order /lead_time_days /attributes/bahan /variants/0/price /variants/0/stock \
        /variants/1/tiers/0/price /variants/1/options/warna";
    assert_eq!(pointers.join(" "), expected);
}

async fn what_does_not_fit_is_refused(app: TestApp) {
    let shop = app.vendor("Toko Janggal").await;
    let send = |body| shop.owner.post(&shop.path("/products")).json(body);
    let body = |category: &str, variants: Value| json!({"title": "Batik", "description": "", "category": category, "variants": variants});
    let problem = refused(send(body("tidak-ada", json!([{"price": 1}]))), 422, "invalid").await;
    assert_eq!(faults(&problem), [("/category".into(), "unknown-category".into())]);
    refused(send(body("batik", json!([]))), 422, "invalid").await;
    let mut foreign = body("batik", json!([{"price": 1}]));
    foreign["vendor_id"] = json!("x");
    refused(send(foreign), 422, "invalid").await;
}

async fn a_sku_is_taken_once(app: TestApp) {
    let shop = app.vendor("Toko Kode").await;
    let first = json!([{"price": 1000, "sku": "A-1"}]);
    shop.product("Peci satu").with("variants", first.clone()).create().await;
    let body = json!({"title": "Peci dua", "description": "", "category": "batik",
        "variants": [{"price": 1, "options": {"no": 1}}, {"price": 1, "sku": "A-1", "options": {"no": 2}}]});
    let reply = shop.owner.post(&shop.path("/products")).json(body).send().await;
    let problem = reply.expect_problem(409, "sku-taken");
    assert_eq!(faults(&problem), [("/variants/1/sku".into(), "sku-taken".into())]);
    // Another shop has its own numbers.
    let other = app.vendor("Toko Lain").await;
    other.product("Peci tiga").with("variants", first).create().await;
}

async fn numbers_that_cannot_be_are_refused(app: TestApp) {
    let shop = app.vendor("Toko Angka").await;
    let product = shop.product("Tas anyaman").create().await;
    let bad = ["-1", "0.5", "\"1\"", "1e3", "2147483648", "9223372036854775808", "1e400", "null", "true"];
    for number in bad {
        let body = format!(
            r#"{{"title":"Tas","description":"","category":"batik","variants":[{{"price":1,"stock":{number}}}]}}"#
        );
        let request = shop.owner.post(&shop.path("/products")).body("application/json", body);
        // An absent stock is none.
        request.send().await.expect(if number == "null" { 201 } else { 422 });
        let body = format!(
            r#"{{"title":"Tas","description":"","category":"batik","variants":[{{"price":{number}}}]}}"#
        );
        let request = shop.owner.post(&shop.path("/products")).body("application/json", body);
        request.send().await.expect(if number == "2147483648" { 201 } else { 422 });
        let body = format!(r#"{{"on_hand":{number},"reason":"count"}}"#);
        let path = shop.path(&format!("/variants/{}/stock", product.variant()));
        shop.owner.put(&path).body("application/json", body).send().await.expect(422);
    }
}

//! The whole life of a product.

use serde_json::json;

use super::{faults, own, two_sizes};
use crate::support::shop::text;
use crate::support::{TestApp, both};

both![
    a_product_is_drafted_published_and_archived,
    only_active_shops_publish,
    a_foreign_product_is_absent,
    every_fault_is_named_at_once,
    a_sku_is_taken_once,
    numbers_that_cannot_be_are_refused,
];

async fn a_product_is_drafted_published_and_archived(app: TestApp) {
    let shop = app.vendor("Batik Cikarang").await;
    let body = json!({
        "title": "Kemeja batik tulis",
        "description": "Katun prima.\nDijahit sendiri.",
        "category": "batik",
        "attributes": {"bahan": "katun", "tkdn": 60},
        "unit": "pcs",
        "min_order": 2,
        "lead_time_days": 3,
        "variants": two_sizes(),
    });
    let made = shop
        .owner
        .post(&shop.path("/products"))
        .json(body)
        .send()
        .await
        .expect(201);
    let product = made.json();
    assert_eq!(product["status"], "draft");
    assert_eq!(product["category"], "batik");
    assert_eq!(product["attributes"], json!({"bahan": "katun", "tkdn": "60"}));
    assert_eq!(
        (&product["price_min"], &product["price_max"]),
        (&json!(90_000), &json!(95_000))
    );
    assert_eq!(product["variants"][0]["sku"], "KMJ-M");
    assert_eq!(product["variants"][0]["stock"], 3);
    assert_eq!(
        product["variants"][0]["tiers"],
        json!([{"min_quantity": 12, "price": 85_000}])
    );
    assert!(text(&product["variants"][1]["sku"]).starts_with("LPK-"));

    let path = shop.path(&format!("/products/{}", text(&product["id"])));
    let public = format!("/v1/products/{}", text(&product["slug"]));
    let seen = shop.owner.get(&path).send().await.expect(200);
    assert_eq!(seen.json(), product);
    assert_eq!(seen.header("etag"), made.header("etag"));
    app.get(&public).send().await.expect_problem(404, "not-found");

    let published = shop
        .owner
        .post(&format!("{path}/publish"))
        .send()
        .await
        .expect(200);
    assert_eq!(published.json()["status"], "published");
    let page = app.get(&public).send().await.expect(200).json();
    assert_eq!(page["orderable"], true);
    assert_eq!(page["in_stock"], true);
    assert_eq!(page["vendor"]["slug"], shop.slug);
    assert_eq!(page["variants"][0]["max_quantity"], 3);
    assert_eq!(page["variants"][1]["in_stock"], false);
    let by_id = app
        .get(&format!("/v1/products/{}", text(&product["id"])))
        .send()
        .await;
    assert_eq!(by_id.expect(200).json(), page);

    let archived = shop
        .owner
        .post(&format!("{path}/archive"))
        .send()
        .await
        .expect(200);
    assert_eq!(archived.json()["status"], "archived");
    app.get(&public).send().await.expect_problem(404, "not-found");
    shop.owner
        .post(&format!("{path}/publish"))
        .send()
        .await
        .expect(200);
    app.get(&public).send().await.expect(200);
}

async fn only_active_shops_publish(app: TestApp) {
    let shop = app.unverified_vendor("Kue Bu Imas").await;
    let product = shop.product("Kue cucur").draft().create().await;
    let path = format!("{}/publish", own(&shop, &product));
    shop.owner
        .post(&path)
        .send()
        .await
        .expect_problem(409, "vendor-not-active");
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
        let edit = mine
            .owner
            .patch(path)
            .header("if-match", "\"1\"")
            .json(json!({"title": "Dicuri"}));
        edit.send().await.expect_problem(404, "not-found");
    }
    mine.owner
        .put(&stock)
        .json(count.clone())
        .send()
        .await
        .expect_problem(404, "not-found");
    let other_stock = other.path(&format!("/variants/{}/stock", product.variant()));
    mine.owner
        .put(&other_stock)
        .json(count)
        .send()
        .await
        .expect_problem(404, "not-found");
    let buyer = app.buyer("Cici").await;
    buyer
        .get(&inside)
        .send()
        .await
        .expect_problem(403, "role-missing");
    app.get(&inside).send().await.expect_problem(401, "unauthorized");
}

async fn every_fault_is_named_at_once(app: TestApp) {
    let shop = app.vendor("Toko Salah").await;
    let path = shop.path("/products");
    let body = json!({
        "title": "x", "description": "", "category": "batik", "unit": "", "min_order": 0, "lead_time_days": -1,
        "attributes": {"bahan": ["katun"]},
        "variants": [{"price": 0, "stock": -1}, {"price": 10, "options": {"warna": ""}, "tiers": [{"min_quantity": 5, "price": 10}]}],
    });
    let problem = shop
        .owner
        .post(&path)
        .json(body)
        .send()
        .await
        .expect_problem(422, "invalid");
    let pointers: Vec<String> = faults(&problem).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(
        pointers,
        [
            "/title",
            "/unit",
            "/min_order",
            "/lead_time_days",
            "/attributes/bahan",
            "/variants/0/price",
            "/variants/0/stock",
            "/variants/1/tiers/0/price",
            "/variants/1/options/warna",
        ]
    );
    let body =
        json!({"title": "Batik", "description": "", "category": "tidak-ada", "variants": [{"price": 1}]});
    let problem = shop
        .owner
        .post(&path)
        .json(body)
        .send()
        .await
        .expect_problem(422, "invalid");
    assert_eq!(
        faults(&problem),
        [("/category".into(), "unknown-category".into())]
    );
    let body = json!({"title": "Batik", "description": "", "category": "batik", "variants": []});
    shop.owner
        .post(&path)
        .json(body)
        .send()
        .await
        .expect_problem(422, "invalid");
    let body = json!({"title": "Batik", "description": "", "category": "batik", "variants": [{"price": 1}], "vendor_id": "x"});
    shop.owner
        .post(&path)
        .json(body)
        .send()
        .await
        .expect_problem(422, "invalid");
}

async fn a_sku_is_taken_once(app: TestApp) {
    let shop = app.vendor("Toko Kode").await;
    let first = json!([{"price": 1000, "sku": "A-1"}]);
    shop.product("Peci satu")
        .with("variants", first.clone())
        .create()
        .await;
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
    let bad = [
        "-1",
        "0.5",
        "\"1\"",
        "1e3",
        "2147483648",
        "9223372036854775808",
        "1e400",
        "null",
        "true",
    ];
    for number in bad {
        let body = format!(
            r#"{{"title":"Tas","description":"","category":"batik","variants":[{{"price":1,"stock":{number}}}]}}"#
        );
        let request = shop
            .owner
            .post(&shop.path("/products"))
            .body("application/json", body);
        // An absent stock is none.
        request
            .send()
            .await
            .expect(if number == "null" { 201 } else { 422 });
        let body = format!(
            r#"{{"title":"Tas","description":"","category":"batik","variants":[{{"price":{number}}}]}}"#
        );
        let request = shop
            .owner
            .post(&shop.path("/products"))
            .body("application/json", body);
        request
            .send()
            .await
            .expect(if number == "2147483648" { 201 } else { 422 });
        let body = format!(r#"{{"on_hand":{number},"reason":"count"}}"#);
        let path = shop.path(&format!("/variants/{}/stock", product.variant()));
        shop.owner
            .put(&path)
            .body("application/json", body)
            .send()
            .await
            .expect(422);
    }
}

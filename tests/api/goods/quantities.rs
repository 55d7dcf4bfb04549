//! Measures, steps, tiers and wishes: what a quantity is and what it costs, from the page to the order.

use serde_json::{Value, json};

use super::{cart_with, edit, faults, page, quote, seen};
use crate::support::shop::{Product, Purchase, Shop, list, text};
use crate::support::{Person, TestApp, both};

both![
    prices_are_compared_per_measure,
    quantities_grow_in_steps,
    tiers_count_in_cart_quote_and_order,
    wishes_are_checked,
    wishes_cost_and_are_frozen,
    what_a_shop_asks_for_can_be_bought,
    a_cart_that_cannot_be_added_up_is_refused,
    measures_are_taken_away,
];

async fn prices_are_compared_per_measure(app: TestApp) {
    let shop = app.vendor("Warung Timbang").await;
    let pack = |title: &str, price: i64, content: Value| {
        let variants = json!([{"price": price, "stock": 5, "content": content}]);
        shop.product(title).with("category", json!("keripik")).with("variants", variants).create()
    };
    let small = pack("Keripik 250 g", 18_000, json!({"amount": 250, "unit": "gr"})).await;
    pack("Keripik 1 kg", 60_000, json!({"amount": 1, "unit": "kg"})).await;
    pack("Keripik 5 ons", 40_000, json!({"amount": 5, "unit": "ons"})).await;
    pack("Sirup", 10_000, json!({"amount": 600, "unit": "ml"})).await;
    shop.product("Toples campur").with("unit", json!("toples")).create().await;
    let paper = shop.product("Kertas A4").with("unit", json!("rim")).price(45_000).create().await;
    let shown = page(&app, &small).await;
    assert_eq!(shown["unit_price"], json!({"price": 72_000, "per": "kg"}));
    assert_eq!(shown["variants"][0]["content"], json!({"amount": 250, "unit": "gram"}));
    assert_eq!(page(&app, &paper).await["unit_price"], json!({"price": 90, "per": "lembar"}));
    let list_of =
        async |query: &str| app.get(&format!("/v1/products?{query}")).send().await.expect(200).json();
    let cheapest = list_of("sort=unit_price&per=kg&category=keripik").await;
    let titles: Vec<&str> =
        list(&cheapest["items"]).iter().map(|item| item["title"].as_str().unwrap()).collect();
    // The syrup is measured otherwise; 60,000, 72,000 and 80,000 the kilo.
    assert_eq!(titles, ["Keripik 1 kg", "Keripik 250 g", "Keripik 5 ons"]);
    let first = list_of("sort=unit_price&per=kg&limit=1").await;
    let next =
        list_of(&format!("sort=unit_price&per=kg&limit=1&cursor={}", text(&first["next_cursor"]))).await;
    assert_eq!(next["items"][0]["unit_price"]["price"], 72_000);
    let sheets = list_of("sort=unit_price&per=lembar").await;
    assert_eq!(list(&sheets["items"]).len(), 1);
    app.get("/v1/products?sort=unit_price").send().await.expect_problem(422, "invalid");
    app.get("/v1/products?sort=unit_price&per=karung").send().await.expect_problem(422, "invalid");
    let wrong = json!({"variants": [{"id": small.variant(), "content": {"amount": 0, "unit": "karung"}}]});
    let refused = edit(&shop, &small, wrong).await.send().await.expect_problem(422, "invalid");
    assert_eq!(
        faults(&refused),
        ["/variants/0/content/amount out-of-range", "/variants/0/content/unit unknown-unit"]
    );
    let more = json!({"variants": [{"id": small.variant(), "price": 20_000, "content": {"amount": 500, "unit": "gram"}}]});
    edit(&shop, &small, more).await.send().await.expect(200);
    assert_eq!(page(&app, &small).await["unit_price"]["price"], 40_000);
}

async fn quantities_grow_in_steps(app: TestApp) {
    let shop = app.vendor("Katering Rapat").await;
    let boxes =
        shop.product("Snack box").with("min_order", json!(20)).with("quantity_step", json!(10)).stock(500);
    let boxes = boxes.create().await;
    assert_eq!(page(&app, &boxes).await["quantity_step"], 10);
    let ani = app.buyer("Ani").await;
    for (quantity, code) in [(10, "/quantity below-minimum"), (25, "/quantity not-a-step")] {
        let (_, reply) = cart_with(&ani, &boxes, json!({"quantity": quantity})).await;
        assert_eq!(faults(&reply.expect_problem(422, "invalid")), [code]);
    }
    let (cart, reply) = cart_with(&ani, &boxes, json!({"quantity": 30})).await;
    reply.expect(200);
    quote(&ani, &cart, &shop).await.expect(200);
    // The shop changes its mind while the cart is open.
    edit(&shop, &boxes, json!({"quantity_step": 25})).await.send().await.expect(200);
    let refused = quote(&ani, &cart, &shop).await.expect_problem(409, "not-a-step");
    assert_eq!(refused["variants"], json!([boxes.variant()]));
    let read = ani.get(&format!("/v1/carts/{cart}")).send().await.expect(200).json();
    assert_eq!(read["lines"][0]["fault"], "not-a-step");
}

async fn tiers_count_in_cart_quote_and_order(app: TestApp) {
    let shop = app.vendor("Grosir").await;
    let variants = json!([{"price": 1_000, "stock": 100, "tiers": [{"min_quantity": 10, "price": 900}]}]);
    let pens = shop.product("Pulpen").with("variants", variants).create().await;
    let ani = app.buyer("Ani").await;
    let (cart, reply) = cart_with(&ani, &pens, json!({"quantity": 12})).await;
    assert_eq!(reply.expect(200).json()["goods_total"], 10_800);
    assert_eq!(quote(&ani, &cart, &shop).await.expect(200).json()["goods"], 10_800);
    let purchase: Purchase = ani.checkout().item(&pens, 12).send().await.into();
    let order = ani.get(&format!("/v1/orders/{}", purchase.orders[0])).send().await.expect(200).json();
    assert_eq!((&order["goods"], &order["lines"][0]["unit_price"]), (&json!(10_800), &json!(900)));
}

/// A plaque that can be carved, and must have a colour.
async fn plaque(app: &TestApp) -> (Shop, Product, Person) {
    let shop = app.vendor("Ukir Kayu").await;
    let fields = json!([
        {"name": "ukiran", "max_length": 12, "surcharge": 15_000},
        {"name": "warna", "required": true, "choices": ["cokelat", "hitam"]},
    ]);
    let plaque = shop.product("Plakat kayu").price(100_000).with("personalisation", fields).create().await;
    (shop, plaque, app.buyer("Ani").await)
}

async fn wishes_are_checked(app: TestApp) {
    let (_, plaque, ani) = plaque(&app).await;
    assert_eq!(page(&app, &plaque).await["personalisation"][0]["surcharge"], 15_000);
    let (_, reply) = cart_with(&ani, &plaque, json!({"quantity": 1})).await;
    assert_eq!(faults(&reply.expect_problem(422, "invalid")), ["/personalisation/warna required"]);
    let wish =
        json!({"quantity": 1, "personalisation": {"warna": "biru", "ukiran": "terlalu panjang", "x": "y"}});
    let (_, reply) = cart_with(&ani, &plaque, wish).await;
    assert_eq!(
        faults(&reply.expect_problem(422, "invalid")),
        [
            "/personalisation/ukiran too-long",
            "/personalisation/warna not-a-choice",
            "/personalisation/x unknown"
        ]
    );
}

async fn wishes_cost_and_are_frozen(app: TestApp) {
    let (shop, plaque, ani) = plaque(&app).await;
    let wish = json!({"quantity": 2, "note": "bungkus kado", "personalisation": {"warna": "hitam", "ukiran": "Untuk Ibu"}});
    let (cart, reply) = cart_with(&ani, &plaque, wish).await;
    let line = reply.expect(200).json()["lines"][0].clone();
    assert_eq!(
        (&line["unit_price"], &line["surcharge"], &line["line_total"]),
        (&json!(115_000), &json!(15_000), &json!(230_000))
    );
    let quoted = quote(&ani, &cart, &shop).await.expect(200).json();
    assert_eq!(quoted["total"], 230_000);
    let mut body = json!({"cart_id": cart, "shipping_address": crate::support::shop::address(),
        "deliveries": [{"vendor_id": shop.id, "method": "pickup"}]});
    body["payment_method"] = "sandbox".into();
    body["expected_total"] = quoted["total"].clone();
    let placed = ani.post("/v1/checkouts").key("kunci-ukiran").json(body).send().await;
    let purchase: Purchase = placed.into();
    // The shop asks for something else from now on; the order keeps what was agreed.
    edit(&shop, &plaque, json!({"personalisation": []})).await.send().await.expect(200);
    assert_eq!(seen(&shop, &plaque).await.json()["personalisation"], json!([]));
    let order = shop
        .owner
        .get(&shop.path(&format!("/orders/{}", purchase.orders[0])))
        .send()
        .await
        .expect(200)
        .json();
    let line = &order["lines"][0];
    assert_eq!(
        line["personalisation"][0],
        json!({"name": "ukiran", "value": "Untuk Ibu", "surcharge": 15_000})
    );
    assert_eq!(
        (&line["surcharge"], &order["goods"], &line["note"]),
        (&json!(15_000), &json!(230_000), &json!("bungkus kado"))
    );
}

async fn what_a_shop_asks_for_can_be_bought(app: TestApp) {
    let shop = app.vendor("Pabrik Paku").await;
    let tiers = json!([{"min_quantity": 100_000, "price": 5}]);
    let variants = json!([{"price": 10, "stock": 1_000_000, "tiers": tiers}]);
    let nails =
        shop.product("Paku").with("min_order", json!(100_000)).with("variants", variants).create().await;
    let ani = app.buyer("Ani").await;
    let (cart, reply) = cart_with(&ani, &nails, json!({"quantity": 100_000})).await;
    assert_eq!(reply.expect(200).json()["goods_total"], 500_000);
    quote(&ani, &cart, &shop).await.expect(200);
    let more =
        json!({"variants": [{"id": nails.variant(), "tiers": [{"min_quantity": 100_001, "price": 5}]}]});
    let refused = edit(&shop, &nails, more).await.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/variants/0/tiers/0/min_quantity out-of-range"]);
}

async fn a_cart_that_cannot_be_added_up_is_refused(app: TestApp) {
    let shop = app.vendor("Toko Emas").await;
    let gold = shop.product("Emas").price(1_000_000_000_000).create().await;
    let ani = app.buyer("Ani").await;
    let (cart, reply) = cart_with(&ani, &gold, json!({"quantity": 1})).await;
    reply.expect(200);
    let path = format!("/v1/carts/{cart}/lines/{}", gold.variant());
    let refused = ani.put(&path).json(json!({"quantity": 100_000})).send().await;
    assert_eq!(refused.status, 422);
    let read = ani.get(&format!("/v1/carts/{cart}")).send().await.expect(200).json();
    assert_eq!(read["lines"][0]["quantity"], 1, "what was there is still there");
}

async fn measures_are_taken_away(app: TestApp) {
    let shop = app.vendor("Warung Timbang").await;
    let variants = json!([{"price": 18_000, "weight_g": 300, "content": {"amount": 250, "unit": "gram"}}]);
    let chips =
        shop.product("Keripik").with("unit", json!("bungkus")).with("variants", variants).create().await;
    let keep = json!({"variants": [{"id": chips.variant(), "price": 19_000}]});
    let kept = edit(&shop, &chips, keep).await.send().await.expect(200).json();
    assert_eq!(kept["variants"][0]["weight_g"], 300);
    let gone = json!({"variants": [{"id": chips.variant(), "weight_g": null, "content": null}]});
    let gone = edit(&shop, &chips, gone).await.send().await.expect(200).json();
    assert_eq!(
        (&gone["variants"][0]["weight_g"], &gone["variants"][0]["content"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(page(&app, &chips).await["unit_price"], json!(null));
}

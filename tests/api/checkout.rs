//! Checkout: what it costs, what it refuses, and that it happens once.

use serde_json::{Value, json};

use crate::support::{Checkout, Product, Purchase, Shop, TestApp, both, list, text};

both![
    two_shops_make_one_purchase_that_adds_up,
    every_fault_of_an_address_is_named,
    every_fault_of_a_delivery_is_named,
    a_price_that_changed_is_refused,
    tier_prices_count,
    the_last_one_is_sold_once,
    what_was_taken_down_cannot_be_bought,
    a_key_replays_its_answer,
    a_cart_is_bought_once,
    a_key_is_required,
    goods_that_are_made_need_their_time,
    statements_are_few,
    only_what_a_purchase_needs_is_asked,
    the_benchmark_runs_these_statements,
    the_sandbox_can_be_off with "payments.sandbox = false\npayments.qris = 'off'\npayments.virtual_account = 'off'",
];

async fn two_shops_make_one_purchase_that_adds_up(app: TestApp) {
    let (batik, bag, buyer) =
        (app.vendor("Toko Batik").await, app.vendor("Toko Tas").await, app.buyer("ani").await);
    let cloth = batik.product("Batik tulis").price(150_000).create().await;
    let tote = bag.product("Tas rajut").price(85_500).create().await;
    let wish = buyer.checkout().deliver_by("own_courier").item(&cloth, 2).item(&tote, 3);
    let purchase: Purchase = wish.send().await.into();
    assert_eq!(purchase.total, 300_000 + 256_500 + 2 * 10_000);
    let totals: i64 =
        list(&purchase.answer["orders"]).iter().map(|order| order["total"].as_i64().unwrap()).sum();
    assert_eq!(totals, purchase.total);
    assert_eq!(purchase.answer["payment"]["status"], "pending");
    assert_eq!(purchase.answer["payment"]["instructions"]["kind"], "sandbox");
    let read = buyer.get(&format!("/v1/purchases/{}", purchase.id)).send().await.expect(200).json();
    assert_eq!(read["total"], purchase.total);
    assert_eq!(list(&read["orders"]).len(), 2);
    let stranger = app.buyer("budi").await;
    stranger.get(&format!("/v1/purchases/{}", purchase.id)).send().await.expect_problem(404, "not-found");
}

async fn every_fault_of_an_address_is_named(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let mut body = buyer.checkout().item(&cloth, 1).body().await;
    body["shipping_address"] = json!({
        "recipient": "", "phone": "021", "line": "x", "district_code": "32.75.01", "post_code": "1",
    });
    body["voucher"] = "HEMAT".into();
    let refused = buyer.post("/v1/checkouts").key("kunci-salah-1").json(body).send().await;
    let problem = refused.expect_problem(422, "invalid");
    let pointers: Vec<String> =
        list(&problem["errors"]).iter().map(|error| text(&error["pointer"])).collect();
    for field in ["recipient", "phone", "line", "district_code", "post_code"] {
        assert!(pointers.contains(&format!("/shipping_address/{field}")), "{field}: {pointers:?}");
    }
    assert!(pointers.contains(&"/voucher".to_owned()));
}

async fn every_fault_of_a_delivery_is_named(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Batik").await, app.vendor("Toko Lain").await);
    let buyer = app.buyer("ani").await;
    let cloth = shop.product("Batik tulis").create().await;
    let mut body = buyer.checkout().item(&cloth, 1).body().await;
    let deliver = |shop: &Shop, date: &str| json!({"vendor_id": shop.id, "method": "pickup", "date": date});
    body["deliveries"] =
        json!([deliver(&shop, "2026-11-23"), deliver(&shop, "2026-11-24"), deliver(&other, "2026-11-24")]);
    let place = async |body: &Value| {
        let refused = buyer.post("/v1/checkouts").key("kunci-salah-2").json(body.clone()).send().await;
        let problem = refused.expect_problem(422, "invalid");
        list(&problem["errors"]).iter().map(|error| text(&error["code"])).collect::<Vec<_>>()
    };
    assert_eq!(place(&body).await, ["past", "duplicate", "not-in-cart"]);
    body["deliveries"] = json!([]);
    assert_eq!(place(&body).await, ["delivery-missing"]);
}

async fn a_price_that_changed_is_refused(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).create().await;
    let mut body = buyer.checkout().item(&cloth, 1).body().await;
    assert_eq!(body["expected_total"], 150_000);
    body["expected_total"] = 1.into();
    let problem = buyer.post("/v1/checkouts").key("kunci-harga-1").json(body.clone()).send().await;
    let problem = problem.expect_problem(409, "price-changed");
    assert_eq!(problem["totals"]["total"], 150_000);
    // The refused key was not used up, and the cart is still open.
    body["expected_total"] = 150_000.into();
    buyer.post("/v1/checkouts").key("kunci-harga-1").json(body).send().await.expect(201);
}

async fn tier_prices_count(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko ATK").await, app.buyer("ani").await);
    let tiers = json!([{"min_quantity": 10, "price": 69_500}, {"min_quantity": 50, "price": 64_000}]);
    let variants = json!([{"price": 72_500, "stock": 100, "tiers": tiers}]);
    let paper = shop.product("Kertas HVS F4").with("variants", variants).create().await;
    for (quantity, total) in [(1, 72_500), (10, 695_000), (50, 3_200_000)] {
        let body = buyer.checkout().item(&paper, quantity).body().await;
        assert_eq!(body["expected_total"], total);
    }
}

async fn the_last_one_is_sold_once(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let cloth = shop.product("Batik tulis").stock(1).create().await;
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let (first, second) =
        tokio::join!(ani.checkout().item(&cloth, 1).send(), budi.checkout().item(&cloth, 1).send());
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let lost = if first.status == 409 { first } else { second };
    let problem = lost.expect_problem(409, "out-of-stock");
    assert_eq!(problem["variants"], json!([cloth.variant()]));
}

async fn what_was_taken_down_cannot_be_bought(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let body = buyer.checkout().item(&cloth, 1).body().await;
    let archive = shop.path(&format!("/products/{}/archive", cloth.id));
    shop.owner.post(&archive).send().await.expect(200);
    let problem = buyer.post("/v1/checkouts").key("kunci-turun-1").json(body).send().await;
    assert_eq!(problem.expect_problem(409, "unavailable")["variants"], json!([cloth.variant()]));
}

async fn a_key_replays_its_answer(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(5).create().await;
    let body = buyer.checkout().item(&cloth, 1).body().await;
    let place =
        async |body: &Value| buyer.post("/v1/checkouts").key("kunci-ulang-1").json(body.clone()).send().await;
    let first = place(&body).await.expect(201);
    let again = place(&body).await.expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let mut other = body.clone();
    other["expected_total"] = 7.into();
    place(&other).await.expect_problem(422, "key-reused");
    // Another person's same key is another key.
    let budi = app.buyer("budi").await;
    budi.post("/v1/checkouts").key("kunci-ulang-1").json(body).send().await.expect_problem(404, "not-found");
    assert_eq!(list(&buyer.get("/v1/orders").send().await.json()["items"]).len(), 1);
}

async fn a_cart_is_bought_once(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let body = buyer.checkout().item(&cloth, 1).body().await;
    buyer.post("/v1/checkouts").key("kunci-satu-1").json(body.clone()).send().await.expect(201);
    buyer
        .post("/v1/checkouts")
        .key("kunci-satu-2")
        .json(body.clone())
        .send()
        .await
        .expect_problem(404, "not-found");
    let path = format!("/v1/carts/{}", text(&body["cart_id"]));
    buyer.get(&path).send().await.expect_problem(404, "not-found");
    let fresh = buyer.post("/v1/carts").send().await.expect(201).json();
    assert_ne!(fresh["id"], body["cart_id"]);
    let empty = buyer.checkout().quote_body(&text(&fresh["id"]));
    buyer.post("/v1/checkouts/quote").json(empty).send().await.expect_problem(422, "cart-empty");
}

async fn a_key_is_required(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let body = buyer.checkout().item(&cloth, 1).body().await;
    let place = || buyer.post("/v1/checkouts").json(body.clone());
    place().send().await.expect_problem(400, "key-required");
    place().key("pendek").send().await.expect_problem(400, "key-malformed");
    place().key("\"dengan-kutip-1\"").send().await.expect(201);
}

async fn goods_that_are_made_need_their_time(app: TestApp) {
    let (shop, buyer) = (app.vendor("Katering Sari").await, app.buyer("ani").await);
    let boxes = shop
        .product("Nasi kotak")
        .with("lead_time_days", json!(2))
        .with("stock_mode", json!("made_to_order"));
    let boxes = boxes.create().await;
    let mut body = buyer.checkout().item(&boxes, 500).body().await;
    body["deliveries"][0]["date"] = "2026-11-25".into();
    let problem = buyer.post("/v1/checkouts").key("kunci-waktu-1").json(body.clone()).send().await;
    assert_eq!(problem.expect_problem(422, "invalid")["errors"][0]["code"], "too-early");
    body["deliveries"][0]["date"] = "2026-11-26".into();
    buyer.post("/v1/checkouts").key("kunci-waktu-1").json(body).send().await.expect(201);
}

async fn statements_are_few(app: TestApp) {
    let (shop, other, buyer) =
        (app.vendor("Toko Batik").await, app.vendor("Toko Tas").await, app.buyer("ani").await);
    let mut goods: Vec<Product> = Vec::new();
    for number in 0..6 {
        let shop = if number % 2 == 0 { &shop } else { &other };
        goods.push(shop.product(&format!("Barang {number}")).stock(4).create().await);
    }
    for lines in 1..=goods.len() {
        // The last round takes the last pieces of the first article, which the index is told.
        let filled =
            goods.iter().take(lines).fold(buyer.checkout(), |wish: Checkout, product| wish.item(product, 1));
        let placed = filled.send().await.expect(201);
        if lines < 3 {
            let bought: Purchase = placed.clone().into();
            buyer.moves(&bought.orders[0], "cancel").await.expect(200);
        }
        let handler = placed.statements - 1; // one found the caller
        assert!(handler <= 10 + 3 * u32::try_from(lines).unwrap(), "{lines} lines took {handler} statements");
    }
}

async fn only_what_a_purchase_needs_is_asked(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(90).create().await;
    let statements = async |wish: Checkout| {
        let placed = wish.item(&cloth, 1).send().await;
        let placed = placed.expect(201);
        placed.statements - 1 // one found the caller
    };
    let plain = statements(buyer.checkout()).await;
    assert_eq!(plain, 13, "see design: ten, and three for each line");
    // The areas of the shop; the call at the gateway; the holidays until the shop has to say yes.
    for (what, wish) in [
        ("zone", buyer.checkout().deliver_by("zone")),
        ("gateway", buyer.checkout().pay_by("qris")),
        ("cash", buyer.checkout().pay_by("cod").deliver_by("own_courier")),
    ] {
        assert_eq!(statements(wish).await, plain + 1, "{what}");
    }
}

/// What `pgbench` is given beside us is what we do.
async fn the_benchmark_runs_these_statements(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let placed = buyer.checkout().item(&cloth, 1).send().await.expect(201);
    // The first one found the caller.
    let ours: Vec<[String; 2]> = placed.sql.iter().skip(1).map(|sent| verb_and_table(&sent.sql)).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/checkout.sql");
    let script = std::fs::read_to_string(path).unwrap().replace("\\gset", ";");
    let sql: Vec<&str> = script.lines().filter(|line| !line.starts_with(['\\', '-'])).collect();
    let sql = sql.join("\n");
    let theirs = sql.split(';').map(str::trim).filter(|part| !["", "BEGIN", "COMMIT"].contains(part));
    assert_eq!(ours, theirs.map(verb_and_table).collect::<Vec<_>>());
}

fn verb_and_table(sql: &str) -> [String; 2] {
    let plain = sql.replace('"', "");
    let mut words = plain.split_whitespace();
    let verb = words.next().unwrap_or_default().to_owned();
    let table = match verb.as_str() {
        "UPDATE" => words.next(),
        _ => words.skip_while(|word| !["FROM", "INTO"].contains(word)).nth(1),
    };
    [verb, table.unwrap_or_default().to_owned()]
}

async fn the_sandbox_can_be_off(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let body = buyer.checkout().item(&cloth, 1).body().await;
    let problem = buyer.post("/v1/checkouts").key("kunci-pasir-1").json(body).send().await;
    assert_eq!(problem.expect_problem(422, "invalid")["errors"][0]["pointer"], "/payment_method");
    let purchase: Purchase = buyer.checkout().pay_by("manual_transfer").item(&cloth, 1).send().await.into();
    buyer.settle(&purchase).await.expect_problem(404, "not-found");
}

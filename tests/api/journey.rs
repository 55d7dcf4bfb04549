//! The main journey: from registering to the money in the shop's account, and the ways in which it can end early.

mod endings;
mod market;

use lapak::payments::entity::account::Kind;
use serde_json::{Value, json};

use self::market::{CHIPS, Market, SHIRT, fulfil, open_market};
use crate::support::shop::{Purchase, Shop, address, list, text};
use crate::support::{Person, TestApp, both};

both![from_registering_to_the_money_in_the_shop];

const ZONE_FEE: i64 = 15_000;

async fn from_registering_to_the_money_in_the_shop(app: TestApp) {
    let market = open_market(&app).await;
    app.sync_search().await;
    find_by_search(&app, &market).await;
    let (cart, secret) = fill_guest_cart(&app, &market).await;
    let ani = app.buyer("Ani").await;
    let purchase = check_out(&ani, &market, &cart, &secret).await;
    assert_eq!(app.stock(&market.shirt.variants[1]).await, (3, 2));
    pay(&ani, &purchase).await;
    assert_eq!(app.stock(&market.shirt.variants[1]).await, (1, 0));
    for shop in [&market.batik, &market.snacks] {
        fulfil(&ani, shop, purchase.order_of(shop)).await;
    }
    app.run_jobs().await;
    check_books(&app, &market).await;
}

async fn find_by_search(app: &TestApp, market: &Market) {
    let found = app.get("/v1/search?q=kemeja+batik").send().await.expect(200).json();
    let first = &found["items"][0];
    assert_eq!(first["product_id"], market.shirt.id.as_str());
    assert_eq!((&first["price_min"], &first["in_stock"]), (&json!(SHIRT), &json!(true)));
    assert_eq!(first["vendor"]["id"], market.batik.id.as_str());
    let found = app.get("/v1/search?q=kripik").send().await.expect(200).json();
    assert_eq!(found["items"][0]["product_id"], market.chips.id.as_str());
}

async fn fill_guest_cart(app: &TestApp, market: &Market) -> (String, String) {
    let made = app.post("/v1/carts").send().await.expect(201).json();
    let (cart, secret) = (text(&made["id"]), text(&made["secret"]));
    let put = |variant: &str, body: Value| {
        let path = format!("/v1/carts/{cart}/lines/{variant}");
        app.put(&path).header("x-cart-secret", &secret).json(body).send()
    };
    let large = &market.shirt.variants[1];
    put(large, json!({"quantity": 2, "note": "warna yang gelap"})).await.expect(200);
    put(market.chips.variant(), json!({"quantity": 9})).await.expect(200);
    let filled = put(market.chips.variant(), json!({"quantity": 4})).await.expect(200).json();
    assert_eq!(filled["goods_total"], 2 * SHIRT + 4 * CHIPS);
    assert_eq!(list(&filled["groups"]).len(), 2);
    let path = format!("/v1/carts/{cart}");
    app.get(&path).send().await.expect(404);
    app.get(&path).header("x-cart-secret", &secret).send().await.expect(200);
    (cart, secret)
}

async fn check_out(ani: &Person, market: &Market, cart: &str, secret: &str) -> Purchase {
    let zone = |shop: &Shop| json!({"vendor_id": shop.id, "method": "zone"});
    let mut body = json!({
        "cart_id": cart,
        "shipping_address": address(),
        "deliveries": [zone(&market.batik), zone(&market.snacks)],
    });
    let with_secret = |path: &str| ani.post(path).header("x-cart-secret", secret);
    let quote = with_secret("/v1/checkouts/quote").json(body.clone()).send().await.expect(200).json();
    let total = 2 * SHIRT + 4 * CHIPS + 2 * ZONE_FEE;
    assert_eq!(quote["total"], total);
    body["payment_method"] = "sandbox".into();
    body["expected_total"] = (total - 1).into();
    let checkout = |body: &Value| with_secret("/v1/checkouts").json(body.clone());
    checkout(&body).send().await.expect_problem(400, "key-required");
    let dear = checkout(&body).key("kunci-perjalanan-1").send().await;
    dear.expect_problem(409, "price-changed");
    body["expected_total"] = total.into();
    let first = checkout(&body).key("kunci-perjalanan-2").send().await.expect(201);
    let twin = checkout(&body).key("kunci-perjalanan-2").send().await.expect(201);
    assert_eq!(first.body, twin.body);
    let purchase: Purchase = first.into();
    assert_eq!((purchase.total, purchase.orders.len()), (total, 2));
    purchase
}

async fn pay(ani: &Person, purchase: &Purchase) {
    let order = ani.get(&format!("/v1/orders/{}", purchase.orders[0])).send().await;
    assert_eq!(order.expect(200).json()["status"], "awaiting_payment");
    let settled = ani.settle(purchase).await.expect(200).json();
    assert_eq!(settled["status"], "paid");
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await;
    assert_eq!(payment.expect(200).json()["status"], "paid");
    for order in &purchase.orders {
        assert_eq!(ani.order_status(order).await, "paid");
    }
}

async fn check_books(app: &TestApp, market: &Market) {
    let batik = 2 * SHIRT + ZONE_FEE;
    let snacks = 4 * CHIPS + ZONE_FEE;
    assert_eq!(app.balance(Kind::VendorPayable, Some(&market.batik.id)).await, batik);
    assert_eq!(app.balance(Kind::VendorPayable, Some(&market.snacks.id)).await, snacks);
    assert_eq!(app.balance(Kind::Escrow, None).await, 0);
    assert_eq!(app.balance(Kind::VendorHeld, None).await, 0);
    assert_eq!(app.balance(Kind::Clearing, None).await, -(batik + snacks));
    assert_eq!(app.stock(market.chips.variant()).await, (36, 0));
    let operator = app.operator().await;
    let report = operator.get("/v1/admin/invariants").send().await.expect(200).json();
    for rule in list(&report["items"]) {
        assert_eq!(rule["violations"], 0, "{rule}");
    }
}

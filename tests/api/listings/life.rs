//! Draft, schedule, publish, archive; and what an order keeps of a product that changes.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{Product, Request, Shop, TestApp, both};

both![
    a_product_goes_its_way,
    a_scheduled_product_comes_out_at_its_time,
    a_schedule_waits_for_the_officer with "catalog.moderation = 'new'",
    only_new_products_wait with "catalog.moderation = 'new'",
    an_order_keeps_what_was_sold,
];

pub fn act(shop: &Shop, product: &Product, act: &str) -> Request {
    shop.owner.post(&shop.path(&format!("/products/{}/{act}", product.id)))
}

async fn status(request: Request) -> Value {
    request.send().await.expect(200).json()["status"].clone()
}

async fn seen(app: &TestApp, product: &Product) -> bool {
    app.get(&format!("/v1/products/{}", product.id)).send().await.status == 200
}

async fn a_product_goes_its_way(app: TestApp) {
    let shop = app.vendor("Toko Siklus").await;
    let opak = shop.product("Opak").draft().create().await;
    for (doing, expected, public) in [
        ("publish", "published", true),
        ("publish", "published", true),
        ("unpublish", "draft", false),
        ("unpublish", "draft", false),
        ("archive", "archived", false),
        ("unarchive", "draft", false),
        ("publish", "published", true),
        ("archive", "archived", false),
        ("publish", "published", true),
    ] {
        assert_eq!(status(act(&shop, &opak, doing)).await, expected, "{doing}");
        assert_eq!(seen(&app, &opak).await, public, "{doing}");
    }
    act(&shop, &opak, "unarchive").send().await.expect_problem(409, "product-state");
    let at = json!({"publish_at": (app.now() + Duration::hours(1)).to_rfc3339()});
    let schedule = act(&shop, &opak, "schedule").json(at);
    schedule.send().await.expect_problem(409, "product-state");
}

fn at(app: &TestApp, hours: i64) -> Value {
    json!({"publish_at": (app.now() + Duration::hours(hours)).to_rfc3339()})
}

async fn a_scheduled_product_comes_out_at_its_time(app: TestApp) {
    let shop = app.vendor("Toko Terjadwal").await;
    let opak = shop.product("Opak").draft().create().await;
    for wrong in
        [json!({"publish_at": "2026-11-24T02:59:59Z"}), at(&app, 24 * 400), json!({"publish_at": "besok"})]
    {
        act(&shop, &opak, "schedule").json(wrong).send().await.expect_problem(422, "invalid");
    }
    assert_eq!(status(act(&shop, &opak, "schedule").json(at(&app, 2))).await, "scheduled");
    // Thought better of it: later.
    assert_eq!(status(act(&shop, &opak, "schedule").json(at(&app, 5))).await, "scheduled");
    app.clock.advance(Duration::hours(3));
    app.run_jobs().await;
    assert!(!seen(&app, &opak).await, "the first time was given up");
    app.clock.advance(Duration::hours(2));
    app.run_jobs().await;
    assert!(seen(&app, &opak).await);

    let dodol = shop.product("Dodol").draft().create().await;
    act(&shop, &dodol, "schedule").json(at(&app, 1)).send().await.expect(200);
    assert_eq!(status(act(&shop, &dodol, "unpublish")).await, "draft");
    app.clock.advance(Duration::hours(2));
    app.run_jobs().await;
    assert!(!seen(&app, &dodol).await, "a draft stays one");
}

async fn a_schedule_waits_for_the_officer(app: TestApp) {
    let shop = app.vendor("Toko Ditinjau").await;
    let opak = shop.product("Opak").draft().create().await;
    assert_eq!(status(act(&shop, &opak, "schedule").json(at(&app, 2))).await, "in_review");
    let approved = app.decides(&opak.id, "approve", json!({})).await.expect(200);
    assert_eq!(approved.json()["status"], "scheduled");
    app.clock.advance(Duration::hours(2));
    app.run_jobs().await;
    assert!(seen(&app, &opak).await);
    // An officer who is late publishes at once.
    let dodol = shop.product("Dodol").draft().create().await;
    assert_eq!(status(act(&shop, &dodol, "schedule").json(at(&app, 1))).await, "in_review");
    app.clock.advance(Duration::hours(2));
    app.run_jobs().await;
    assert!(!seen(&app, &dodol).await);
    let approved = app.decides(&dodol.id, "approve", json!({})).await.expect(200);
    assert_eq!(approved.json()["status"], "published");
}

async fn only_new_products_wait(app: TestApp) {
    let shop = app.vendor("Toko Baru").await;
    let opak = shop.product("Opak").draft().create().await;
    assert_eq!(status(act(&shop, &opak, "publish")).await, "in_review");
    app.decides(&opak.id, "approve", json!({})).await.expect(200);
    let path = shop.path(&format!("/products/{}", opak.id));
    let before = shop.owner.get(&path).send().await.expect(200);
    let edit = shop.owner.patch(&path).if_match(&before).json(json!({"title": "Opak ketan"}));
    assert_eq!(edit.send().await.expect(200).json()["title"], "Opak ketan");
    act(&shop, &opak, "unpublish").send().await.expect(200);
    assert_eq!(status(act(&shop, &opak, "publish")).await, "published", "it was looked at before");
}

async fn an_order_keeps_what_was_sold(app: TestApp) {
    let shop = app.vendor("Toko Beku").await;
    let opak = shop.product("Opak").price(20_000).create().await;
    let ani = app.buyer("ani").await;
    let bought = ani.buy(&opak).await;
    let order = format!("/v1/orders/{}", bought.orders[0]);
    let before = ani.get(&order).send().await.expect(200).json();
    let path = shop.path(&format!("/products/{}", opak.id));
    let product = shop.owner.get(&path).send().await.expect(200);
    let body = json!({"title": "Bukan opak lagi", "unit": "dus", "variants": [
        {"id": opak.variant(), "price": 99_000, "sku": "BARU", "options": {"isi": "1 kg"}}]});
    shop.owner.patch(&path).if_match(&product).json(body).send().await.expect(200);
    act(&shop, &opak, "archive").send().await.expect(200);
    assert_eq!(ani.get(&order).send().await.expect(200).json(), before);
    ani.settle(&bought).await.expect(200);
    let after = ani.get(&order).send().await.expect(200).json();
    assert_eq!((&after["lines"], &after["total"]), (&before["lines"], &before["total"]));
    assert_eq!(after["lines"][0]["title"], "Opak");
}

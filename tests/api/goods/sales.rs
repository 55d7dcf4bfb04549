//! Sales begin and end by the clock; the earlier price is kept and shown.

use chrono::Duration;
use futures_util::future::join;
use serde_json::json;

use super::{cart_with, edit, faults, own, page, quote, seen};
use crate::support::shop::{Purchase, Shop};
use crate::support::{Reply, TestApp, both};

both![
    a_sale_counts_from_its_first_moment_to_its_last,
    the_earlier_price_is_the_lowest_of_thirty_days,
    a_sale_is_called_off,
    nobody_adds_to_the_past,
    sales_and_edits_wait_for_each_other,
];

fn path(shop: &Shop, variant: &str) -> String {
    shop.path(&format!("/variants/{variant}/sale"))
}

async fn put(shop: &Shop, variant: &str, version: &Reply, body: serde_json::Value) -> Reply {
    shop.owner.put(&path(shop, variant)).if_match(version).json(body).send().await
}

async fn a_sale_counts_from_its_first_moment_to_its_last(app: TestApp) {
    let shop = app.vendor("Toko Promo").await;
    let batik = shop.product("Batik tulis").price(100_000).create().await;
    let version = seen(&shop, &batik).await;
    let (from, to) = (app.now() + Duration::hours(2), app.now() + Duration::hours(5));
    let high = json!({"price": 100_000, "to": to});
    put(&shop, batik.variant(), &version, high).await.expect_problem(422, "invalid");
    let past = json!({"price": 90_000, "from": from, "to": from});
    put(&shop, batik.variant(), &version, past).await.expect_problem(422, "invalid");
    let sale = json!({"price": 80_000, "from": from, "to": to});
    let planned = put(&shop, batik.variant(), &version, sale.clone()).await.expect(200);
    assert_eq!(planned.json()["variants"][0]["sale"]["lowest_before"], 100_000);
    put(&shop, batik.variant(), &version, sale).await.expect_problem(412, "stale");
    assert_eq!(page(&app, &batik).await["variants"][0]["price"], 100_000);

    let ani = app.buyer("Ani").await;
    let (cart, reply) = cart_with(&ani, &batik, json!({"quantity": 1})).await;
    assert_eq!(reply.expect(200).json()["goods_total"], 100_000);
    let mut checkout = ani.checkout().item(&batik, 1).body().await;
    app.advance(Duration::hours(2));
    // It flips between quote and order, before any job ran.
    let flipped = ani.post("/v1/checkouts").key("kunci-promo-1").json(checkout.clone()).send().await;
    assert_eq!(flipped.expect_problem(409, "price-changed")["totals"]["total"], 80_000);
    assert_eq!(quote(&ani, &cart, &shop).await.expect(200).json()["goods"], 80_000);
    app.run_jobs().await;
    let shown = page(&app, &batik).await;
    assert_eq!((&shown["price_min"], &shown["variants"][0]["price"]), (&json!(80_000), &json!(80_000)));
    assert_eq!(shown["variants"][0]["sale"]["usual_price"], 100_000);
    assert_eq!(shown["variants"][0]["sale"]["lowest_before"], 100_000);
    checkout["expected_total"] = 80_000.into();
    let placed: Purchase = ani.post("/v1/checkouts").key("kunci-promo-2").json(checkout).send().await.into();
    assert_eq!(placed.total, 80_000);

    let budi = app.buyer("Budi").await;
    let late = budi.checkout().item(&batik, 1).body().await;
    app.advance(Duration::hours(3));
    let flipped = budi.post("/v1/checkouts").key("kunci-promo-3").json(late).send().await;
    assert_eq!(flipped.expect_problem(409, "price-changed")["totals"]["total"], 100_000);
    app.run_jobs().await;
    let shown = page(&app, &batik).await;
    assert_eq!((&shown["price_min"], &shown["variants"][0]["sale"]), (&json!(100_000), &json!(null)));
}

async fn the_earlier_price_is_the_lowest_of_thirty_days(app: TestApp) {
    let shop = app.vendor("Toko Jujur").await;
    let batik = shop.product("Batik cap").price(70_000).create().await;
    let price = async |price: i64| {
        let body = json!({"variants": [{"id": batik.variant(), "price": price}]});
        edit(&shop, &batik, body).await.send().await.expect(200)
    };
    app.advance(Duration::days(40));
    price(60_000).await;
    app.advance(Duration::days(10));
    // Raised just before the sale, so that it looks like more.
    let version = price(150_000).await;
    let sale = json!({"price": 59_000, "to": app.now() + Duration::days(3)});
    let set = put(&shop, batik.variant(), &version, sale.clone()).await.expect(200);
    assert_eq!(set.json()["variants"][0]["sale"]["lowest_before"], 60_000);
    assert_eq!(page(&app, &batik).await["variants"][0]["sale"]["lowest_before"], 60_000);
    let low = json!({"variants": [{"id": batik.variant(), "price": 59_000}]});
    edit(&shop, &batik, low).await.send().await.expect_problem(422, "invalid");
    // After a month at the high price the next sale is measured by it, and by the sale before.
    app.advance(Duration::days(5));
    app.run_jobs().await;
    app.advance(Duration::days(24));
    let again = json!({"price": 58_000, "to": app.now() + Duration::days(3)});
    let set = put(&shop, batik.variant(), &seen(&shop, &batik).await, again.clone()).await.expect(200);
    assert_eq!(set.json()["variants"][0]["sale"]["lowest_before"], 59_000);
    app.advance(Duration::days(40));
    app.run_jobs().await;
    let last = json!({"price": 58_000, "to": app.now() + Duration::days(3)});
    let set = put(&shop, batik.variant(), &seen(&shop, &batik).await, last).await.expect(200);
    assert_eq!(set.json()["variants"][0]["sale"]["lowest_before"], 150_000);
}

async fn a_sale_is_called_off(app: TestApp) {
    let shop = app.vendor("Toko Ragu").await;
    let batik = shop.product("Batik").price(100_000).create().await;
    let sale = json!({"price": 80_000, "to": app.now() + Duration::days(1)});
    let on = put(&shop, batik.variant(), &seen(&shop, &batik).await, sale).await.expect(200);
    assert_eq!((&on.json()["price_min"], &on.json()["price_max"]), (&json!(80_000), &json!(80_000)));
    let off = shop.owner.delete(&path(&shop, batik.variant())).if_match(&on).send().await.expect(200);
    assert_eq!(
        (&off.json()["price_min"], &off.json()["variants"][0]["sale"]),
        (&json!(100_000), &json!(null))
    );
    let other = app.vendor("Toko Lain").await;
    let foreign = other.owner.delete(&path(&other, batik.variant())).if_match(&off).send().await;
    foreign.expect_problem(404, "not-found");
}

async fn nobody_adds_to_the_past(app: TestApp) {
    let shop = app.vendor("Toko Nakal").await;
    app.advance(Duration::days(400));
    let batik = shop.product("Batik cap").price(60_000).create().await;
    let fresh = json!({"price": 59_000, "to": app.now() + Duration::days(1)});
    let set = put(&shop, batik.variant(), &seen(&shop, &batik).await, fresh).await.expect(200).json();
    assert_eq!(set["variants"][0]["sale"]["lowest_before"], json!(null), "it never cost anything else");
    app.advance(Duration::days(10));
    app.run_jobs().await;
    let high = json!({"variants": [{"id": batik.variant(), "price": 150_000}]});
    let version = edit(&shop, &batik, high).await.send().await.expect(200);
    let to = app.now() + Duration::days(3);
    for (from, code) in
        [(Duration::days(300), "/from in-the-past"), (Duration::seconds(1), "/from in-the-past")]
    {
        let sale = json!({"price": 59_000, "from": app.now() - from, "to": to});
        let refused = put(&shop, batik.variant(), &version, sale).await.expect_problem(422, "invalid");
        assert_eq!(faults(&refused), [code]);
    }
    let sale = json!({"price": 58_000, "from": app.now(), "to": to});
    let set = put(&shop, batik.variant(), &version, sale).await.expect(200).json();
    assert_eq!(set["variants"][0]["sale"]["lowest_before"], 59_000);
}

async fn sales_and_edits_wait_for_each_other(app: TestApp) {
    let shop = app.vendor("Toko Ramai").await;
    let batik = shop.product("Batik tulis").price(100_000).create().await;
    for round in 0..15_i64 {
        let version = seen(&shop, &batik).await;
        let body =
            json!({"variants": [{"id": batik.variant(), "price": 100_000 + round, "weight_g": round}]});
        let edit = shop.owner.patch(&own(&shop, &batik)).if_match(&version).json(body);
        let sale = json!({"price": 50_000 + round, "to": app.now() + Duration::days(1)});
        let (edited, planned) = join(edit.send(), put(&shop, batik.variant(), &version, sale)).await;
        let mut both = [edited.status, planned.status];
        both.sort_unstable();
        assert_eq!(both, [200, 412], "one of them comes first: {} {}", edited.text(), planned.text());
    }
}

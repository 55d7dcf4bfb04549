//! Stock levels, the journal, and being told when something runs out.

use lapak::catalog::service::find_low;
use serde_json::json;

use crate::support::shop::{list, text};
use crate::support::{Shop, TestApp, both};

both![
    the_journal_tells_every_movement,
    levels_are_listed_and_narrowed,
    a_dip_is_told_once,
    thresholds_are_for_what_is_counted
];

async fn the_journal_tells_every_movement(app: TestApp) {
    let shop = app.vendor("Toko Jurnal").await;
    let (opak, dodol) = (shop.product("Opak").stock(10).create().await, shop.product("Dodol").create().await);
    let path = shop.path(&format!("/variants/{}/stock", opak.variant()));
    for (on_hand, reason) in [(15, "receipt"), (14, "loss")] {
        let body = json!({"on_hand": on_hand, "reason": reason});
        shop.owner.put(&path).json(body).send().await.expect(200);
    }
    let ani = app.buyer("ani").await;
    let bought = ani.buy(&opak).await;
    ani.settle(&bought).await.expect(200);

    let read = async |query: &str| {
        let path = shop.path(&format!("/stock/movements{query}"));
        shop.owner.get(&path).send().await.expect(200)
    };
    let of_opak = read(&format!("?variant_id={}", opak.variant())).await;
    assert_eq!(of_opak.statements, 2, "one for the caller, one for the page");
    let rows = of_opak.json();
    let told: Vec<(i64, String)> = list(&rows["items"])
        .iter()
        .map(|row| (row["delta"].as_i64().unwrap(), text(&row["reason"])))
        .collect();
    let expected = [(-1, "sale"), (-1, "loss"), (5, "receipt"), (10, "initial")];
    assert_eq!(told, expected.map(|(delta, reason)| (delta, reason.to_owned())));
    assert_eq!(rows["items"][0]["order_id"], bought.orders[0].as_str());
    assert_eq!(rows["items"][1]["actor_id"], shop.owner.id().to_string());
    assert_eq!(list(&read("?reason=initial").await.json()["items"]).len(), 2);
    let of_order = read(&format!("?order_id={}", bought.orders[0])).await.json();
    assert_eq!(list(&of_order["items"]).len(), 1);
    assert_eq!(list(&read("?from=2026-11-25T00:00:00Z").await.json()["items"]).len(), 0);
    let of_dodol = read(&format!("?product_id={}&to=2026-11-25T00:00:00Z", dodol.id)).await.json();
    assert_eq!(list(&of_dodol["items"]).len(), 1);
    // Page by page it is the same journal.
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = read(&format!("?limit=2{cursor}")).await.json();
        ids.extend(list(&page["items"]).iter().map(|row| text(&row["id"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let whole = read("").await.json();
    assert_eq!(ids, list(&whole["items"]).iter().map(|row| text(&row["id"])).collect::<Vec<_>>());
    assert_eq!(ids.len(), 5);
}

async fn threshold(shop: &Shop, variant: &str, threshold: serde_json::Value) {
    let path = shop.path(&format!("/variants/{variant}/low-stock"));
    shop.owner.put(&path).json(json!({"threshold": threshold})).send().await.expect(204);
}

async fn levels_are_listed_and_narrowed(app: TestApp) {
    let shop = app.vendor("Toko Rak").await;
    let other = app.vendor("Toko Lain").await;
    other.product("Bukan milik kami").create().await;
    let variants = json!([
        {"price": 90_000, "stock": 3, "sku": "KM-M", "options": {"ukuran": "M"}},
        {"price": 95_000, "stock": 30, "sku": "KM-L", "options": {"ukuran": "L"}},
    ]);
    let shirt = shop.product("Kemeja").with("variants", variants).create().await;
    threshold(&shop, &shirt.variants[0], json!(3)).await;
    threshold(&shop, &shirt.variants[1], json!(5)).await;
    app.buyer("ani").await.checkout().item(&shirt, 1).send().await.expect(201);

    let read = async |query: &str| {
        let reply = shop.owner.get(&shop.path(&format!("/stock{query}"))).send().await.expect(200);
        assert_eq!(reply.statements, 2);
        list(&reply.json()["items"]).to_vec()
    };
    let all = read("").await;
    assert_eq!(all.len(), 2);
    let small = all.iter().find(|level| level["sku"] == "KM-M").unwrap();
    let figures = ["on_hand", "reserved", "available", "threshold", "low", "title", "options"]
        .map(|name| small[name].clone());
    let expected =
        [json!(3), json!(1), json!(2), json!(3), json!(true), json!("Kemeja"), json!({"ukuran": "M"})];
    assert_eq!(figures, expected);
    let skus = |rows: &[serde_json::Value]| rows.iter().map(|row| text(&row["sku"])).collect::<Vec<_>>();
    assert_eq!(skus(&read("?low=true").await), ["KM-M"]);
    assert_eq!(skus(&read("?sku=KM-L").await), ["KM-L"]);
    assert_eq!(read(&format!("?product_id={}", shirt.id)).await.len(), 2);
    threshold(&shop, &shirt.variants[0], json!(null)).await;
    assert!(read("?low=true").await.is_empty());
    let path = shop.path(&format!("/variants/{}/low-stock", shirt.variant()));
    shop.owner.put(&path).json(json!({"threshold": 0})).send().await.expect_problem(422, "invalid");
}

/// Every owner is told by a job of their own, and a bundle has no shelf to look at.
async fn thresholds_are_for_what_is_counted(app: TestApp) {
    let shop = app.vendor("Toko Paket").await;
    let opak = shop.product("Opak ketan").stock(1).create().await;
    let parts = json!([{"variant_id": opak.variant(), "quantity": 1}]);
    let bundle = shop.product("Paket opak").with("variants", json!([{"price": 90_000, "parts": parts}]));
    let bundle = bundle.create().await;
    let path = shop.path(&format!("/variants/{}/low-stock", bundle.variant()));
    shop.owner.put(&path).json(json!({"threshold": 5})).send().await.expect_problem(422, "invalid");
    threshold(&shop, opak.variant(), json!(2)).await;
    let told = async || {
        find_low(&app).await.unwrap();
        app.run_jobs().await;
        app.messenger.kept().iter().filter(|kept| kept.message.text.contains("running out")).count()
    };
    assert_eq!(told().await, 1);
    threshold(&shop, opak.variant(), json!(2)).await;
    assert_eq!(told().await, 1, "the same threshold said again");
    threshold(&shop, opak.variant(), json!(3)).await;
    assert_eq!(told().await, 2, "another threshold");
}

async fn a_dip_is_told_once(app: TestApp) {
    let shop = app.vendor("Toko Menipis").await;
    let opak = shop.product("Opak ketan").stock(5).create().await;
    threshold(&shop, opak.variant(), json!(2)).await;
    app.run_jobs().await;
    let count = async |on_hand: i64| {
        let path = shop.path(&format!("/variants/{}/stock", opak.variant()));
        shop.owner.put(&path).json(json!({"on_hand": on_hand, "reason": "count"})).send().await.expect(200);
        find_low(&app).await.unwrap();
        app.run_jobs().await;
        app.messenger.kept().iter().filter(|message| message.message.text.contains("Opak ketan")).count()
    };
    assert_eq!(count(4).await, 0, "above the threshold");
    assert_eq!(count(2).await, 1, "at the threshold");
    assert_eq!(count(1).await, 1, "the same dip");
    assert_eq!(count(9).await, 1, "it rose");
    assert_eq!(count(0).await, 2, "the next dip");
}

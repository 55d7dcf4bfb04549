//! Bundles draw on the stock of their parts, and never sell what is not there.

use axum::http::Method;
use chrono::Duration;
use futures_util::future::join_all;
use lapak::catalog::entity::change;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{edit, faults, page};
use crate::support::shop::{Product, Purchase, Shop};
use crate::support::{Person, Reply, TestApp, both};

both![
    a_bundle_has_what_its_parts_allow,
    an_order_keeps_what_the_bundle_was,
    only_counted_articles_of_the_shop_are_parts,
    bundles_and_parts_are_never_oversold,
    the_index_hears_when_a_bundle_flips,
    bundles_are_not_nested,
    two_edits_do_not_nest_bundles,
    parts_stay_counted,
    what_is_not_sold_is_not_sold_in_a_bundle,
];

/// A hamper of two packs of chips and one jar.
async fn hamper(shop: &Shop, chips: &Product, jar: &Product) -> Product {
    let parts =
        json!([{"variant_id": chips.variant(), "quantity": 2}, {"variant_id": jar.variant(), "quantity": 1}]);
    let variants = json!([{"price": 75_000, "stock": 9, "parts": parts}]);
    let bundle = shop.product("Parsel lebaran").with("category", json!("parsel-hampers"));
    bundle.with("variants", variants).create().await
}

async fn stall(app: &TestApp, chips: i64, jars: i64) -> (Shop, Product, Product, Product) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let chips = shop.product("Keripik").price(15_000).stock(chips).create().await;
    let jar = shop.product("Sambal").price(30_000).stock(jars).create().await;
    let bundle = hamper(&shop, &chips, &jar).await;
    (shop, chips, jar, bundle)
}

async fn a_bundle_has_what_its_parts_allow(app: TestApp) {
    let (shop, chips, jar, bundle) = stall(&app, 9, 3).await;
    let shown = page(&app, &bundle).await;
    assert_eq!((&shown["in_stock"], &shown["variants"][0]["max_quantity"]), (&json!(true), &json!(3)));
    assert_eq!(shown["variants"][0]["parts"][0]["quantity"], 2);
    let budi = app.buyer("Budi").await;
    let _: Purchase = budi.checkout().item(&chips, 5).send().await.into();
    assert_eq!(page(&app, &bundle).await["variants"][0]["max_quantity"], 2);
    let ani = app.buyer("Ani").await;
    let purchase: Purchase = ani.checkout().item(&bundle, 2).send().await.into();
    assert_eq!(purchase.total, 150_000);
    assert_eq!((app.stock(chips.variant()).await, app.stock(jar.variant()).await), ((9, 9), (3, 2)));
    assert_eq!(app.stock(bundle.variant()).await, (0, 0));
    assert_eq!(page(&app, &bundle).await["in_stock"], false);
    // One cart wants the bundle and its part: both are counted together.
    let refused =
        ani.checkout().item(&bundle, 1).item(&jar, 1).send().await.expect_problem(409, "out-of-stock");
    assert_eq!(refused["variants"], json!([jar.variant(), bundle.variant()]));
    ani.settle(&purchase).await.expect(200);
    assert_eq!((app.stock(chips.variant()).await, app.stock(jar.variant()).await), ((5, 5), (1, 0)));
    let order = &purchase.orders[0];
    ani.moves(order, "cancel").await.expect(200);
    assert_eq!((app.stock(chips.variant()).await, app.stock(jar.variant()).await), ((9, 5), (3, 0)));
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    assert_eq!(app.stock(chips.variant()).await, (9, 0));
    let own = shop.owner.get(&super::own(&shop, &bundle)).send().await.expect(200).json();
    assert_eq!(own["variants"][0]["available"], 3);
}

async fn an_order_keeps_what_the_bundle_was(app: TestApp) {
    let (shop, chips, jar, bundle) = stall(&app, 10, 10).await;
    let ani = app.buyer("Ani").await;
    let purchase: Purchase = ani.checkout().item(&bundle, 3).send().await.into();
    let parts = json!([{"variant_id": jar.variant(), "quantity": 4}]);
    let change = json!({"variants": [{"id": bundle.variant(), "parts": parts}]});
    edit(&shop, &bundle, change).await.send().await.expect(200);
    edit(&shop, &chips, json!({"title": "Keripik baru"})).await.send().await.expect(200);
    let order = ani.get(&format!("/v1/orders/{}", purchase.orders[0])).send().await.expect(200).json();
    assert_eq!(order["lines"].as_array().unwrap().len(), 1);
    let kept: Vec<(&Value, &Value)> = order["lines"][0]["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (&part["title"], &part["quantity"]))
        .collect();
    assert_eq!(kept, [(&json!("Keripik"), &json!(6)), (&json!("Sambal"), &json!(3))]);
    assert_eq!((&order["goods"], &order["lines"][0]["line_total"]), (&json!(225_000), &json!(225_000)));
    // What goes back is what was taken.
    ani.moves(&purchase.orders[0], "cancel").await.expect(200);
    assert_eq!((app.stock(chips.variant()).await, app.stock(jar.variant()).await), ((10, 0), (10, 0)));
}

async fn only_counted_articles_of_the_shop_are_parts(app: TestApp) {
    let (shop, chips, _, bundle) = stall(&app, 5, 5).await;
    let made = shop.product("Kue pesanan").with("stock_mode", json!("made_to_order")).create().await;
    let foreign = app.vendor("Toko Lain").await.product("Kopi").create().await;
    let parts = |variant: &str| json!([{"variant_id": chips.variant(), "quantity": 1}, {"variant_id": variant, "quantity": 1}]);
    for wrong in [made.variant(), foreign.variant(), bundle.variant(), crate::authz::objects::ABSENT] {
        let body = json!({"variants": [{"id": bundle.variant(), "parts": parts(wrong)}]});
        let refused = edit(&shop, &bundle, body).await.send().await.expect_problem(422, "invalid");
        assert_eq!(faults(&refused), ["/variants/0/parts/1/variant_id no-part"]);
    }
    let body = json!({"variants": [{"id": bundle.variant(), "parts": parts(chips.variant())}]});
    let refused = edit(&shop, &bundle, body).await.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/variants/0/parts/1/variant_id not-distinct"]);
}

/// Sixty buyers at once, of the bundle, of its parts, and of both.
async fn bundles_and_parts_are_never_oversold(app: TestApp) {
    let (_, chips, jar, bundle) = stall(&app, 40, 25).await;
    let mut buyers: Vec<Person> = Vec::new();
    for _ in 0..60 {
        let buyer = app.buyer("pembeli").await;
        buyer.token().await;
        buyers.push(buyer);
    }
    let server = app.serve().await;
    let mut requests = Vec::new();
    for (turn, buyer) in buyers.iter().enumerate() {
        let checkout = match turn % 4 {
            0 => buyer.checkout().item(&bundle, 1),
            1 => buyer.checkout().item(&chips, 2),
            2 => buyer.checkout().item(&jar, 1).item(&bundle, 1),
            _ => buyer.checkout().item(&bundle, 2).item(&chips, 1),
        };
        let body = checkout.body().await;
        requests.push(server.post("/v1/checkouts").by(buyer).key("kunci-parsel").json(body));
    }
    let replies: Vec<Reply> = join_all(requests.into_iter().map(crate::support::Request::send)).await;
    let (mut used_chips, mut used_jars) = (0, 0);
    for (turn, reply) in replies.iter().enumerate() {
        if reply.status == 201 {
            let (chips, jars) = [(2, 1), (2, 0), (2, 2), (5, 2)][turn % 4];
            used_chips += chips;
            used_jars += jars;
        } else {
            reply.clone().expect_problem(409, "out-of-stock");
        }
    }
    assert!(used_chips <= 40 && used_jars <= 25, "{used_chips} {used_jars}");
    // Nobody was sent away while the smallest wish could still be met.
    assert!(used_chips >= 39 || used_jars == 25, "{used_chips} {used_jars}");
    assert_eq!(app.stock(chips.variant()).await, (40, used_chips));
    assert_eq!(app.stock(jar.variant()).await, (25, used_jars));
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    assert_eq!((app.stock(chips.variant()).await, app.stock(jar.variant()).await), ((40, 0), (25, 0)));
}

async fn the_index_hears_when_a_bundle_flips(app: TestApp) {
    let (shop, chips, _, bundle) = stall(&app, 3, 5).await;
    let rows = async || change::Entity::find().count(app.db.read()).await.unwrap();
    let count = async |pieces: i64| {
        let path = shop.path(&format!("/variants/{}/stock", chips.variant()));
        shop.owner.put(&path).json(json!({"on_hand": pieces, "reason": "count"})).send().await.expect(200);
    };
    let before = rows().await;
    // One pack is left: the article is still there, the bundle is not.
    count(1).await;
    assert_eq!(rows().await, before + 1);
    assert_eq!(page(&app, &bundle).await["in_stock"], false);
    count(0).await;
    assert_eq!(rows().await, before + 2);
    count(8).await;
    assert_eq!(rows().await, before + 4);
    count(9).await;
    assert_eq!(rows().await, before + 4);
    app.sync_search().await;
    let found = app.get("/v1/search?q=parsel&in_stock=true").send().await.expect(200).json();
    assert_eq!(found["items"][0]["product_id"], bundle.id.as_str());
    // A part that goes from the public, or comes back, is told of with its bundle; a draft is told of alone.
    for (act, more) in [("archive", 2), ("unarchive", 1), ("publish", 2)] {
        let before = rows().await;
        shop.owner.post(&format!("{}/{act}", super::own(&shop, &chips))).send().await.expect(200);
        assert_eq!(rows().await, before + more, "{act}");
    }
}

fn made_of(bundle: &Product, part: &Product) -> Value {
    json!({"variants": [{"id": bundle.variant(), "parts": [{"variant_id": part.variant(), "quantity": 1}]}]})
}

async fn bundles_are_not_nested(app: TestApp) {
    let (shop, chips, jar, bundle) = stall(&app, 5, 5).await;
    let refused = edit(&shop, &chips, made_of(&chips, &jar)).await.send().await;
    assert_eq!(faults(&refused.expect_problem(422, "invalid")), ["/variants/0/parts is-part"]);
    // Nothing is made of the jar any more, so it may become a bundle; but not while it is one, a part.
    edit(&shop, &bundle, made_of(&bundle, &chips)).await.send().await.expect(200);
    let oil = shop.product("Minyak").create().await;
    let counted = shop.owner.put(&shop.path(&format!("/variants/{}/stock", jar.variant())));
    counted.json(json!({"on_hand": 0, "reason": "loss"})).send().await.expect(200);
    edit(&shop, &jar, made_of(&jar, &oil)).await.send().await.expect(200);
    let refused = edit(&shop, &bundle, made_of(&bundle, &jar)).await.send().await;
    assert_eq!(faults(&refused.expect_problem(422, "invalid")), ["/variants/0/parts/0/variant_id no-part"]);
}

/// Each of two articles is to become a bundle of the other, at the same time.
async fn two_edits_do_not_nest_bundles(app: TestApp) {
    let shop = app.vendor("Dapur Dua Tangan").await;
    let server = app.serve().await;
    shop.owner.token().await;
    for round in 0..8 {
        let one = shop.product(&format!("Satu {round}")).stock(0).create().await;
        let two = shop.product(&format!("Dua {round}")).stock(0).create().await;
        let mut requests = Vec::new();
        for (bundle, part) in [(&one, &two), (&two, &one)] {
            let seen = super::seen(&shop, bundle).await;
            let path = super::own(&shop, bundle);
            let request = server.request(Method::PATCH, &path).by(&shop.owner).if_match(&seen);
            requests.push(request.json(made_of(bundle, part)));
        }
        let replies: Vec<Reply> = join_all(requests.into_iter().map(crate::support::Request::send)).await;
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }
}

async fn parts_stay_counted(app: TestApp) {
    let (shop, chips, _, bundle) = stall(&app, 5, 5).await;
    let made_to_order = json!({"stock_mode": "made_to_order"});
    let refused = edit(&shop, &chips, made_to_order.clone()).await.send().await;
    refused.expect_problem(409, "part-of-bundle");
    let plan = json!({"weekdays": [1, 1, 1, 1, 1, 1, 1]});
    let version = super::seen(&shop, &chips).await;
    let path = format!("{}/meal-plan", super::own(&shop, &chips));
    let refused = shop.owner.put(&path).if_match(&version).json(plan).send().await;
    refused.expect_problem(409, "part-of-bundle");
    let oil = shop.product("Minyak").create().await;
    edit(&shop, &bundle, made_of(&bundle, &oil)).await.send().await.expect(200);
    edit(&shop, &chips, made_to_order).await.send().await.expect(200);
}

async fn what_is_not_sold_is_not_sold_in_a_bundle(app: TestApp) {
    let (shop, chips, _, bundle) = stall(&app, 8, 8).await;
    let ani = app.buyer("Ani").await;
    let waiting = ani.checkout().item(&bundle, 1).request().await;
    app.sync_search().await;
    let found = async || {
        app.sync_search().await;
        let found = app.get("/v1/search?q=parsel&in_stock=true").send().await.expect(200).json();
        found["items"].as_array().unwrap().len()
    };
    assert_eq!(found().await, 1);
    shop.owner.post(&format!("{}/archive", super::own(&shop, &chips))).send().await.expect(200);
    let shown = page(&app, &bundle).await;
    assert_eq!((&shown["in_stock"], &shown["variants"][0]["max_quantity"]), (&json!(false), &json!(0)));
    let refused = waiting.send().await.expect_problem(409, "unavailable");
    assert_eq!(refused["variants"], json!([bundle.variant()]));
    assert_eq!(found().await, 0);
    for act in ["unarchive", "publish"] {
        shop.owner.post(&format!("{}/{act}", super::own(&shop, &chips))).send().await.expect(200);
    }
    assert_eq!(page(&app, &bundle).await["in_stock"], true);
    assert_eq!(found().await, 1);
}

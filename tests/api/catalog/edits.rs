//! Edits: on the version that was seen, all or nothing.

use serde_json::json;

use super::{faults, has, ok, own, page, two_sizes};
use crate::support::shop::list;
use crate::support::{TestApp, both};

both![
    an_edit_needs_the_version_that_was_seen,
    variants_are_changed_and_added,
    faults_of_variants_are_named,
    a_lost_race_is_stale,
];

async fn an_edit_needs_the_version_that_was_seen(app: TestApp) {
    let shop = app.vendor("Toko Sunting").await;
    let product = shop.product("Kopi Cariu").create().await;
    let path = own(&shop, &product);
    let edit = || shop.owner.patch(&path).json(json!({"title": "Kopi Cariu 250 g"}));
    edit().send().await.expect_problem(428, "if-match-required");
    edit().header("if-match", "\"7\"").send().await.expect_problem(412, "stale");
    edit().header("if-match", "W/\"1\"").send().await.expect_problem(412, "stale");
    let seen = shop.owner.get(&path).send().await.expect(200);
    let edited = edit().if_match(&seen).send().await.expect(200);
    assert_eq!(edited.json()["title"], "Kopi Cariu 250 g");
    assert_eq!(edited.json()["slug"], seen.json()["slug"]);
    assert_ne!(edited.header("etag"), seen.header("etag"));
    edit().if_match(&seen).send().await.expect_problem(412, "stale");
    let again = shop.owner.get(&path).send().await;
    assert_eq!(again.header("etag"), edited.header("etag"));
    assert_eq!(again.json(), edited.json());
    let public = app.get(&format!("/v1/products/{}", product.slug)).send().await;
    assert_eq!(public.json()["title"], "Kopi Cariu 250 g");
}

async fn variants_are_changed_and_added(app: TestApp) {
    let shop = app.vendor("Toko Ukuran").await;
    let product = shop.product("Kemeja").with("variants", two_sizes()).create().await;
    let path = own(&shop, &product);
    let seen = shop.owner.get(&path).send().await;
    let body = json!({
        "category": "makanan-minuman",
        "description": "Baru",
        "attributes": {"bahan": "linen"},
        "min_order": 3,
        "stock_mode": "made_to_order",
        "variants": [
            {"id": product.variants[1], "price": 99_000, "sku": "KMJ-L"},
            {"id": product.variants[0], "tiers": [], "weight_g": 300},
            {"price": 120_000, "stock": 7, "options": {"ukuran": "XL"}},
        ],
    });
    let edited = ok(shop.owner.patch(&path).if_match(&seen).json(body)).await.json();
    has(&edited, json!({"price_min": 90_000, "price_max": 120_000, "min_order": 3}));
    has(&edited, json!({"category": "makanan-minuman", "attributes": {"bahan": "linen"}}));
    let variants = list(&edited["variants"]);
    assert_eq!(variants.len(), 3);
    has(
        &variants[0],
        json!({"id": product.variants[0], "price": 90_000, "stock": 3, "tiers": [], "weight_g": 300}),
    );
    has(&variants[1], json!({"id": product.variants[1], "price": 99_000, "sku": "KMJ-L"}));
    has(&variants[2], json!({"price": 120_000, "stock": 7, "options": {"ukuran": "XL"}}));
    let page = page(&app, &product).await;
    has(&page["variants"][1], json!({"max_quantity": 99}));
}

async fn faults_of_variants_are_named(app: TestApp) {
    let shop = app.vendor("Toko Keliru").await;
    let product = shop.product("Kemeja").with("variants", two_sizes()).create().await;
    let other = shop.product("Celana").create().await;
    let path = own(&shop, &product);
    let seen = shop.owner.get(&path).send().await;
    for (variants, fault) in [
        (json!([{"id": other.variant(), "price": 1}]), ("/variants/0/id", "unknown-variant")),
        (json!([{"options": {"ukuran": "XL"}}]), ("/variants/0/price", "required")),
        (json!([{"id": product.variants[0], "price": 85_000}]), ("/variants/0/price", "not-falling")),
        (json!([{"id": product.variants[0], "stock": 5}]), ("/variants/0/stock", "stock-elsewhere")),
        (json!([{"price": 1, "options": {"ukuran": "M"}}]), ("/variants", "options-not-distinct")),
        (json!([{"id": product.variants[1], "sku": "KMJ-M"}]), ("/variants", "sku-not-distinct")),
        (json!([{"id": product.variants[1], "price": -5}]), ("/variants/0/price", "out-of-range")),
    ] {
        let edit = shop.owner.patch(&path).if_match(&seen).json(json!({"variants": variants}));
        let problem = edit.send().await.expect_problem(422, "invalid");
        assert_eq!(faults(&problem), [(fault.0.to_owned(), fault.1.to_owned())]);
    }
    assert_eq!(shop.owner.get(&path).send().await.json(), seen.json());
}

async fn a_lost_race_is_stale(app: TestApp) {
    let shop = app.vendor("Toko Cepat").await;
    let product = shop.product("Kerupuk").create().await;
    let path = own(&shop, &product);
    let seen = shop.owner.get(&path).send().await;
    let edit = |price: i64| {
        let variants = json!([{"id": product.variant(), "price": price}]);
        shop.owner.patch(&path).if_match(&seen).json(json!({"variants": variants})).send()
    };
    let replies = tokio::join!(edit(1000), edit(2000), edit(3000), edit(4000));
    let replies = [replies.0, replies.1, replies.2, replies.3];
    let mut statuses = replies.each_ref().map(|reply| reply.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    let won = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(shop.owner.get(&path).send().await.json(), won.json());
}

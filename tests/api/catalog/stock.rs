//! Counting stock beside sales.

use serde_json::json;

use super::own;
use crate::support::{TestApp, both};

both![
    a_count_sets_what_is_on_hand,
    a_count_cannot_go_below_what_is_promised,
    availability_is_told_to_the_index_when_it_flips,
];

async fn a_count_sets_what_is_on_hand(app: TestApp) {
    let shop = app.vendor("Toko Hitung").await;
    let product = shop.product("Rempeyek").stock(10).create().await;
    let path = shop.path(&format!("/variants/{}/stock", product.variant()));
    for (on_hand, reason) in [(25, "receipt"), (24, "loss"), (24, "count"), (0, "correction"), (7, "count")] {
        let body = json!({"on_hand": on_hand, "reason": reason});
        let stock = shop.owner.put(&path).json(body).send().await.expect(200).json();
        assert_eq!(
            (&stock["on_hand"], &stock["reserved"], &stock["available"]),
            (&json!(on_hand), &json!(0), &json!(on_hand))
        );
    }
    let product = shop.owner.get(&own(&shop, &product)).send().await.json();
    assert_eq!(product["variants"][0]["stock"], 7);
    for body in [
        json!({"on_hand": 1, "reason": "sale"}),
        json!({"on_hand": 1, "reason": "initial"}),
        json!({"on_hand": 1_000_001, "reason": "count"}),
        json!({"on_hand": 1}),
    ] {
        shop.owner.put(&path).json(body).send().await.expect_problem(422, "invalid");
    }
}

async fn a_count_cannot_go_below_what_is_promised(app: TestApp) {
    let shop = app.vendor("Toko Laris").await;
    let product = shop.product("Dodol").stock(5).create().await;
    let buyer = app.buyer("Dedi").await;
    let bought = buyer.checkout().item(&product, 3).send().await;
    bought.expect(201);
    let path = shop.path(&format!("/variants/{}/stock", product.variant()));
    let count = |on_hand: i32| shop.owner.put(&path).json(json!({"on_hand": on_hand, "reason": "count"}));
    let problem = count(2).send().await.expect_problem(409, "stock-reserved");
    assert_eq!((&problem["on_hand"], &problem["reserved"]), (&json!(5), &json!(3)));
    let stock = count(3).send().await.expect(200).json();
    assert_eq!((&stock["reserved"], &stock["available"]), (&json!(3), &json!(0)));
}

async fn availability_is_told_to_the_index_when_it_flips(app: TestApp) {
    use lapak::platform::feed;
    use sea_orm::EntityTrait;

    let shop = app.vendor("Toko Habis").await;
    let product = shop.product("Opak").stock(2).create().await;
    let path = shop.path(&format!("/variants/{}/stock", product.variant()));
    let mut seen = feed::Entity::find().all(app.db.read()).await.unwrap().len();
    for (on_hand, flips) in [(5, 0), (0, 1), (0, 0), (1, 1)] {
        let body = json!({"on_hand": on_hand, "reason": "count"});
        shop.owner.put(&path).json(body).send().await.expect(200);
        let now = feed::Entity::find().all(app.db.read()).await.unwrap().len();
        assert_eq!(now - seen, flips, "{on_hand}");
        seen = now;
    }
}

//! Stocktaking beside a shop that goes on selling.

use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Product, Shop, TestApp, both};

both![
    differences_are_booked_at_once,
    what_moved_meanwhile_is_counted_again,
    promised_pieces_stay,
    sold_pieces_wait_on_the_shelf,
    a_whole_shop_is_counted,
    one_stocktaking_at_a_time,
    closing_twice_books_once,
];

async fn open(shop: &Shop) -> String {
    let opened = shop.owner.post(&shop.path("/stock-counts")).json(json!({"note": "Akhir bulan"}));
    text(&opened.send().await.expect(201).json()["id"])
}

async fn enter(shop: &Shop, count: &str, numbers: &[(&Product, i64)]) {
    let lines: Vec<Value> = numbers
        .iter()
        .map(|(product, counted)| json!({"variant_id": product.variant(), "counted": counted}))
        .collect();
    let path = shop.path(&format!("/stock-counts/{count}/lines"));
    shop.owner.put(&path).json(json!({"lines": lines})).send().await.expect(200);
}

fn end(shop: &Shop, count: &str, act: &str) -> crate::support::Request {
    shop.owner.post(&shop.path(&format!("/stock-counts/{count}/{act}")))
}

async fn on_hand(shop: &Shop, product: &Product) -> i64 {
    let path = shop.path(&format!("/stock?product_id={}", product.id));
    shop.owner.get(&path).send().await.expect(200).json()["items"][0]["on_hand"].as_i64().unwrap()
}

async fn differences_are_booked_at_once(app: TestApp) {
    let shop = app.vendor("Toko Opname").await;
    let mut products = Vec::new();
    for title in ["Opak", "Dodol", "Rengginang"] {
        products.push(shop.product(title).stock(10).create().await);
    }
    let count = open(&shop).await;
    enter(&shop, &count, &[(&products[0], 7), (&products[1], 11)]).await;
    enter(&shop, &count, &[(&products[1], 12), (&products[2], 10)]).await;
    let lines = shop.owner.get(&shop.path(&format!("/stock-counts/{count}/lines"))).send().await.expect(200);
    assert_eq!(lines.statements, 3);
    assert!(list(&lines.json()["items"]).iter().all(|line| line["moved"] == false));
    let closed = end(&shop, &count, "close").send().await.expect(200).json();
    let figures = ["status", "counted", "changed", "gained", "lost"].map(|name| closed[name].clone());
    assert_eq!(figures, [json!("closed"), json!(3), json!(2), json!(2), json!(3)]);
    for (product, expected) in products.iter().zip([7, 12, 10]) {
        assert_eq!(on_hand(&shop, product).await, expected);
    }
    let journal = shop.owner.get(&shop.path("/stock/movements?reason=count")).send().await.json();
    let mut deltas: Vec<i64> =
        list(&journal["items"]).iter().map(|row| row["delta"].as_i64().unwrap()).collect();
    deltas.sort_unstable();
    assert_eq!(deltas, [-3, 2]);
    let read = shop.owner.get(&shop.path(&format!("/stock-counts/{count}"))).send().await.expect(200).json();
    assert_eq!((&read["status"], &read["note"]), (&json!("closed"), &json!("Akhir bulan")));
    let all = shop.owner.get(&shop.path("/stock-counts")).send().await.expect(200).json();
    assert_eq!(list(&all["items"]).len(), 1);
}

async fn what_moved_meanwhile_is_counted_again(app: TestApp) {
    let shop = app.vendor("Toko Ramai").await;
    let (opak, dodol) = (shop.product("Opak").create().await, shop.product("Dodol").create().await);
    let count = open(&shop).await;
    enter(&shop, &count, &[(&opak, 9), (&dodol, 8)]).await;
    let ani = app.buyer("ani").await;
    let bought = ani.buy(&opak).await;
    ani.settle(&bought).await.expect(200);
    for act in ["accept", "ship"] {
        shop.moves(&bought.orders[0], act).await.expect(200);
    }
    let problem = end(&shop, &count, "close").send().await.expect_problem(409, "stock-moved");
    let expected = json!([{"variant_id": opak.variant(), "counted": 9, "expected": 10, "on_hand": 9, "reserved": 0, "to_hand_over": 0}]);
    assert_eq!(problem["variants"], expected);
    assert_eq!(on_hand(&shop, &dodol).await, 10, "nothing is booked by halves");
    let lines = shop.owner.get(&shop.path(&format!("/stock-counts/{count}/lines"))).send().await.json();
    let moved: Vec<bool> =
        list(&lines["items"]).iter().map(|line| line["moved"].as_bool().unwrap()).collect();
    assert_eq!(moved.iter().filter(|moved| **moved).count(), 1);
    enter(&shop, &count, &[(&opak, 9)]).await;
    end(&shop, &count, "close").send().await.expect(200);
    assert_eq!((on_hand(&shop, &opak).await, on_hand(&shop, &dodol).await), (9, 8));
}

async fn promised_pieces_stay(app: TestApp) {
    let shop = app.vendor("Toko Laris").await;
    let opak = shop.product("Opak").stock(5).create().await;
    app.buyer("ani").await.checkout().item(&opak, 3).send().await.expect(201);
    let count = open(&shop).await;
    enter(&shop, &count, &[(&opak, 2)]).await;
    let problem = end(&shop, &count, "close").send().await.expect_problem(409, "stock-reserved");
    assert_eq!(problem["variants"][0]["reserved"], 3);
    enter(&shop, &count, &[(&opak, 3)]).await;
    end(&shop, &count, "close").send().await.expect(200);
    assert_eq!(on_hand(&shop, &opak).await, 3);
}

/// Ten on the shelf, three of them paid: whoever counts finds ten, and nothing is wrong.
async fn sold_pieces_wait_on_the_shelf(app: TestApp) {
    let shop = app.vendor("Toko Titipan").await;
    let opak = shop.product("Opak").stock(10).create().await;
    let ani = app.buyer("ani").await;
    let bought: crate::support::Purchase = ani.checkout().item(&opak, 2).send().await.into();
    ani.settle(&bought).await.expect(200);
    let cash: crate::support::Purchase = ani.checkout().item(&opak, 1).pay_by("cod").send().await.into();
    shop.moves(&cash.orders[0], "accept").await.expect(200);
    ani.checkout().item(&opak, 1).send().await.expect(201);
    let count = open(&shop).await;
    enter(&shop, &count, &[(&opak, 10)]).await;
    // Paying leaves the shelf as it is.
    let later = ani.buy(&opak).await;
    ani.settle(&later).await.expect(200);
    let lines = shop.owner.get(&shop.path(&format!("/stock-counts/{count}/lines"))).send().await.json();
    let line = &lines["items"][0];
    let figures = ["expected", "on_hand", "to_hand_over", "moved"].map(|name| line[name].clone());
    assert_eq!(figures, [json!(10), json!(6), json!(4), json!(false)]);
    let closed = end(&shop, &count, "close").send().await.expect(200).json();
    assert_eq!((&closed["changed"], on_hand(&shop, &opak).await), (&json!(0), 6));
    let count = open(&shop).await;
    // Four are sold and one is promised: with four found, one too many was.
    enter(&shop, &count, &[(&opak, 4)]).await;
    let problem = end(&shop, &count, "close").send().await.expect_problem(409, "stock-reserved");
    assert_eq!(problem["variants"][0]["to_hand_over"], 4);
    enter(&shop, &count, &[(&opak, 8)]).await;
    end(&shop, &count, "close").send().await.expect(200);
    assert_eq!(on_hand(&shop, &opak).await, 4);
    shop.moves(&bought.orders[0], "accept").await.expect(200);
    shop.moves(&bought.orders[0], "ship").await.expect(200);
    let path = shop.path(&format!("/stock?product_id={}", opak.id));
    let level = shop.owner.get(&path).send().await.expect(200).json()["items"][0].clone();
    assert_eq!((&level["on_hand"], &level["to_hand_over"]), (&json!(4), &json!(2)));
}

/// More differences than a statement takes conditions.
async fn a_whole_shop_is_counted(app: TestApp) {
    let shop = app.vendor("Toko Serba Ada").await;
    let mut variants = Vec::new();
    for number in 0..12 {
        let sizes: Vec<Value> = (0..100)
            .map(|size| json!({"price": 5_000, "stock": 2, "options": {"ukuran": size.to_string()}}))
            .collect();
        let product =
            shop.product(&format!("Kancing {number}")).with("variants", json!(sizes)).draft().create().await;
        variants.extend(product.variants);
    }
    assert_eq!(variants.len(), 1_200);
    let count = open(&shop).await;
    let path = shop.path(&format!("/stock-counts/{count}/lines"));
    for some in variants.chunks(500) {
        let lines: Vec<Value> =
            some.iter().map(|variant| json!({"variant_id": variant, "counted": 0})).collect();
        shop.owner.put(&path).json(json!({"lines": lines})).send().await.expect(200);
    }
    let closed = end(&shop, &count, "close").send().await.expect(200).json();
    assert_eq!((&closed["changed"], &closed["lost"]), (&json!(1_200), &json!(2_400)));
}

async fn one_stocktaking_at_a_time(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Opname").await, app.vendor("Toko Lain").await);
    let (opak, foreign) = (shop.product("Opak").create().await, other.product("Tas").create().await);
    let count = open(&shop).await;
    open(&other).await;
    let again = shop.owner.post(&shop.path("/stock-counts")).json(json!({}));
    again.send().await.expect_problem(409, "count-open");
    let path = shop.path(&format!("/stock-counts/{count}/lines"));
    let lines = json!({"lines": [{"variant_id": opak.variant(), "counted": 1}, {"variant_id": foreign.variant(), "counted": 1}]});
    let problem = shop.owner.put(&path).json(lines).send().await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/lines/1/variant_id");
    let twice = json!({"lines": [{"variant_id": opak.variant(), "counted": 1}, {"variant_id": opak.variant(), "counted": -1}]});
    let problem = shop.owner.put(&path).json(twice).send().await.expect_problem(422, "invalid");
    let pointers: Vec<_> = list(&problem["errors"]).iter().map(|error| text(&error["pointer"])).collect();
    assert_eq!(pointers, ["/lines/1/variant_id", "/lines/1/counted"]);
    end(&shop, &count, "cancel").send().await.expect(200);
    end(&shop, &count, "close").send().await.expect_problem(409, "count-ended");
    assert_eq!(on_hand(&shop, &opak).await, 10);
    open(&shop).await;
}

async fn closing_twice_books_once(app: TestApp) {
    let shop = app.vendor("Toko Dua Tangan").await;
    let opak = shop.product("Opak").create().await;
    let count = open(&shop).await;
    enter(&shop, &count, &[(&opak, 4)]).await;
    let (one, two) = tokio::join!(end(&shop, &count, "close").send(), end(&shop, &count, "close").send());
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let journal = shop.owner.get(&shop.path("/stock/movements?reason=count")).send().await.json();
    assert_eq!(list(&journal["items"]).len(), 1);
}

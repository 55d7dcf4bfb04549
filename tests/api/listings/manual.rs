//! Sales made elsewhere: stock, books and turnover stay true.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Product, Request, Shop, TestApp, both};

both![
    a_sale_at_the_stall_counts,
    nothing_is_sold_twice,
    a_voided_sale_leaves_no_trace_in_the_figures,
    the_same_key_enters_one_sale,
    faults_of_a_sale_are_named,
    an_entered_sale_is_nobodys_purchase,
    portions_are_taken_by_hand,
    a_sale_entered_late_counts_on_its_day,
    a_bundle_sold_by_hand_takes_its_parts,
];

fn sale(product: &Product, quantity: i64) -> Value {
    json!({"channel": "market_stall", "lines": [{"variant_id": product.variant(), "quantity": quantity}]})
}

fn enter(shop: &Shop, body: Value) -> Request {
    let key = format!("kunci-{}", lapak::kernel::RequestId::generate());
    shop.owner.post(&shop.path("/manual-orders")).key(&key).json(body)
}

async fn turnover(shop: &Shop) -> Value {
    shop.owner.get(&shop.path("/turnover")).send().await.expect(200).json()
}

async fn stock(shop: &Shop, product: &Product) -> (i64, i64) {
    let path = shop.path(&format!("/stock?product_id={}", product.id));
    let level = shop.owner.get(&path).send().await.expect(200).json()["items"][0].clone();
    (level["on_hand"].as_i64().unwrap(), level["reserved"].as_i64().unwrap())
}

async fn a_sale_at_the_stall_counts(app: TestApp) {
    let shop = app.vendor("Toko Pasar").await;
    let opak = shop.product("Opak").price(20_000).stock(10).create().await;
    let draft = shop.product("Resep baru").price(9_000).stock(4).draft().create().await;
    let body = json!({
        "channel": "whatsapp", "buyer_name": "Bu Siti", "buyer_phone": "0812-9000-1111", "note": "langganan",
        "lines": [
            {"variant_id": opak.variant(), "quantity": 3},
            {"variant_id": draft.variant(), "quantity": 2, "unit_price": 8_000},
        ],
    });
    let entered = enter(&shop, body).send().await.expect(201).json();
    assert_eq!((&entered["status"], &entered["total"]), (&json!("completed"), &json!(76_000)));
    assert_eq!((stock(&shop, &opak).await, stock(&shop, &draft).await), ((7, 0), (2, 0)));
    let path = shop.path(&format!("/orders/{}", text(&entered["id"])));
    let order = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&order["channel"], &order["payment_method"]), (&json!("whatsapp"), &json!("cash")));
    assert_eq!(order["shipping_address"]["recipient"], "Bu Siti");
    assert_eq!(order["shipping_address"]["phone"], "+6281290001111");
    assert_eq!(order["lines"][1]["unit_price"], 8_000);
    assert_eq!(order["allowed_actions"], json!([]));
    // Beside a sale of the marketplace.
    let ani = app.buyer("ani").await;
    let bought = ani.checkout().item(&opak, 1).pay_by("cod").send().await;
    let bought: crate::support::Purchase = bought.into();
    for act in ["accept", "ship", "deliver"] {
        shop.moves(&bought.orders[0], act).await.expect(200);
    }
    let figures = turnover(&shop).await;
    assert_eq!((&figures["orders"], &figures["total"]), (&json!(2), &json!(96_000)));
    let channels = json!([
        {"channel": "marketplace", "orders": 1, "total": 20_000},
        {"channel": "whatsapp", "orders": 1, "total": 76_000},
    ]);
    assert_eq!(figures["channels"], channels);
    let narrowed = shop.owner.get(&shop.path("/orders?channel=whatsapp")).send().await.expect(200).json();
    assert_eq!(list(&narrowed["items"]).len(), 1);
    app.run_jobs().await;
    assert!(
        app.messenger.kept().iter().all(|message| !message.message.text.contains(&text(&entered["number"])))
    );
}

async fn nothing_is_sold_twice(app: TestApp) {
    let shop = app.vendor("Toko Rebutan").await;
    let opak = shop.product("Opak").stock(6).create().await;
    let ani = app.buyer("ani").await;
    ani.checkout().item(&opak, 1).send().await.expect(201);
    let sales = (0..10).map(|_| enter(&shop, sale(&opak, 1)).send());
    let replies = join_all(sales).await;
    let sold = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(sold, 5);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        let problem = reply.expect_problem(409, "out-of-stock");
        assert_eq!(problem["variants"], json!([opak.variant()]));
    }
    assert_eq!(stock(&shop, &opak).await, (1, 1));
    // All or nothing, over several articles.
    let dodol = shop.product("Dodol").stock(5).create().await;
    let mut both = sale(&dodol, 2);
    let second = json!({"variant_id": opak.variant(), "quantity": 1});
    both["lines"].as_array_mut().unwrap().push(second);
    enter(&shop, both).send().await.expect_problem(409, "out-of-stock");
    assert_eq!(stock(&shop, &dodol).await, (5, 0));
}

async fn a_voided_sale_leaves_no_trace_in_the_figures(app: TestApp) {
    let shop = app.vendor("Toko Salah Catat").await;
    let opak = shop.product("Opak").stock(6).create().await;
    let entered = enter(&shop, sale(&opak, 6)).send().await.expect(201).json();
    let id = text(&entered["id"]);
    let path = shop.path(&format!("/manual-orders/{id}/void"));
    let void = || shop.owner.post(&path).json(json!({"note": "salah catat"})).send();
    let (one, two) = tokio::join!(void(), void());
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(stock(&shop, &opak).await, (6, 0));
    assert_eq!(turnover(&shop).await["total"], 0);
    let order = shop.owner.get(&shop.path(&format!("/orders/{id}"))).send().await.json();
    assert_eq!((&order["status"], &order["events"][0]["note"]), (&json!("returned"), &json!("salah catat")));
    assert_eq!(list(&order["events"]).len(), 1);
    app.sync_search().await;
    let report = app.operator().await.get("/v1/admin/invariants").send().await.expect(200).json();
    let broken: Vec<_> = list(&report["items"]).iter().filter(|rule| rule["violations"] != 0).collect();
    assert!(broken.is_empty(), "{broken:?}");
    // An order of the marketplace is not voided like that.
    let bought = app.buyer("ani").await.buy(&opak).await;
    let path = shop.path(&format!("/manual-orders/{}/void", bought.orders[0]));
    shop.owner.post(&path).json(json!({})).send().await.expect_problem(404, "not-found");
}

async fn the_same_key_enters_one_sale(app: TestApp) {
    let shop = app.vendor("Toko Sinyal Jelek").await;
    let opak = shop.product("Opak").stock(6).create().await;
    let enter = |quantity| {
        shop.owner.post(&shop.path("/manual-orders")).key("kunci-sekali-saja").json(sale(&opak, quantity))
    };
    let (one, two) = (enter(2).send().await.expect(201), enter(2).send().await.expect(201));
    assert_eq!(one.json(), two.json());
    assert_eq!(two.header("idempotency-replayed"), "true");
    enter(3).send().await.expect_problem(422, "key-reused");
    assert_eq!(stock(&shop, &opak).await, (4, 0));
    let keyless = shop.owner.post(&shop.path("/manual-orders")).json(sale(&opak, 1));
    keyless.send().await.expect_problem(400, "key-required");
}

async fn faults_of_a_sale_are_named(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Teliti").await, app.vendor("Toko Lain").await);
    let (opak, foreign) = (shop.product("Opak").create().await, other.product("Tas").create().await);
    let body = json!({"channel": "phone", "buyer_phone": "12", "lines": [
        {"variant_id": opak.variant(), "quantity": 0, "unit_price": 0},
        {"variant_id": opak.variant(), "quantity": 1},
    ]});
    let problem = enter(&shop, body).send().await.expect_problem(422, "invalid");
    let pointers: Vec<_> = list(&problem["errors"]).iter().map(|error| text(&error["pointer"])).collect();
    let expected = ["/lines/0/quantity", "/lines/0/unit_price", "/lines/1/variant_id", "/buyer_phone"];
    assert_eq!(pointers, expected);
    let problem = enter(&shop, sale(&foreign, 1)).send().await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/lines/0/variant_id");
    let here = json!({"channel": "marketplace", "lines": [{"variant_id": opak.variant(), "quantity": 1}]});
    enter(&shop, here).send().await.expect_problem(422, "invalid");
    let none = json!({"channel": "phone", "lines": []});
    enter(&shop, none).send().await.expect_problem(422, "invalid");
    // Nobody pays in cash at the checkout.
    let bought = app.buyer("ani").await.checkout().item(&opak, 1).pay_by("cash").send().await;
    assert_eq!(bought.expect_problem(422, "invalid")["errors"][0]["pointer"], "/payment_method");
}

async fn an_entered_sale_is_nobodys_purchase(app: TestApp) {
    let shop = app.vendor("Toko Pasar").await;
    let opak = shop.product("Opak").create().await;
    let entered = enter(&shop, sale(&opak, 1)).send().await.expect(201).json();
    let mine = shop.owner.get("/v1/orders").send().await.expect(200).json();
    assert_eq!(mine["items"], json!([]));
    let path = format!("/v1/orders/{}", text(&entered["id"]));
    shop.owner.get(&path).send().await.expect_problem(404, "not-found");
    shop.owner.moves(&text(&entered["id"]), "receive").await.expect_problem(404, "not-found");
}

/// A meal of ten portions from Monday to Friday; today is a Tuesday.
async fn meal(shop: &Shop) -> Product {
    let meal = shop.product("Nasi kotak").with("category", json!("nasi-kotak")).price(25_000).create().await;
    let path = shop.path(&format!("/products/{}", meal.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    let plan = json!({"weekdays": [10, 10, 10, 10, 10, 0, 0]});
    shop.owner.put(&format!("{path}/meal-plan")).if_match(&seen).json(plan).send().await.expect(200);
    meal
}

/// What is taken of the days that are known.
async fn taken(shop: &Shop, meal: &Product) -> Vec<(String, i64)> {
    let path = shop.path(&format!("/products/{}/meal-plan", meal.id));
    let plan = shop.owner.get(&path).send().await.expect(200).json();
    let day = |day: &Value| (text(&day["date"]), day["taken"].as_i64().unwrap());
    list(&plan["days"]).iter().map(day).collect()
}

fn with(mut sale: Value, member: &str, value: &str) -> Value {
    sale[member] = value.into();
    sale
}

async fn portions_are_taken_by_hand(app: TestApp) {
    let shop = app.vendor("Katering Telepon").await;
    let meal = meal(&shop).await;
    enter(&shop, sale(&meal, 4)).send().await.expect(201);
    let friday = with(sale(&meal, 7), "date", "2026-11-27");
    let entered = enter(&shop, friday.clone()).send().await.expect(201).json();
    let both = [("2026-11-24".to_owned(), 4), ("2026-11-27".to_owned(), 7)];
    assert_eq!(taken(&shop, &meal).await, both);
    enter(&shop, friday.clone()).send().await.expect_problem(409, "out-of-stock");
    let order = shop.owner.get(&shop.path(&format!("/orders/{}", text(&entered["id"])))).send().await;
    assert_eq!(order.expect(200).json()["delivery"]["date"], "2026-11-27");
    let path = shop.path(&format!("/manual-orders/{}/void", text(&entered["id"])));
    shop.owner.post(&path).json(json!({})).send().await.expect(200);
    assert_eq!(taken(&shop, &meal).await[1].1, 0);
    // Thirty at once for ten portions.
    let replies =
        join_all((0..30).map(|_| enter(&shop, with(sale(&meal, 1), "date", "2026-11-26")).send())).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 10);
    assert!(replies.iter().all(|reply| reply.status == 201 || reply.status == 409));
    for (member, day, expected) in [
        ("date", "2026-11-28", "/date closed-day"),
        ("date", "2026-11-23", "/date wrong-day"),
        ("date", "2027-11-23", "/date wrong-day"),
        ("sold_on", "2026-11-25", "/sold_on wrong-day"),
        ("sold_on", "2026-10-23", "/sold_on wrong-day"),
    ] {
        let refused = enter(&shop, with(sale(&meal, 1), member, day)).send().await;
        let problem = refused.expect_problem(422, "invalid");
        let fault = &list(&problem["errors"])[0];
        assert_eq!(format!("{} {}", text(&fault["pointer"]), text(&fault["code"])), expected);
    }
}

async fn a_sale_entered_late_counts_on_its_day(app: TestApp) {
    let shop = app.vendor("Toko Pembukuan").await;
    let opak = shop.product("Opak").price(20_000).stock(10).create().await;
    let meal = meal(&shop).await;
    enter(&shop, with(sale(&opak, 2), "sold_on", "2026-11-20")).send().await.expect(201);
    // A day that is over, and of rest at that: turnover, but no portions.
    enter(&shop, with(sale(&meal, 30), "sold_on", "2026-11-22")).send().await.expect(201);
    enter(&shop, sale(&opak, 1)).send().await.expect(201);
    assert_eq!((stock(&shop, &opak).await, taken(&shop, &meal).await), ((7, 0), Vec::new()));
    let between = async |from: &str, to: &str| {
        let path = shop.path(&format!("/turnover?from={from}T17:00:00Z&to={to}T17:00:00Z"));
        shop.owner.get(&path).send().await.expect(200).json()["total"].clone()
    };
    assert_eq!(between("2026-11-19", "2026-11-20").await, 40_000);
    assert_eq!(between("2026-11-21", "2026-11-22").await, 750_000);
    assert_eq!(between("2026-11-23", "2026-11-24").await, 20_000);
}

async fn a_bundle_sold_by_hand_takes_its_parts(app: TestApp) {
    let shop = app.vendor("Toko Parsel").await;
    let chips = shop.product("Keripik").stock(9).create().await;
    let parts = json!([{"variant_id": chips.variant(), "quantity": 4}]);
    let variants = json!([{"price": 75_000, "parts": parts}]);
    let hamper = shop.product("Parsel").with("category", json!("parsel-hampers")).with("variants", variants);
    let hamper = hamper.create().await;
    let entered = enter(&shop, sale(&hamper, 2)).send().await.expect(201).json();
    assert_eq!((&entered["total"], stock(&shop, &chips).await), (&json!(150_000), (1, 0)));
    let refused = enter(&shop, sale(&hamper, 1)).send().await.expect_problem(409, "out-of-stock");
    assert_eq!(refused["variants"], json!([hamper.variant()]));
    let path = shop.path(&format!("/manual-orders/{}/void", text(&entered["id"])));
    shop.owner.post(&path).json(json!({})).send().await.expect(200);
    assert_eq!((stock(&shop, &chips).await, stock(&shop, &hamper).await), ((9, 0), (0, 0)));
}

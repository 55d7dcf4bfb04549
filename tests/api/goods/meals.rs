//! Portions of a day: plans, days, cut-offs, and that never more is promised than is made.

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{cart_with, faults, own, page, seen};
use crate::support::shop::{Product, Purchase, Shop, address, list, text};
use crate::support::{Person, Reply, Request, TestApp, both};

both![
    fifty_portions_refuse_the_fifty_first,
    portions_come_back,
    a_late_payment_takes_portions_again_or_goes_back,
    days_windows_and_districts_are_checked,
    sold_out_today_is_one_tap,
    days_differ_from_the_plan,
    the_page_shows_the_next_free_days,
    a_full_day_is_quoted_as_full,
    what_is_made_for_a_day_is_paid_in_time,
    only_what_is_made_is_in_stock,
];

/// The test's clock stands on Tuesday, 24 November 2026, ten in the morning in Jakarta.
pub(super) const WEDNESDAY: &str = "2026-11-25";

pub(super) async fn caterer(app: &TestApp, portions: i64) -> (Shop, Product) {
    let shop = app.vendor("Katering Bu Ani").await;
    let meal = shop
        .product("Nasi kotak ayam bakar")
        .with("category", json!("nasi-kotak"))
        .price(25_000)
        .create()
        .await;
    let plan = json!({"weekdays": [portions, portions, portions, portions, portions, 0, 0]});
    put_plan(&shop, &meal, plan).await.expect(200);
    (shop, meal)
}

pub(super) async fn put_plan(shop: &Shop, meal: &Product, plan: Value) -> Reply {
    let version = seen(shop, meal).await;
    shop.owner.put(&format!("{}/meal-plan", own(shop, meal))).if_match(&version).json(plan).send().await
}

pub(super) async fn put_day(shop: &Shop, meal: &Product, day: Value) -> Reply {
    shop.owner.put(&format!("{}/meal-days", own(shop, meal))).json(day).send().await
}

/// What is said about one day in the plan of the shop.
pub(super) async fn day(shop: &Shop, meal: &Product, date: &str) -> Value {
    let plan = shop.owner.get(&format!("{}/meal-plan", own(shop, meal))).send().await.expect(200).json();
    list(&plan["days"]).iter().find(|day| day["date"] == date).cloned().unwrap_or(Value::Null)
}

async fn taken(shop: &Shop, meal: &Product) -> i64 {
    day(shop, meal, WEDNESDAY).await["taken"].as_i64().unwrap()
}

/// The body of a checkout that is brought (or fetched) on a day, not yet quoted.
pub(super) async fn body(
    buyer: &Person,
    (shop, meal): (&Shop, &Product),
    quantity: i64,
    delivery: Value,
) -> Value {
    let (cart, reply) = cart_with(buyer, meal, json!({"quantity": quantity})).await;
    reply.expect(200);
    let mut wish = json!({"vendor_id": shop.id, "method": "pickup"});
    for (name, value) in delivery.as_object().unwrap() {
        wish[name] = value.clone();
    }
    json!({"cart_id": cart, "shipping_address": address(), "deliveries": [wish]})
}

pub(super) fn order(mut body: Value, total: i64, method: &str) -> Value {
    body["expected_total"] = total.into();
    body["payment_method"] = method.into();
    body
}

pub(super) async fn place(buyer: &Person, at: (&Shop, &Product), quantity: i64, method: &str) -> Reply {
    place_for(buyer, at, quantity, (method, WEDNESDAY)).await
}

async fn place_for(
    buyer: &Person,
    at: (&Shop, &Product),
    quantity: i64,
    (method, date): (&str, &str),
) -> Reply {
    let body = body(buyer, at, quantity, json!({"date": date})).await;
    let key = format!("kunci-porsi-{}-{quantity}-{method}", text(&body["cart_id"]));
    buyer.post("/v1/checkouts").key(&key).json(order(body, 25_000 * quantity, method)).send().await
}

async fn fifty_portions_refuse_the_fifty_first(app: TestApp) {
    let (shop, meal) = caterer(&app, 50).await;
    let mut buyers = Vec::new();
    for _ in 0..100 {
        let buyer = app.buyer("pembeli").await;
        buyer.token().await;
        buyers.push(buyer);
    }
    let server = app.serve().await;
    let mut requests = Vec::new();
    for buyer in &buyers {
        let body = body(buyer, (&shop, &meal), 1, json!({"date": WEDNESDAY})).await;
        let request = server.post("/v1/checkouts").by(buyer).key("kunci-porsi-seratus");
        requests.push(request.json(order(body, 25_000, "sandbox")));
    }
    let replies: Vec<Reply> = join_all(requests.into_iter().map(Request::send)).await;
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(won, 50);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        let refused = reply.clone().expect_problem(409, "out-of-stock");
        assert_eq!(refused["variants"], json!([meal.variant()]));
    }
    assert_eq!(taken(&shop, &meal).await, 50);
    // Another day is another pot.
    let body = body(&buyers[0], (&shop, &meal), 1, json!({"date": "2026-11-26"})).await;
    let other = buyers[0].post("/v1/checkouts").key("kunci-porsi-kamis").json(order(body, 25_000, "sandbox"));
    other.send().await.expect(201);
    // Nobody pays: everything comes back.
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    assert_eq!(taken(&shop, &meal).await, 0);
}

async fn portions_come_back(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let ani = app.buyer("Ani").await;
    let purchase: Purchase = place(&ani, (&shop, &meal), 6, "sandbox").await.into();
    place(&ani, (&shop, &meal), 5, "sandbox").await.expect_problem(409, "out-of-stock");
    ani.settle(&purchase).await.expect(200);
    assert_eq!(taken(&shop, &meal).await, 6);
    ani.moves(&purchase.orders[0], "cancel").await.expect(200);
    assert_eq!(taken(&shop, &meal).await, 0);
    let cash: Purchase = place(&ani, (&shop, &meal), 10, "cod").await.into();
    assert_eq!(taken(&shop, &meal).await, 10);
    shop.moves(&cash.orders[0], "decline").await.expect(200);
    assert_eq!(taken(&shop, &meal).await, 0);
    let sold: Purchase = place(&ani, (&shop, &meal), 4, "cod").await.into();
    for act in ["accept", "ship", "deliver"] {
        shop.moves(&sold.orders[0], act).await.expect(200);
    }
    ani.moves(&sold.orders[0], "receive").await.expect(200);
    assert_eq!(taken(&shop, &meal).await, 4);
    assert_eq!(app.stock(meal.variant()).await, (10, 0));
}

async fn a_late_payment_takes_portions_again_or_goes_back(app: TestApp) {
    const FRIDAY: &str = "2026-11-27";
    let (shop, meal) = caterer(&app, 10).await;
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let finance = app.finance().await;
    let order = async |buyer: &Person, portions: i64, date: &str| -> Purchase {
        place_for(buyer, (&shop, &meal), portions, ("manual_transfer", date)).await.into()
    };
    let late = order(&ani, 6, FRIDAY).await;
    let later = order(&budi, 4, FRIDAY).await;
    let over = order(&budi, 1, WEDNESDAY).await;
    // Wednesday has come, and Friday is still to come: the portions are given back in between.
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    put_day(&shop, &meal, json!({"date": FRIDAY, "capacity": 7})).await.expect(200);
    let confirm = async |purchase: &Purchase| {
        let path = format!("/v1/admin/payments/{}/confirm", purchase.payment_id);
        let request = finance.post(&path).key(&format!("kunci-{}", purchase.payment_id)).json(json!({}));
        text(&request.send().await.expect(200).json()["status"])
    };
    let friday = async || day(&shop, &meal, FRIDAY).await["taken"].as_i64().unwrap();
    assert_eq!(friday().await, 0);
    assert_eq!(confirm(&late).await, "paid");
    assert_eq!(friday().await, 6);
    assert_eq!(confirm(&later).await, "refund_pending");
    assert_eq!(friday().await, 6);
    // Nobody cooks for a day that is over.
    assert_eq!(confirm(&over).await, "refund_pending");
    assert_eq!(taken(&shop, &meal).await, 0);
}

async fn days_windows_and_districts_are_checked(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let plan = json!({"weekdays": [10, 10, 10, 10, 10, 0, 0], "cutoff_days": 1, "cutoff_time": "15:00",
        "windows": ["07:00-09:00", "10:00-12:00"], "districts": ["32.16.08"]});
    put_plan(&shop, &meal, plan).await.expect(200);
    let ani = app.buyer("Ani").await;
    let ask = async |delivery: Value| {
        let body = body(&ani, (&shop, &meal), 1, delivery).await;
        ani.post("/v1/checkouts/quote").json(body).send().await
    };
    let refused = async |delivery: Value| faults(&ask(delivery).await.expect_problem(422, "invalid"));
    assert_eq!(refused(json!({"window": "10:00-12:00"})).await, ["/deliveries/0/date required"]);
    let good = json!({"date": WEDNESDAY, "window": "10.00-12.00"});
    ask(good.clone()).await.expect(200);
    for (delivery, expected) in [
        (json!({"date": WEDNESDAY}), "/deliveries/0/window unknown-window"),
        (json!({"date": WEDNESDAY, "window": "12:00-13:00"}), "/deliveries/0/window unknown-window"),
        (json!({"date": "2026-11-24", "window": "10:00-12:00"}), "/deliveries/0/date too-late"),
        (json!({"date": "2026-11-28", "window": "10:00-12:00"}), "/deliveries/0/date closed-day"),
        (json!({"date": "2027-11-24", "window": "10:00-12:00"}), "/deliveries/0/date too-far"),
    ] {
        assert_eq!(refused(delivery).await, [expected]);
    }
    // It is not brought to 32.16.09, but can be fetched from there.
    let brought = json!({"method": "own_courier", "date": WEDNESDAY, "window": "10:00-12:00"});
    assert_eq!(refused(brought).await, ["/shipping_address/district_code out-of-area"]);
    app.advance(Duration::hours(5));
    assert_eq!(refused(good).await, ["/deliveries/0/date too-late"]);
    let wrong = json!({"weekdays": [1, 2], "windows": ["malam"], "cutoff_hours": 1, "cutoff_days": 1});
    let faulty = faults(&put_plan(&shop, &meal, wrong).await.expect_problem(422, "invalid"));
    assert_eq!(faulty, ["/weekdays seven-days", "/windows wrong-window", "/cutoff_hours one-cut-off"]);
    let path = format!("{}/meal-plan", own(&shop, &meal));
    let stale =
        shop.owner.put(&path).header("if-match", "\"1\"").json(json!({"weekdays": [0, 0, 0, 0, 0, 0, 0]}));
    stale.send().await.expect_problem(412, "stale");
}

async fn sold_out_today_is_one_tap(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let plan =
        json!({"weekdays": [10, 10, 10, 10, 10, 10, 10], "windows": ["15:00-17:00"], "cutoff_hours": 2});
    put_plan(&shop, &meal, plan).await.expect(200);
    let ani = app.buyer("Ani").await;
    let today = json!({"date": "2026-11-24", "window": "15:00-17:00"});
    let tap = format!("{}/sold-out-today", own(&shop, &meal));
    let said = shop.owner.put(&tap).send().await.expect(200).json();
    assert_eq!(said, json!({"date": "2026-11-24", "sold_out": true}));
    let buy = async |key: &str| {
        let body = body(&ani, (&shop, &meal), 1, today.clone()).await;
        ani.post("/v1/checkouts").key(key).json(order(body, 25_000, "sandbox")).send().await
    };
    buy("kunci-habis-1").await.expect_problem(409, "out-of-stock");
    assert_eq!(page(&app, &meal).await["meal"]["next_dates"][0]["date"], WEDNESDAY);
    shop.owner.delete(&tap).send().await.expect(200);
    buy("kunci-habis-2").await.expect(201);
    assert_eq!(page(&app, &meal).await["meal"]["next_dates"][0], json!({"date": "2026-11-24", "left": 9}));
    let counted = shop.product("Kerupuk").create().await;
    let path = format!("{}/sold-out-today", own(&shop, &counted));
    shop.owner.put(&path).send().await.expect_problem(409, "no-meal-plan");
}

async fn days_differ_from_the_plan(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let ani = app.buyer("Ani").await;
    let _: Purchase = place(&ani, (&shop, &meal), 8, "sandbox").await.into();
    put_day(&shop, &meal, json!({"date": WEDNESDAY, "capacity": 7}))
        .await
        .expect_problem(409, "portions-taken");
    put_day(&shop, &meal, json!({"date": WEDNESDAY, "closed": true})).await.expect(200);
    let refused = place(&ani, (&shop, &meal), 1, "sandbox").await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/deliveries/0/date closed-day"]);
    put_day(&shop, &meal, json!({"date": WEDNESDAY, "capacity": 12})).await.expect(200);
    place(&ani, (&shop, &meal), 4, "sandbox").await.expect(201);
    // The new plan holds for days about which nothing was said, and never below what is ordered.
    let _: Reply = put_day(&shop, &meal, json!({"date": "2026-11-26", "capacity": null})).await.expect(200);
    put_plan(&shop, &meal, json!({"weekdays": [3, 3, 3, 3, 3, 3, 3]})).await.expect(200);
    assert_eq!(day(&shop, &meal, WEDNESDAY).await["capacity"], 12);
    assert_eq!(day(&shop, &meal, "2026-11-26").await["capacity"], 3);
    put_day(&shop, &meal, json!({"date": "2026-11-28", "capacity": 40})).await.expect(200);
    put_day(&shop, &meal, json!({"date": "2020-01-01"})).await.expect_problem(422, "invalid");
    let other = app.vendor("Tetangga").await;
    put_day(&other, &meal, json!({"date": WEDNESDAY})).await.expect_problem(404, "not-found");
}

async fn the_page_shows_the_next_free_days(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let shown = async || app.get(&format!("/v1/products/{}", meal.slug)).send().await.expect(200);
    let first = shown().await;
    let meal_of = first.json()["meal"].clone();
    assert_eq!(meal_of["next_dates"][0], json!({"date": WEDNESDAY, "left": 10}));
    assert_eq!(list(&meal_of["next_dates"]).len(), 7);
    let ani = app.buyer("Ani").await;
    let _: Purchase = place(&ani, (&shop, &meal), 10, "sandbox").await.into();
    for number in 1..20 {
        let date = format!("2026-12-{number:02}");
        put_day(&shop, &meal, json!({"date": date, "closed": true})).await.expect(200);
    }
    let later = shown().await;
    let dates: Vec<String> =
        list(&later.json()["meal"]["next_dates"]).iter().map(|day| text(&day["date"])).collect();
    assert_eq!(dates[..3], ["2026-11-26", "2026-11-27", "2026-11-30"]);
    assert_eq!(dates[3], "2026-12-21");
    assert_eq!(first.statements, later.statements);
    assert!(later.statements <= 5, "{}", later.statements);
    let plain = shop.product("Kerupuk").create().await;
    assert_eq!(page(&app, &plain).await["meal"], Value::Null);
}

async fn a_full_day_is_quoted_as_full(app: TestApp) {
    let (shop, meal) = caterer(&app, 3).await;
    let ani = app.buyer("Ani").await;
    let ask = async |portions: i64| {
        let body = body(&ani, (&shop, &meal), portions, json!({"date": WEDNESDAY})).await;
        ani.post("/v1/checkouts/quote").json(body).send().await
    };
    ask(3).await.expect(200);
    ask(4).await.expect_problem(409, "out-of-stock");
    let _: Purchase = place(&ani, (&shop, &meal), 2, "sandbox").await.into();
    ask(1).await.expect(200);
    let refused = ask(2).await.expect_problem(409, "out-of-stock");
    assert_eq!(refused["variants"], json!([meal.variant()]));
}

/// The day begins at midnight, fourteen hours from now: earlier than the time to pay, and than the time to accept.
async fn what_is_made_for_a_day_is_paid_in_time(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let ani = app.buyer("Ani").await;
    let unpaid: Purchase = place(&ani, (&shop, &meal), 2, "sandbox").await.into();
    assert_eq!(unpaid.answer["payment"]["expires_at"], "2026-11-24T17:00:00Z");
    let cash: Purchase = place(&ani, (&shop, &meal), 3, "cod").await.into();
    let accepted: Purchase = place(&ani, (&shop, &meal), 1, "cod").await.into();
    shop.moves(&accepted.orders[0], "accept").await.expect(200);
    app.advance(Duration::hours(14));
    app.run_jobs().await;
    for purchase in [&unpaid, &cash] {
        assert_eq!(ani.order_status(&purchase.orders[0]).await, "expired");
    }
    assert_eq!(ani.order_status(&accepted.orders[0]).await, "accepted");
    assert_eq!(taken(&shop, &meal).await, 1);
}

async fn only_what_is_made_is_in_stock(app: TestApp) {
    let shop = app.vendor("Katering Baru").await;
    let meal = shop.product("Tumpeng mini").with("category", json!("nasi-kotak"));
    let meal = meal.with("stock_mode", json!("daily")).create().await;
    let shown = async || {
        app.sync_search().await;
        let row = app.get(&format!("/v1/products?vendor={}", shop.id)).send().await.expect(200);
        assert!(row.statements <= 2);
        let found = app.get("/v1/search?q=tumpeng&in_stock=true").send().await.expect(200).json();
        (row.json()["items"][0]["in_stock"].as_bool().unwrap(), list(&found["items"]).len())
    };
    assert_eq!(shown().await, (false, 0));
    put_plan(&shop, &meal, json!({"weekdays": [0, 0, 0, 0, 0, 0, 0]})).await.expect(200);
    assert_eq!(shown().await, (false, 0));
    put_day(&shop, &meal, json!({"date": WEDNESDAY, "capacity": 3})).await.expect(200);
    assert_eq!(shown().await, (true, 1));
    put_day(&shop, &meal, json!({"date": WEDNESDAY, "closed": true})).await.expect(200);
    assert_eq!(shown().await, (false, 0));
    put_plan(&shop, &meal, json!({"weekdays": [5, 0, 0, 0, 0, 0, 0]})).await.expect(200);
    assert_eq!(shown().await, (true, 1));
}

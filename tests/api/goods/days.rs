//! Days and plans that change while orders run, and what becomes of portions that were ordered before.

use axum::http::Method;
use chrono::Duration;
use futures_util::future::join_all;
use serde_json::json;

use super::meals::{WEDNESDAY, body, caterer, day, order, place, put_day, put_plan};
use super::{faults, own, seen};
use crate::support::shop::Purchase;
use crate::support::{Reply, Request, TestApp, both};

both![a_plan_changes_while_orders_run, days_change_while_orders_run, fewer_are_made_than_were_ordered,];

/// Buyers open days while the shop wants to make fewer: every day ends with the new plan, or with what was ordered before.
async fn a_plan_changes_while_orders_run(app: TestApp) {
    let (shop, meal) = caterer(&app, 50).await;
    let mut buyers = Vec::new();
    for _ in 0..10 {
        let buyer = app.buyer("pembeli").await;
        buyer.token().await;
        buyers.push(buyer);
    }
    let server = app.serve().await;
    for (round, portions) in [(0, 3), (1, 0), (2, 20), (3, 4)] {
        let ahead = [0, 1, 2, 5, 6, 7, 8, 9, 12, 13].map(|ahead| ahead + 14 * round);
        let dates = ahead.map(|ahead| later(WEDNESDAY, ahead));
        let mut requests = Vec::new();
        for (buyer, date) in buyers.iter().zip(&dates) {
            let body = body(buyer, (&shop, &meal), 5, json!({"date": date})).await;
            let request = server.post("/v1/checkouts").by(buyer).key(&format!("kunci-jadwal-{round}"));
            requests.push(request.json(order(body, 125_000, "sandbox")));
        }
        let version = seen(&shop, &meal).await;
        let plan = json!({"weekdays": [portions, portions, portions, portions, portions, 0, 0]});
        let plan = server
            .request(Method::PUT, &format!("{}/meal-plan", own(&shop, &meal)))
            .by(&shop.owner)
            .if_match(&version)
            .json(plan);
        requests.insert(5, plan);
        let replies: Vec<Reply> = join_all(requests.into_iter().map(Request::send)).await;
        assert!(replies.iter().all(|reply| [200, 201, 409, 422].contains(&reply.status.as_u16())));
        for date in &dates {
            let day = day(&shop, &meal, date).await;
            if day.is_null() {
                continue;
            }
            let taken = day["taken"].as_i64().unwrap();
            assert_eq!((&day["planned"], &day["capacity"]), (&json!(portions), &json!(portions.max(taken))));
        }
        let usual = json!({"weekdays": [50, 50, 50, 50, 50, 0, 0]});
        put_plan(&shop, &meal, usual).await.expect(200);
    }
}

fn later(date: &str, days: i64) -> String {
    let date: chrono::NaiveDate = date.parse().unwrap();
    (date + Duration::days(days)).to_string()
}

/// Fifty checkouts for today while the shop taps and corrects: nothing waits for what waits for it.
async fn days_change_while_orders_run(app: TestApp) {
    let (shop, meal) = caterer(&app, 10).await;
    let plan =
        json!({"weekdays": [30, 30, 30, 30, 30, 30, 30], "windows": ["15:00-17:00"], "cutoff_hours": 2});
    put_plan(&shop, &meal, plan).await.expect(200);
    let server = app.serve().await;
    let today = json!({"date": "2026-11-24", "window": "15:00-17:00"});
    let mut requests = Vec::new();
    for turn in 0..50 {
        let buyer = app.buyer("pembeli").await;
        let body = body(&buyer, (&shop, &meal), 1, today.clone()).await;
        let request = server.post("/v1/checkouts").by(&buyer).key("kunci-hari-ini");
        requests.push(request.json(order(body, 25_000, "sandbox")));
        if turn % 5 == 0 {
            let tap = format!("{}/sold-out-today", own(&shop, &meal));
            let tap = if turn % 2 == 0 {
                server.request(Method::PUT, &tap)
            } else {
                server.request(Method::DELETE, &tap)
            };
            requests.push(tap.by(&shop.owner));
            let day = json!({"date": "2026-11-24", "capacity": 50 + turn});
            let path = format!("{}/meal-days", own(&shop, &meal));
            requests.push(server.request(Method::PUT, &path).by(&shop.owner).json(day));
        }
    }
    let replies: Vec<Reply> = join_all(requests.into_iter().map(Request::send)).await;
    let sold = replies.iter().filter(|reply| reply.status == 201).count();
    for reply in replies {
        assert!([200, 201, 409].contains(&reply.status.as_u16()), "{}", reply.status);
    }
    let day = day(&shop, &meal, "2026-11-24").await;
    assert_eq!(day["taken"].as_i64(), i64::try_from(sold).ok());
}

async fn fewer_are_made_than_were_ordered(app: TestApp) {
    let (shop, meal) = caterer(&app, 50).await;
    let ani = app.buyer("Ani").await;
    let _: Purchase = place(&ani, (&shop, &meal), 25, "sandbox").await.into();
    let five: Purchase = place(&ani, (&shop, &meal), 5, "sandbox").await.into();
    let rest: Purchase = place(&ani, (&shop, &meal), 8, "sandbox").await.into();
    put_plan(&shop, &meal, json!({"weekdays": [20, 20, 20, 20, 20, 0, 0]})).await.expect(200);
    let figures = async || {
        let day = day(&shop, &meal, WEDNESDAY).await;
        ["planned", "capacity", "taken"].map(|name| day[name].as_i64().unwrap())
    };
    assert_eq!(figures().await, [20, 38, 38]);
    ani.moves(&five.orders[0], "cancel").await.expect(200);
    // What was called off is not for sale again.
    assert_eq!(figures().await, [20, 33, 33]);
    place(&ani, (&shop, &meal), 1, "sandbox").await.expect_problem(409, "out-of-stock");
    // Closing the day leaves the orders, and the figures, as they are.
    put_day(&shop, &meal, json!({"date": WEDNESDAY, "closed": true})).await.expect(200);
    assert_eq!(figures().await, [20, 33, 33]);
    put_day(&shop, &meal, json!({"date": WEDNESDAY})).await.expect(200);
    put_plan(&shop, &meal, json!({"weekdays": [0, 0, 0, 0, 0, 0, 0]})).await.expect(200);
    ani.moves(&rest.orders[0], "cancel").await.expect(200);
    assert_eq!(figures().await, [0, 25, 25]);
    let refused = place(&ani, (&shop, &meal), 1, "sandbox").await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/deliveries/0/date closed-day"]);
    put_plan(&shop, &meal, json!({"weekdays": [30, 30, 30, 30, 30, 0, 0]})).await.expect(200);
    assert_eq!(figures().await, [30, 30, 25]);
}

//! People and the clock at the same moment: one legal end.

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::json;

use super::{accepted, paid, seen};
use crate::support::shop::list;
use crate::support::{TestApp, both};

both![accepting_declining_cancelling_and_the_clock, cancelling_and_sending];

async fn accepting_declining_cancelling_and_the_clock(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(50).create().await;
    let mut orders = Vec::new();
    for _ in 0..8 {
        orders.push(paid(&buyer, &cloth, 1).await.1);
    }
    app.run_jobs().await;
    app.advance(Duration::days(3));
    let server = app.serve().await;
    let mut requests = Vec::new();
    for order in &orders {
        for act in ["accept", "decline"] {
            let path = shop.path(&format!("/orders/{order}/{act}"));
            requests.push(server.post(&path).by(&shop.owner).json(json!({})).send());
        }
        let path = format!("/v1/orders/{order}/cancel");
        requests.push(server.post(&path).by(&buyer).json(json!({})).send());
    }
    let other = app.another_instance().await;
    let (replies, (), ()) = tokio::join!(join_all(requests), app.run_jobs(), other.run_jobs());
    for reply in &replies {
        assert!([200, 409, 503].contains(&reply.status.as_u16()), "{}", reply.text());
    }
    app.run_jobs().await;
    let mut alive = 0;
    for order in &orders {
        let read = seen(&buyer, order).await;
        let path: Vec<_> = list(&read["events"]).iter().map(|event| event["to"].clone()).collect();
        // Accepting may still be followed by calling off; every other end is the only one.
        let legal = [
            json!(["paid", "accepted"]),
            json!(["paid", "declined"]),
            json!(["paid", "cancelled"]),
            json!(["paid", "accepted", "cancelled"]),
        ];
        assert!(legal.contains(&json!(path)), "{path:?}");
        alive += i32::from(read["status"] == "accepted");
    }
    assert_eq!(app.stock(cloth.variant()).await, (50 - alive, 0));
    other.close().await;
}

async fn cancelling_and_sending(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(50).create().await;
    let mut orders = Vec::new();
    for _ in 0..8 {
        let order = accepted(&shop, &buyer, &cloth, 2).await;
        let line = super::first_line(&buyer, &order).await;
        orders.push((order, line));
    }
    let server = app.serve().await;
    let mut requests = Vec::new();
    for (order, line) in &orders {
        let path = shop.path(&format!("/orders/{order}/shipments"));
        let body = json!({"lines": [{"line_id": line, "quantity": 1}]});
        requests.push(server.post(&path).by(&shop.owner).json(body).send());
        let path = format!("/v1/orders/{order}/cancel");
        requests.push(server.post(&path).by(&buyer).json(json!({})).send());
        let path = shop.path(&format!("/orders/{order}/cancel"));
        requests.push(server.post(&path).by(&shop.owner).json(json!({})).send());
    }
    join_all(requests).await;
    let mut sold = 0;
    for (order, _) in &orders {
        let read = seen(&buyer, order).await;
        let parcels = list(&read["shipments"]).len();
        match read["status"].as_str() {
            Some("accepted") => {
                assert_eq!(parcels, 1);
                sold += 2;
            }
            Some("cancelled") => assert_eq!(parcels, 0),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(app.stock(cloth.variant()).await, (50 - sold, 0));
}

//! Everything at once: only legal ends, and never paid and called off without the money going back.
//!
//! How many purchases there are is set by `LAPAK_TEST_RACES`, 100 if it is not; `tests/heavy/races.sh` takes 500.

use std::time::Duration as Real;

use chrono::Duration;
use futures_util::future::join_all;
use lapak::checkout::jobs::reconcile;

use crate::support::gateway::FakeGateway;
use crate::support::run::RUN;
use crate::support::{Person, Product, Purchase, TestApp, both};

both![paying_cancelling_and_expiring_at_once];

/// Purchases that race at the same moment.
const AT_ONCE: usize = 50;

async fn paying_cancelling_and_expiring_at_once(app: TestApp) {
    let gateway = FakeGateway::start().await;
    let patient = app.another_instance_with(|config| {
        gateway.serve(config);
        // Who has to queue waits; nobody is sent away for that here.
        config.payments.gateway_timeout = Real::from_secs(30);
        config.database.acquire_timeout = Real::from_secs(120);
        config.server.request_timeout = Real::from_secs(150);
    });
    let app = patient.await;
    let shop = app.vendor("Toko Batik").await;
    let stock = i64::try_from(RUN.races).unwrap();
    let cloth = shop.product("Batik tulis").price(32_500).stock(stock).create().await;
    let other = app.another_instance().await;
    let all: Vec<usize> = (0..RUN.races).collect();
    for some in all.chunks(AT_ONCE) {
        gateway.forget();
        race(&app, &other, &gateway, (&cloth, some.len())).await;
    }
    other.close().await;
    app.close().await;
}

async fn race(app: &TestApp, other: &TestApp, gateway: &FakeGateway, (cloth, count): (&Product, usize)) {
    let buyer = app.buyer("ani").await;
    let mut purchases: Vec<Purchase> = Vec::new();
    for _ in 0..count {
        purchases.push(buyer.checkout().pay_by("qris").item(cloth, 1).send().await.into());
    }
    app.run_jobs().await;
    let references = gateway.references();
    assert_eq!(references.len(), purchases.len());
    for reference in &references {
        gateway.pay(reference);
    }
    // All expire from now on, while their money comes and their buyer calls them off.
    app.advance(Duration::hours(25));
    let server = app.serve().await;
    let webhooks = references.iter().flat_map(|reference| {
        let message = gateway.message(reference, "settlement").to_string();
        let send = |_| server.post("/v1/webhooks/midtrans").body("application/json", message.clone()).send();
        [0, 1].map(send)
    });
    let cancels = purchases.iter().map(|purchase| {
        let path = format!("/v1/orders/{}/cancel", purchase.orders[0]);
        server.post(&path).by(&buyer).json(serde_json::json!({})).send()
    });
    let (told, called_off, (), (), looked) = tokio::join!(
        join_all(webhooks.collect::<Vec<_>>()),
        join_all(cancels.collect::<Vec<_>>()),
        app.run_jobs(),
        other.run_jobs(),
        reconcile(app.clone_app()),
    );
    looked.unwrap();
    assert!(told.iter().all(|reply| reply.status == 200));
    assert!(called_off.iter().all(|reply| matches!(reply.status.as_u16(), 200 | 409)), "{called_off:?}");
    only_legal_ends(app, (&buyer, &purchases), (gateway, &references)).await;
}

async fn only_legal_ends(
    app: &TestApp,
    (buyer, purchases): (&Person, &[Purchase]),
    (gateway, references): (&FakeGateway, &[String]),
) {
    for _ in 0..3 {
        app.advance(Duration::minutes(30));
        app.run_jobs().await;
        reconcile(app.clone_app()).await.unwrap();
        app.run_jobs().await;
    }
    for purchase in purchases {
        let payment = buyer.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.json();
        let order = buyer.order_status(&purchase.orders[0]).await;
        let end = (order.as_str(), payment["status"].as_str().unwrap());
        assert!(matches!(end, ("paid", "paid") | ("cancelled" | "expired", "refunded")), "{end:?}");
    }
    // What the buyers paid is what is held for them and what went back, and nothing went back twice.
    let back: usize = references.iter().map(|reference| gateway.refunds(reference).len()).sum();
    let mut kept = 0;
    for purchase in purchases {
        kept += usize::from(buyer.order_status(&purchase.orders[0]).await == "paid");
    }
    assert_eq!(kept + back, purchases.len());
}

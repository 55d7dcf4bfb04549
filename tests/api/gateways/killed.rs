//! A process that dies in the middle of a call: what it was about is asked back by another one, and happens once.

use lapak::payments::entity::{charge, repayment};
use lapak::payments::service::{charges, repay};
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::task::JoinHandle;

use super::deal;
use crate::support::gateway::{FakeGateway, Mood};
use crate::support::{TestApp, both};

both![a_call_without_its_caller_happens_once];

/// Lets a call reach the gateway, and takes its caller away before there is an answer.
async fn kill_in(gateway: &FakeGateway, what: &str, call: JoinHandle<()>) {
    while gateway.calls(what) == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
}

async fn a_call_without_its_caller_happens_once(app: TestApp) {
    let deal = deal(&app, "qris").await;
    deal.gateway.moods(&[Mood::Silent]);
    let made = charge::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    let alone = deal.app.clone_app();
    let call = tokio::spawn(async move { charges::create(&alone, made.id).await.unwrap() });
    kill_in(&deal.gateway, "charge", call).await;
    // The job that was to do it finds it claimed; only after a while it is taken for lost.
    deal.app.run_jobs().await;
    assert_eq!(deal.payment().await["instructions"]["charge"], "creating");
    deal.later(3).await;
    assert_eq!(deal.payment().await["instructions"]["charge"], "open");
    assert_eq!((deal.gateway.references().len(), deal.gateway.calls("charge")), (1, 1));
    let reference = deal.pay().await;

    deal.gateway.moods(&[Mood::Silent]);
    deal.buyer.moves(&deal.purchase.orders[0], "cancel").await.expect(200);
    let due = repayment::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    let alone = deal.app.clone_app();
    let call = tokio::spawn(async move { repay::pay(&alone, due.id).await.unwrap() });
    kill_in(&deal.gateway, "refund", call).await;
    deal.app.run_jobs().await;
    assert_eq!(deal.status().await, "refund_pending");
    deal.later(3).await;
    let payment = deal.payment().await;
    assert_eq!((&payment["status"], &payment["refunded"]), (&json!("refunded"), &json!(65_000)));
    assert_eq!((deal.gateway.refunds(&reference).len(), deal.gateway.calls("refund")), (1, 1));
    deal.app.close().await;
}

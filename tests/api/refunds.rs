//! Money that comes too late, and money that goes back by hand.

use chrono::Duration;
use serde_json::json;

use crate::payments::trade;
use crate::support::{TestApp, both, text};

both![
    late_money_revives_the_purchase,
    late_money_goes_back_when_the_goods_are_gone,
    a_transfer_is_refunded_by_finance,
];

async fn late_money_revives_the_purchase(app: TestApp) {
    let trade = trade(&app, "sandbox").await;
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    assert_eq!(trade.buyer.order_status(trade.order()).await, "expired");
    assert_eq!(trade.stock().await, (2, 0));
    assert_eq!(trade.buyer.settle(&trade.purchase).await.expect(200).json()["status"], "paid");
    assert_eq!(trade.buyer.order_status(trade.order()).await, "paid");
    assert_eq!(trade.stock().await, (0, 0));
}

async fn late_money_goes_back_when_the_goods_are_gone(app: TestApp) {
    let (shop, ani, budi) = (app.vendor("Toko Batik").await, app.buyer("ani").await, app.buyer("budi").await);
    let cloth = shop.product("Batik tulis").stock(1).create().await;
    let late = ani.buy(&cloth).await;
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    let quick = budi.buy(&cloth).await;
    budi.settle(&quick).await.expect(200);
    assert_eq!(ani.settle(&late).await.expect(200).json()["status"], "refund_pending");
    app.run_jobs().await;
    let payment = ani.get(&format!("/v1/payments/{}", late.payment_id)).send().await.json();
    assert_eq!(payment["status"], "refunded");
    assert_eq!(ani.order_status(&late.orders[0]).await, "expired");
}

async fn a_transfer_is_refunded_by_finance(app: TestApp) {
    let trade = trade(&app, "manual_transfer").await;
    let finance = app.finance().await;
    let confirm = format!("/v1/admin/payments/{}/confirm", trade.purchase.payment_id);
    finance.post(&confirm).key("kunci-bayar-9").send().await.expect(200);
    trade.buyer.moves(trade.order(), "cancel").await.expect(200);
    app.run_jobs().await;
    assert_eq!(trade.payment().await["status"], "refund_pending");
    let refunds = finance.get("/v1/admin/refunds?status=pending").send().await.expect(200).json();
    let refund = format!("/v1/admin/refunds/{}/confirm", text(&refunds["items"][0]["id"]));
    for _ in 0..2 {
        let done = finance.post(&refund).key("kunci-kembali-1").send().await.expect(200).json();
        assert_eq!((&done["status"], &done["amount"]), (&json!("done"), &json!(300_000)));
    }
    assert_eq!(trade.payment().await["status"], "refunded");
}

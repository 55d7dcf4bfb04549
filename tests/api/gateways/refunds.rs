//! Money back: through the gateway once, whatever it answers; else to the account that the buyer gave.

use serde_json::json;

use super::{deal, deal_at, with_gateway};
use crate::support::gateway::Mood;
use crate::support::{TestApp, both, list, text};

both![a_refund_is_sent_once, a_refused_refund_goes_by_hand, what_cannot_go_back_goes_to_an_account];

async fn a_refund_is_sent_once(app: TestApp) {
    let (app, gateway) = with_gateway(&app).await;
    for mood in [Mood::Silent, Mood::Page, Mood::Deaf] {
        let deal = deal_at(&app, &gateway, "qris").await;
        let reference = deal.pay().await;
        deal.gateway.moods(&[mood]);
        deal.buyer.moves(&deal.purchase.orders[0], "cancel").await.expect(200);
        deal.app.run_jobs().await;
        assert_eq!(deal.status().await, "refund_pending", "{mood:?}");
        // Nobody sends it a second time by hand meanwhile.
        let finance = deal.app.finance().await;
        let refunds = finance.get("/v1/admin/refunds?status=pending").send().await.expect(200).json();
        let path = format!("/v1/admin/refunds/{}/confirm", text(&refunds["items"][0]["id"]));
        finance.post(&path).key("kunci-tangan").send().await.expect_problem(409, "refund-under-way");
        deal.gateway.mute(true);
        deal.later(5).await;
        deal.gateway.mute(false);
        deal.later(10).await;
        assert_eq!(deal.status().await, "refunded", "{mood:?}");
        let back = deal.gateway.refunds(&reference);
        assert_eq!((back.len(), back[0].1), (1, 65_000), "{mood:?}");
        assert_eq!(deal.gateway.calls("refund"), if mood == Mood::Deaf { 2 } else { 1 }, "{mood:?}");
        // The gateway's own message about it changes nothing.
        deal.app.webhook(&deal.gateway.message(&reference, "refund")).await.expect(200);
        deal.app.run_jobs().await;
        let payment = deal.payment().await;
        assert_eq!((&payment["status"], &payment["refunded"]), (&json!("refunded"), &json!(65_000)));
    }
    app.close().await;
}

async fn a_refused_refund_goes_by_hand(app: TestApp) {
    let deal = deal(&app, "qris").await;
    deal.pay().await;
    deal.gateway.moods(&[Mood::Refusing]);
    deal.buyer.moves(&deal.purchase.orders[0], "cancel").await.expect(200);
    deal.app.run_jobs().await;
    let finance = deal.app.finance().await;
    let waiting = finance.get("/v1/admin/repayments?status=due&way=hand").send().await.expect(200).json();
    assert_eq!(list(&waiting["items"]).len(), 1, "{waiting}");
    assert!(text(&waiting["items"][0]["error"]).contains("400"), "{waiting}");
    let path = format!("/v1/admin/refunds/{}/confirm", text(&waiting["items"][0]["refund_id"]));
    finance.post(&path).key("kunci-tangan").send().await.expect(200);
    assert_eq!(deal.status().await, "refunded");
    deal.later(30).await;
    assert_eq!(deal.gateway.calls("refund"), 1);
    deal.app.close().await;
}

async fn what_cannot_go_back_goes_to_an_account(app: TestApp) {
    let deal = deal(&app, "virtual_account").await;
    deal.pay().await;
    deal.buyer.moves(&deal.purchase.orders[0], "cancel").await.expect(200);
    deal.app.run_jobs().await;
    assert_eq!((deal.status().await.as_str(), deal.gateway.calls("refund")), ("refund_pending", 0));
    let finance = deal.app.finance().await;
    let refunds = finance.get("/v1/admin/refunds?status=pending").send().await.expect(200).json();
    let refund = text(&refunds["items"][0]["id"]);
    let reveal = format!("/v1/admin/refunds/{refund}/reveal-account");
    let why = json!({"reason": "mengirim pengembalian"});
    finance.post(&reveal).json(why.clone()).send().await.expect_problem(409, "no-refund-account");

    let account = format!("/v1/payments/{}/refund-account", deal.purchase.payment_id);
    let body = json!({"bank_code": "110", "number": "001234567890", "holder_name": "Ani Suryani"});
    let stranger = deal.app.buyer("budi").await;
    stranger.put(&account).json(body.clone()).send().await.expect_problem(404, "not-found");
    let bad = json!({"bank_code": "999", "number": "12", "holder_name": ""});
    assert_eq!(list(&deal.buyer.put(&account).json(bad).send().await.expect(422).json()["errors"]).len(), 3);
    deal.buyer.put(&account).json(body).send().await.expect(200);
    let shown = deal.buyer.get(&account).send().await.expect(200);
    assert!(!shown.text().contains("001234567890") && !shown.text().contains("Suryani"), "{}", shown.text());
    assert_eq!(finance.post(&reveal).json(why).send().await.expect(200).json()["number"], "001234567890");

    let path = format!("/v1/admin/refunds/{refund}/confirm");
    for key in ["kunci-kembali-1", "kunci-kembali-1", "kunci-kembali-2"] {
        assert_eq!(finance.post(&path).key(key).send().await.expect(200).json()["status"], "done");
    }
    assert_eq!(deal.payment().await["refunded"], 65_000);
    deal.app.close().await;
}

//! Messages of gateways: signed or nothing, once, never backwards, and only about the money that was asked for.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Deal, deal, deal_at, with_gateway};
use crate::support::gateway::signed;
use crate::support::{TestApp, both, list, text};

both![
    one_message_has_one_effect,
    lies_wait_for_a_person,
    what_is_not_signed_is_nothing,
    money_that_went_away_waits_for_a_person,
];

/// Why messages of the gateway wait, the oldest first.
async fn reasons(app: &TestApp) -> Vec<String> {
    let finance = app.finance().await;
    let path = "/v1/admin/provider-events?outcome=review";
    let waiting = finance.get(path).send().await.expect(200).json();
    list(&waiting["items"]).iter().map(|event| text(&event["reason"])).collect()
}

/// The gateway stands so, and says so.
async fn says(deal: &Deal, reference: &str, status: &str) {
    deal.gateway.stand(reference, status);
    deal.app.webhook(&deal.gateway.message(reference, status)).await.expect(200);
    deal.app.run_jobs().await;
}

/// A refund of ours that is echoed is no news; one that somebody else made is, and so is a chargeback.
async fn money_that_went_away_waits_for_a_person(app: TestApp) {
    let (app, gateway) = with_gateway(&app).await;
    let deal = deal_at(&app, &gateway, "qris").await;
    let reference = deal.pay().await;
    deal.buyer.moves(&deal.purchase.orders[0], "cancel").await.expect(200);
    deal.app.run_jobs().await;
    assert_eq!(deal.status().await, "refunded");
    for status in ["partial_refund", "refund"] {
        says(&deal, &reference, status).await;
    }
    assert!(reasons(&app).await.is_empty());

    let deal = deal_at(&app, &gateway, "qris").await;
    let reference = deal.pay().await;
    says(&deal, &reference, "refund").await;
    assert_eq!(reasons(&app).await, ["unknown-refund"]);
    for status in ["chargeback", "partial_chargeback"] {
        says(&deal, &reference, status).await;
    }
    assert_eq!(reasons(&app).await, ["unknown-refund", "charged-back", "charged-back"]);
    // The same again is nothing new, and what becomes of the purchase is for a person to say.
    says(&deal, &reference, "chargeback").await;
    assert_eq!((reasons(&app).await.len(), deal.status().await.as_str()), (3, "paid"));
    let finance = app.finance().await;
    let books = finance.get("/v1/admin/books").send().await.expect(200).json();
    let waits = list(&books["waiting"]).iter().find(|row| row["what"] == "provider_events_review").cloned();
    assert_eq!(waits.unwrap()["count"], 3);
    app.close().await;
}

/// A hundred times the same, shuffled among older and newer ones.
async fn one_message_has_one_effect(app: TestApp) {
    let deal = deal(&app, "qris").await;
    assert_eq!(deal.purchase.answer["payment"]["instructions"]["payload"], Value::Null);
    deal.app.run_jobs().await;
    let told = deal.payment().await["instructions"].clone();
    assert!(text(&told["payload"]).starts_with("000201"), "{told}");
    assert_eq!((&told["kind"], &told["charge"]), (&json!("qris"), &json!("open")));

    let reference = deal.reference();
    deal.gateway.pay(&reference);
    let settled = deal.gateway.message(&reference, "settlement");
    let others = ["pending", "expire", "deny"].map(|status| deal.gateway.message(&reference, status));
    let server = deal.app.serve().await;
    let send = |message: &Value| {
        server.post("/v1/webhooks/midtrans").body("application/json", message.to_string()).send()
    };
    let mut sending = Vec::new();
    for turn in 0..100 {
        sending.push(send(&settled));
        if turn % 10 == 0 {
            sending.push(send(&others[turn / 10 % 3]));
        }
    }
    for reply in join_all(sending).await {
        reply.expect(200);
    }
    // Two workers look at them.
    let other = deal.app.another_instance().await;
    tokio::join!(deal.app.run_jobs(), other.run_jobs());
    other.close().await;
    assert_eq!(deal.status().await, "paid");
    assert_eq!(deal.buyer.order_status(&deal.purchase.orders[0]).await, "paid");
    // Settlement, then pending: never backwards.
    deal.app.webhook(&deal.gateway.message(&reference, "pending")).await.expect(200);
    deal.app.run_jobs().await;
    assert_eq!(deal.status().await, "paid");
    let finance = deal.app.finance().await;
    let events = finance.get("/v1/admin/provider-events?limit=100").send().await.expect(200).json();
    assert_eq!(list(&events["items"]).len(), 4, "{events}");
    deal.app.close().await;
}

/// Signed lies: a fraction of the money, another currency, another purchase, money that the gateway does not confirm.
async fn lies_wait_for_a_person(app: TestApp) {
    let deal = deal(&app, "qris").await;
    deal.app.run_jobs().await;
    let reference = deal.reference();
    let honest = deal.gateway.message(&reference, "settlement");
    let lie = |name: &str, value: &str| {
        let mut message = honest.clone();
        message[name] = value.into();
        signed(message)
    };
    for (message, reason) in [
        (honest.clone(), "not-confirmed"),
        (lie("gross_amount", "64999.00"), "other-amount"),
        (lie("gross_amount", "65000.50"), "other-amount"),
        (lie("gross_amount", "0.00"), "other-amount"),
        (lie("currency", "USD"), "other-currency"),
        (lie("transaction_id", "t-of-somebody-else"), "other-transaction"),
        (lie("order_id", "01900000-0000-7000-8000-00000000dead"), "unknown-reference"),
        (lie("order_id", "'; DROP TABLE payments; --\u{0}"), "unknown-reference"),
    ] {
        deal.app.webhook(&message).await.expect(200);
        deal.app.run_jobs().await;
        let finance = deal.app.finance().await;
        let list_path = "/v1/admin/provider-events?outcome=review";
        let waiting = finance.get(list_path).send().await.expect(200).json();
        assert_eq!((list(&waiting["items"]).len(), &waiting["items"][0]["reason"]), (1, &json!(reason)));
        let path = format!("/v1/admin/provider-events/{}/resolve", text(&waiting["items"][0]["id"]));
        let resolve = || finance.post(&path).json(json!({"note": "sudah ditanyakan"}));
        assert_eq!(resolve().send().await.expect(200).json()["outcome"], "resolved");
        resolve().send().await.expect_problem(409, "event-resolved");
        assert_eq!(deal.status().await, "pending", "{reason}");
    }
    // The money really comes, and is found although its message was spent on a lie.
    deal.gateway.pay(&reference);
    deal.later(11).await;
    assert_eq!(deal.status().await, "paid");
    deal.app.close().await;
}

async fn what_is_not_signed_is_nothing(app: TestApp) {
    let deal = deal(&app, "virtual_account").await;
    deal.app.run_jobs().await;
    let told = deal.payment().await["instructions"].clone();
    assert_eq!((&told["bank"], &told["number"]), (&json!("bca"), &json!("8808123456789012")));
    let reference = deal.reference();
    deal.gateway.pay(&reference);
    let honest = deal.gateway.message(&reference, "settlement");
    let signature = text(&honest["signature_key"]);
    for wrong in ["", "0", &signature[1..], &format!("{signature}0"), &signature.replace('a', "b")] {
        let mut message = honest.clone();
        message["signature_key"] = wrong.into();
        deal.app.webhook(&message).await.expect_problem(401, "webhook-signature");
    }
    for body in ["", "{}", "[]", "<html>", "{\"signature_key\":1}"] {
        let request = deal.app.post("/v1/webhooks/midtrans").body("application/json", body.to_owned());
        request.send().await.expect_problem(401, "webhook-signature");
    }
    // The key of one gateway is nothing to another; where there is no key there is no door.
    let body = honest.to_string();
    deal.app.post("/v1/webhooks/sandbox").body("application/json", body.clone()).send().await.expect(401);
    deal.app.post("/v1/webhooks/xendit").body("application/json", body.clone()).send().await.expect(404);
    app.post("/v1/webhooks/midtrans").body("application/json", body).send().await.expect(404);
    deal.app.run_jobs().await;
    assert_eq!(deal.status().await, "pending");
    deal.app.webhook(&honest).await.expect(200);
    deal.app.run_jobs().await;
    assert_eq!(deal.status().await, "paid");
    deal.app.close().await;
}

//! Charges: made once whatever the gateway answers, tried again, changed, and counted once however late their money comes.

use lapak::payments::entity::account;
use serde_json::json;

use super::{deal, deal_at, with_gateway};
use crate::support::gateway::Mood;
use crate::support::{Person, TestApp, both, text};

both![
    a_charge_is_made_once,
    a_refused_charge_is_tried_again,
    money_of_an_old_charge_counts_once,
    money_that_comes_while_a_charge_is_called_off_counts_once,
    a_surplus_without_a_way_back_goes_by_hand,
    the_sandbox_serves_every_method,
    qris_has_a_limit,
];

/// Ten million rupiah in one payment, and no rupiah more; whether chosen at first or later.
async fn qris_has_a_limit(app: TestApp) {
    let shop = app.vendor("Toko Mebel").await;
    let most = shop.product("Meja").price(10_000_000).stock(2).create().await;
    let more = shop.product("Lemari").price(10_000_001).stock(2).create().await;
    app.buyer("ani").await.checkout().pay_by("qris").item(&most, 1).send().await.expect(201);
    let refused = app.buyer("budi").await.checkout().pay_by("qris").item(&more, 1).send().await;
    let refused = refused.expect_problem(422, "invalid");
    let fault = &refused["errors"][0];
    assert_eq!((&fault["code"], &fault["pointer"]), (&json!("qris-limit"), &json!("/payment_method")));
    let citra = app.buyer("citra").await;
    let purchase: crate::support::Purchase =
        citra.checkout().pay_by("virtual_account").item(&more, 1).send().await.into();
    let path = format!("/v1/payments/{}", purchase.payment_id);
    let change =
        citra.put(&format!("{path}/method")).key("kunci-qris").json(json!({"payment_method": "qris"}));
    let refused = change.send().await.expect_problem(422, "invalid");
    assert_eq!(refused["errors"][0]["code"], "qris-limit");
    // Nothing moved: it is paid as before.
    let payment = citra.get(&path).send().await.expect(200).json();
    assert_eq!((&payment["method"], &payment["status"]), (&json!("virtual_account"), &json!("pending")));
}

async fn a_charge_is_made_once(app: TestApp) {
    let (app, gateway) = with_gateway(&app).await;
    for mood in [Mood::Silent, Mood::Page, Mood::Deaf] {
        let deal = deal_at(&app, &gateway, "qris").await;
        deal.gateway.moods(&[mood]);
        deal.app.run_jobs().await;
        let told = deal.payment().await["instructions"].clone();
        assert_eq!((&told["charge"], &told["payload"]), (&json!("creating"), &json!(null)), "{mood:?}");
        // Asked back, and not even that is answered at first.
        deal.gateway.mute(true);
        deal.later(5).await;
        deal.gateway.mute(false);
        deal.later(10).await;
        let told = deal.payment().await["instructions"].clone();
        assert_eq!(told["charge"], json!("open"), "{mood:?}");
        assert_eq!(deal.gateway.references().len(), 1);
        assert_eq!(deal.gateway.calls("charge"), if mood == Mood::Deaf { 2 } else { 1 }, "{mood:?}");
        deal.pay().await;
    }
    app.close().await;
}

async fn a_refused_charge_is_tried_again(app: TestApp) {
    let deal = deal(&app, "virtual_account").await;
    deal.gateway.moods(&[Mood::Refusing, Mood::Lying]);
    deal.app.run_jobs().await;
    assert_eq!(deal.payment().await["instructions"]["charge"], "failed");
    let path = format!("/v1/payments/{}/retry", deal.purchase.payment_id);
    deal.buyer.post(&path).send().await.expect_problem(400, "key-required");
    let retry = |key: &str| deal.buyer.post(&path).key(key).send();
    let first = retry("kunci-ulang-1").await.expect(200);
    assert_eq!(retry("kunci-ulang-1").await.expect(200).body, first.body);
    deal.app.run_jobs().await;
    // It named another amount than was asked for: nobody is sent there.
    assert_eq!(deal.payment().await["instructions"]["charge"], "failed");
    retry("kunci-ulang-2").await.expect(200);
    deal.app.run_jobs().await;
    let told = deal.payment().await["instructions"].clone();
    assert_eq!((&told["charge"], &told["bank"]), (&json!("open"), &json!("bca")));
    let stranger = deal.app.buyer("budi").await;
    stranger.post(&path).key("kunci-orang").send().await.expect_problem(404, "not-found");
    // Another way, without a gateway: the charge is called off there.
    let open = deal.gateway.references().into_iter().filter(|one| deal.gateway.status_of(one) == "pending");
    let open: Vec<_> = open.collect();
    let method = format!("/v1/payments/{}/method", deal.purchase.payment_id);
    let change =
        |to: &str| deal.buyer.put(&method).key(&format!("kunci-{to}")).json(json!({"payment_method": to}));
    change("cod").send().await.expect_problem(409, "payment-method-mismatch");
    change("cash").send().await.expect_problem(409, "payment-method-mismatch");
    let refused = change("direct_to_vendor").send().await.expect_problem(422, "invalid");
    assert_eq!(refused["errors"][0]["code"], "not-offered");
    assert_eq!(change("manual_transfer").send().await.expect(200).json()["method"], "manual_transfer");
    deal.app.run_jobs().await;
    assert_eq!(deal.gateway.status_of(open.last().unwrap()), "cancel");
    assert!(text(&deal.payment().await["instructions"]["reference"]).starts_with("BYR"));
    retry("kunci-ulang-3").await.expect_problem(409, "payment-method-mismatch");
    let order = deal.buyer.get(&format!("/v1/orders/{}", deal.purchase.orders[0])).send().await.expect(200);
    assert_eq!(order.json()["status"], "awaiting_payment");
    deal.app.close().await;
}

async fn money_of_an_old_charge_counts_once(app: TestApp) {
    let deal = deal(&app, "qris").await;
    deal.app.run_jobs().await;
    let old = deal.reference();
    let retry = format!("/v1/payments/{}/retry", deal.purchase.payment_id);
    deal.buyer.post(&retry).key("kunci-ulang").send().await.expect(200);
    deal.app.run_jobs().await;
    assert_eq!(deal.gateway.status_of(&old), "cancel");
    let new = deal.gateway.references().into_iter().find(|one| *one != old).unwrap();
    // Both are paid: the old one counts, since it came first, and the other one goes back.
    for reference in [&old, &new] {
        deal.gateway.pay(reference);
        for _ in 0..2 {
            deal.app.webhook(&deal.gateway.message(reference, "settlement")).await.expect(200);
        }
        deal.app.run_jobs().await;
        assert_eq!(deal.status().await, "paid");
    }
    assert_eq!(deal.gateway.refunds(&old), []);
    let back = deal.gateway.refunds(&new);
    assert_eq!((back.len(), back[0].1), (1, 65_000));
    assert_eq!(app.balance(account::Kind::Unmatched, None).await, 0);
    let payment = deal.payment().await;
    assert_eq!((&payment["refunded"], &payment["instructions"]), (&json!(0), &json!(null)));
    deal.app.close().await;
}

async fn money_that_comes_while_a_charge_is_called_off_counts_once(app: TestApp) {
    let deal = deal(&app, "qris").await;
    deal.app.run_jobs().await;
    let old = deal.reference();
    // Paid, but nobody says so before the buyer asks for another code.
    deal.gateway.pay(&old);
    let retry = format!("/v1/payments/{}/retry", deal.purchase.payment_id);
    deal.buyer.post(&retry).key("kunci-ulang").send().await.expect(200);
    deal.app.run_jobs().await;
    let payment = deal.payment().await;
    assert_eq!((&payment["status"], &payment["instructions"]["charge"]), (&json!("pending"), &json!("open")));
    let new = deal.gateway.references().into_iter().find(|one| *one != old).unwrap();
    for minutes in [1, 30] {
        deal.later(minutes).await;
        assert_eq!(deal.status().await, "paid");
        // The new one is called off, and nothing came twice.
        assert_eq!(
            (deal.gateway.status_of(&old), deal.gateway.status_of(&new)),
            ("settlement".into(), "cancel".into())
        );
        assert_eq!(app.balance(account::Kind::Clearing, None).await, -65_000);
        assert_eq!(app.balance(account::Kind::Unmatched, None).await, 0);
    }
    assert_eq!(deal.gateway.calls("refund"), 0);
    deal.app.close().await;
}

/// The books name what nobody knows the owner of, in full.
async fn shown_in_the_books(finance: &Person, id: &str, amount: i64) {
    let books = finance.get("/v1/admin/books").send().await.expect(200).json();
    let open = &books["unmatched"][0];
    assert_eq!((&open["kind"], &open["id"]), (&json!("surplus"), &json!(id)));
    assert_eq!((&open["amount"], &books["unmatched_total"]), (&json!(amount), &json!(amount)));
}

async fn a_surplus_without_a_way_back_goes_by_hand(app: TestApp) {
    let deal = deal(&app, "virtual_account").await;
    deal.app.run_jobs().await;
    let retry = format!("/v1/payments/{}/retry", deal.purchase.payment_id);
    deal.buyer.post(&retry).key("kunci-ulang").send().await.expect(200);
    deal.app.run_jobs().await;
    for reference in deal.gateway.references() {
        deal.gateway.pay(&reference);
        deal.app.webhook(&deal.gateway.message(&reference, "settlement")).await.expect(200);
    }
    deal.app.run_jobs().await;
    assert_eq!(app.balance(account::Kind::Unmatched, None).await, 65_000);
    let finance = deal.app.finance().await;
    let due = finance.get("/v1/admin/repayments?status=due&way=hand").send().await.expect(200).json();
    let id = text(&due["items"][0]["id"]);
    shown_in_the_books(&finance, &id, 65_000).await;
    let path = |act: &str| format!("/v1/admin/repayments/{id}/{act}");
    let reveal = async || {
        let why = json!({"reason": "mengirim pengembalian"});
        finance.post(&path("reveal-account")).json(why).send().await
    };
    // The buyer says where it goes; finance reads that, and the audit trail holds who did and why.
    reveal().await.expect_problem(409, "no-refund-account");
    let account = format!("/v1/payments/{}/refund-account", deal.purchase.payment_id);
    let body = json!({"bank_code": "110", "number": "001234567890", "holder_name": "Ani Suryani"});
    deal.buyer.put(&account).json(body.clone()).send().await.expect(200);
    assert_eq!(reveal().await.expect(200).json(), body);
    let deeds = app.audited("repayment.account_revealed").await;
    assert_eq!(deeds.len(), 1, "a refused reading is none");
    assert!(!format!("{deeds:?}").contains("001234567890"), "{deeds:?}");
    let path = path("confirm");
    for key in ["kunci-kembali-1", "kunci-kembali-1", "kunci-kembali-2"] {
        assert_eq!(finance.post(&path).key(key).send().await.expect(200).json()["status"], "done");
    }
    let books = finance.get("/v1/admin/books").send().await.expect(200).json();
    assert_eq!((&books["unmatched"], &books["unmatched_total"]), (&json!([]), &json!(0)));
    assert_eq!(app.balance(account::Kind::Unmatched, None).await, 0);
    assert_eq!((deal.status().await.as_str(), deal.gateway.calls("refund")), ("paid", 0));
    deal.app.close().await;
}

/// On a desk without any gateway: the same way, settled by hand.
async fn the_sandbox_serves_every_method(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let cloth = shop.product("Batik tulis").price(32_500).stock(9).create().await;
    for method in ["qris", "virtual_account"] {
        let buyer = app.buyer("ani").await;
        let purchase: crate::support::Purchase =
            buyer.checkout().pay_by(method).item(&cloth, 1).send().await.into();
        for _ in 0..2 {
            assert_eq!(buyer.settle(&purchase).await.expect(200).json()["status"], "paid", "{method}");
        }
        app.run_jobs().await;
        buyer.moves(&purchase.orders[0], "cancel").await.expect(200);
        app.run_jobs().await;
        let payment = buyer.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.json();
        let end = if method == "qris" { "refunded" } else { "refund_pending" };
        assert_eq!(payment["status"], end, "{method}");
    }
}

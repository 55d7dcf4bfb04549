//! Payments: every way money comes and goes, and what the ledger says of it.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{Person, Purchase, Reply, Shop, TestApp, both, list, png, text};

both![
    a_settled_payment_is_settled_once,
    a_failed_payment_gives_everything_back,
    cancelling_one_order_refunds_its_part,
    a_declined_order_is_refunded,
    a_transfer_is_proved_and_confirmed,
    a_rejected_proof_can_be_sent_again,
    a_proof_is_a_picture_or_a_pdf,
    cash_is_collected_at_the_door,
    cash_orders_expire_unaccepted,
];

/// Two pieces for Rp 300.000, ordered and not yet paid.
pub struct Trade {
    pub shop: Shop,
    pub buyer: Person,
    pub purchase: Purchase,
}

pub async fn trade(app: &TestApp, method: &str) -> Trade {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(150_000).stock(2).create().await;
    let purchase: Purchase = buyer.checkout().pay_by(method).item(&cloth, 2).send().await.into();
    Trade { shop, buyer, purchase }
}

impl Trade {
    pub fn order(&self) -> &str {
        &self.purchase.orders[0]
    }

    async fn send_proof(&self, content: &[u8]) -> Reply {
        let path = format!("/v1/payments/{}/proof", self.purchase.payment_id);
        let request = self.buyer.post(&path);
        request.file("bukti", "image/png", content).send().await
    }

    pub async fn payment(&self) -> Value {
        let path = format!("/v1/payments/{}", self.purchase.payment_id);
        self.buyer.get(&path).send().await.expect(200).json()
    }

    pub async fn stock(&self) -> (i64, i64) {
        let products = self.shop.owner.get(&self.shop.path("/products")).send().await.expect(200).json();
        let id = text(&products["items"][0]["id"]);
        let product =
            self.shop.owner.get(&self.shop.path(&format!("/products/{id}"))).send().await.expect(200).json();
        let figure = |name: &str| product["variants"][0][name].as_i64().unwrap();
        (figure("stock"), figure("reserved"))
    }
}

async fn a_settled_payment_is_settled_once(app: TestApp) {
    let trade = trade(&app, "sandbox").await;
    assert_eq!(trade.stock().await, (2, 2));
    for _ in 0..2 {
        assert_eq!(trade.buyer.settle(&trade.purchase).await.expect(200).json()["status"], "paid");
    }
    assert_eq!(trade.stock().await, (0, 0));
    assert_eq!(trade.buyer.order_status(trade.order()).await, "paid");
    let stranger = app.buyer("budi").await;
    stranger.settle(&trade.purchase).await.expect_problem(404, "not-found");
    let fail = format!("/v1/sandbox/payments/{}/fail", trade.purchase.payment_id);
    trade.buyer.post(&fail).send().await.expect_problem(409, "payment-state");
}

async fn a_failed_payment_gives_everything_back(app: TestApp) {
    let trade = trade(&app, "sandbox").await;
    let fail = format!("/v1/sandbox/payments/{}/fail", trade.purchase.payment_id);
    assert_eq!(trade.buyer.post(&fail).send().await.expect(200).json()["status"], "cancelled");
    assert_eq!(trade.stock().await, (2, 0));
    assert_eq!(trade.buyer.order_status(trade.order()).await, "cancelled");
}

async fn cancelling_one_order_refunds_its_part(app: TestApp) {
    let (one, two, buyer) =
        (app.vendor("Toko Satu").await, app.vendor("Toko Dua").await, app.buyer("ani").await);
    let (first, second) =
        (one.product("Batik").price(100_000).create().await, two.product("Tas").price(40_000).create().await);
    let purchase: Purchase = buyer.checkout().item(&first, 1).item(&second, 1).send().await.into();
    buyer.settle(&purchase).await.expect(200);
    buyer.moves(purchase.order_of(&one), "cancel").await.expect(200);
    app.run_jobs().await;
    let path = format!("/v1/payments/{}", purchase.payment_id);
    let payment = buyer.get(&path).send().await.json();
    assert_eq!((&payment["status"], &payment["refunded"]), (&json!("partially_refunded"), &json!(100_000)));
    assert_eq!(buyer.order_status(purchase.order_of(&two)).await, "paid");
    buyer.moves(purchase.order_of(&two), "cancel").await.expect(200);
    assert_eq!(buyer.get(&path).send().await.json()["status"], "refund_pending");
    app.run_jobs().await;
    let payment = buyer.get(&path).send().await.json();
    assert_eq!((&payment["status"], &payment["refunded"]), (&json!("refunded"), &json!(140_000)));
    buyer.moves(purchase.order_of(&two), "cancel").await.expect_problem(409, "order-state");
}

async fn a_declined_order_is_refunded(app: TestApp) {
    let trade = trade(&app, "sandbox").await;
    trade.buyer.settle(&trade.purchase).await.expect(200);
    let declined = trade.shop.moves(trade.order(), "decline").await.expect(200).json();
    assert_eq!((&declined["status"], &declined["allowed_actions"]), (&json!("declined"), &json!([])));
    app.run_jobs().await;
    assert_eq!(trade.stock().await, (2, 0));
    assert_eq!(trade.payment().await["status"], "refunded");
}

async fn a_transfer_is_proved_and_confirmed(app: TestApp) {
    let trade = trade(&app, "manual_transfer").await;
    assert_eq!(trade.payment().await["instructions"]["amount"], 300_000);
    trade.buyer.settle(&trade.purchase).await.expect_problem(409, "payment-method-mismatch");
    let sent = trade.send_proof(&png(20, 20)).await.expect(200).json();
    assert_eq!((&sent["status"], &sent["has_proof"]), (&json!("proof_submitted"), &json!(true)));

    let finance = app.finance().await;
    let waiting = finance.get("/v1/admin/payments?status=proof_submitted").send().await.expect(200).json();
    assert_eq!(list(&waiting["items"]).len(), 1);
    let path = format!("/v1/admin/payments/{}/confirm", trade.purchase.payment_id);
    finance.post(&path).send().await.expect_problem(400, "key-required");
    trade.buyer.post(&path).key("kunci-bayar-1").send().await.expect_problem(403, "role-missing");
    let confirm = || finance.post(&path).key("kunci-bayar-1").json(json!({"note": "masuk"}));
    let paid = confirm().send().await.expect(200);
    assert_eq!(paid.json()["status"], "paid");
    assert_eq!(confirm().send().await.expect(200).body, paid.body);
    finance.post(&path).key("kunci-bayar-2").send().await.expect_problem(409, "payment-state");
    assert_eq!(trade.buyer.order_status(trade.order()).await, "paid");
}

async fn a_rejected_proof_can_be_sent_again(app: TestApp) {
    let trade = trade(&app, "manual_transfer").await;
    let proof = format!("/v1/payments/{}/proof", trade.purchase.payment_id);
    let reject = format!("/v1/admin/payments/{}/reject", trade.purchase.payment_id);
    let finance = app.finance().await;
    let note = json!({"note": "dana belum masuk"});
    finance.post(&reject).json(note.clone()).send().await.expect_problem(409, "payment-state");
    trade.buyer.post(&proof).file("bukti.png", "image/png", &png(20, 20)).send().await.expect(200);
    assert_eq!(finance.post(&reject).json(note).send().await.expect(200).json()["status"], "pending");
    assert_eq!(trade.payment().await["note"], "dana belum masuk");
    trade
        .buyer
        .post(&proof)
        .file("bukti.pdf", "application/pdf", b"%PDF-1.7\n%%EOF")
        .send()
        .await
        .expect(200);
}

async fn a_proof_is_a_picture_or_a_pdf(app: TestApp) {
    let trade = trade(&app, "manual_transfer").await;
    let proof = format!("/v1/payments/{}/proof", trade.purchase.payment_id);
    for content in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"PK\x03\x04", b"hello", b""] {
        let problem = trade.buyer.post(&proof).file("bukti.png", "image/png", content).send().await;
        assert_eq!(problem.expect_problem(422, "invalid")["errors"][0]["code"], "file-type");
    }
    let stranger = app.buyer("budi").await;
    stranger
        .post(&proof)
        .file("b.png", "image/png", &png(9, 9))
        .send()
        .await
        .expect_problem(404, "not-found");
}

async fn cash_is_collected_at_the_door(app: TestApp) {
    let trade = trade(&app, "cod").await;
    assert_eq!(trade.buyer.order_status(trade.order()).await, "placed");
    trade.shop.moves(trade.order(), "accept").await.expect(200);
    assert_eq!(trade.stock().await, (0, 0));
    trade.shop.moves(trade.order(), "ship").await.expect(200);
    assert_eq!(trade.payment().await["status"], "pending");
    trade.shop.moves(trade.order(), "deliver").await.expect(200);
    assert_eq!(trade.payment().await["status"], "paid");
    trade.buyer.moves(trade.order(), "receive").await.expect(200);
    assert_eq!(trade.buyer.order_status(trade.order()).await, "completed");
}

async fn cash_orders_expire_unaccepted(app: TestApp) {
    let trade = trade(&app, "cod").await;
    app.advance(Duration::days(4));
    app.run_jobs().await;
    assert_eq!(trade.buyer.order_status(trade.order()).await, "expired");
    assert_eq!((trade.stock().await, &trade.payment().await["status"]), ((2, 0), &json!("expired")));
}

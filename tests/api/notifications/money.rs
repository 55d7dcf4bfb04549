//! What buyers, shops and finance hear of money: in the list, and by mail in the language that they chose.

use lapak::config::{Disburser, SandboxOutcome};
use serde_json::{Value, json};

use crate::gateways::deal;
use crate::payments::trade;
use crate::settlement::{after_the_wait, batch, completed, paid_shop, refund};
use crate::support::gateway::Mood;
use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both, png};

both![
    proofs_are_told_both_ways,
    a_charge_that_failed_is_told,
    a_charge_that_ran_out_is_told,
    a_refund_asks_for_an_account,
    a_refused_refund_is_told_to_finance,
    a_message_in_review_is_told_to_finance,
    lines_that_fit_nothing_are_told_once,
    a_payout_without_an_answer_is_told,
    a_claw_back_is_told_to_the_shop,
    the_crossing_of_the_year_is_in_the_list,
    a_statement_is_told_to_the_shop,
];

/// From now on in English.
async fn in_english(person: &Person) {
    person.put("/v1/me/notification-choices").json(json!({"language": "en"})).send().await.expect(200);
}

/// What a person has in the list of one kind.
async fn heard(person: &Person, kind: &str) -> Vec<Value> {
    let page = person.get("/v1/me/notifications?limit=100").send().await.expect(200).json();
    list(&page["items"]).iter().filter(|row| row["kind"] == kind).cloned().collect()
}

/// How often a person got a mail with this subject.
fn mailed(app: &TestApp, person: &Person, subject: &str) -> usize {
    let kept = app.messenger.kept();
    let to_person = kept.iter().filter(|kept| kept.message.to.as_str() == person.login());
    to_person.filter(|kept| kept.message.subject == subject).count()
}

/// One entry in the list and one mail, under the same title.
async fn told_once(app: &TestApp, person: &Person, (kind, title): (&str, &str)) -> Value {
    let rows = heard(person, kind).await;
    assert_eq!(rows.len(), 1, "{kind}: {rows:?}");
    assert_eq!(rows[0]["title"], title, "{kind}");
    assert_eq!(mailed(app, person, title), 1, "{kind}");
    rows[0].clone()
}

async fn proofs_are_told_both_ways(app: TestApp) {
    let (trade, finance) = (trade(&app, "manual_transfer").await, app.finance().await);
    in_english(&trade.buyer).await;
    let proof = format!("/v1/payments/{}/proof", trade.purchase.payment_id);
    // A better picture of the same proof is no news.
    for _ in 0..2 {
        trade.buyer.post(&proof).file("bukti", "image/png", &png(20, 20)).send().await.expect(200);
    }
    app.run_jobs().await;
    let waiting = heard(&finance, "payment.proof_submitted").await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0]["object_id"], trade.purchase.payment_id.as_str());
    assert!(text(&waiting[0]["text"]).contains("Rp 300.000"), "{waiting:?}");
    assert_eq!(mailed(&app, &finance, &text(&waiting[0]["title"])), 1);

    let reject = format!("/v1/admin/payments/{}/reject", trade.purchase.payment_id);
    finance.post(&reject).json(json!({"note": "dana belum masuk"})).send().await.expect(200);
    app.run_jobs().await;
    let kind = ("payment.proof_rejected", "Proof of transfer rejected");
    let rejected = told_once(&app, &trade.buyer, kind).await;
    assert!(text(&rejected["text"]).contains("dana belum masuk"), "{rejected}");
    assert_eq!(rejected["topic"], "payments");
}

async fn a_charge_that_failed_is_told(app: TestApp) {
    let deal = deal(&app, "virtual_account").await;
    in_english(&deal.buyer).await;
    deal.gateway.moods(&[Mood::Refusing]);
    deal.app.run_jobs().await;
    let told = told_once(&deal.app, &deal.buyer, ("payment.charge_failed", "Payment failed")).await;
    assert_eq!(
        (&told["object_kind"], &told["object_id"]),
        (&json!("payment"), &json!(deal.purchase.payment_id))
    );
    assert!(text(&told["text"]).contains("Rp 65.000"), "{told}");
    deal.app.close().await;
}

async fn a_charge_that_ran_out_is_told(app: TestApp) {
    let deal = deal(&app, "qris").await;
    deal.app.run_jobs().await;
    let reference = deal.reference();
    deal.gateway.stand(&reference, "expire");
    for _ in 0..2 {
        deal.app.webhook(&deal.gateway.message(&reference, "expire")).await.expect(200);
        deal.app.run_jobs().await;
    }
    assert_eq!(deal.payment().await["instructions"]["charge"], "failed");
    told_once(&deal.app, &deal.buyer, ("payment.charge_failed", "Pembayaran gagal")).await;
    deal.app.close().await;
}

async fn a_refund_asks_for_an_account(app: TestApp) {
    let (trade, finance) = (trade(&app, "manual_transfer").await, app.finance().await);
    in_english(&trade.buyer).await;
    let proof = format!("/v1/payments/{}/proof", trade.purchase.payment_id);
    trade.buyer.post(&proof).file("bukti", "image/png", &png(20, 20)).send().await.expect(200);
    let confirm = format!("/v1/admin/payments/{}/confirm", trade.purchase.payment_id);
    finance.post(&confirm).key("kunci-terima").send().await.expect(200);
    let order = trade.order();
    refund(&finance, order, "sebagian-satu", json!({"amount": 100_000})).await.expect(201);
    app.run_jobs().await;
    let title = "Account for your refund needed";
    let asked = told_once(&app, &trade.buyer, ("refund.account_needed", title)).await;
    assert_eq!(asked["object_id"], trade.purchase.payment_id.as_str());
    assert!(text(&asked["text"]).contains("Rp 100.000"), "{asked}");
    told_once(&app, &trade.shop.owner, ("refund.owed", "Pengembalian dana")).await;
    // Who gave one is not asked again.
    let account = format!("/v1/payments/{}/refund-account", trade.purchase.payment_id);
    let body = json!({"bank_code": "110", "number": "001234567890", "holder_name": "Ani Suryani"});
    trade.buyer.put(&account).json(body).send().await.expect(200);
    refund(&finance, order, "sebagian-dua", json!({"amount": 100_000})).await.expect(201);
    app.run_jobs().await;
    assert_eq!(heard(&trade.buyer, "refund.owed").await.len(), 2);
    assert_eq!(heard(&trade.buyer, "refund.account_needed").await.len(), 1);
}

async fn a_refused_refund_is_told_to_finance(app: TestApp) {
    let deal = deal(&app, "virtual_account").await;
    let finance = deal.app.finance().await;
    in_english(&finance).await;
    deal.pay().await;
    deal.buyer.moves(&deal.purchase.orders[0], "cancel").await.expect(200);
    deal.app.run_jobs().await;
    told_once(&deal.app, &finance, ("refund.refused", "Refund refused by midtrans")).await;
    let title = "Rekening pengembalian diperlukan";
    told_once(&deal.app, &deal.buyer, ("refund.account_needed", title)).await;
    deal.app.close().await;
}

async fn a_message_in_review_is_told_to_finance(app: TestApp) {
    let deal = deal(&app, "qris").await;
    let finance = deal.app.finance().await;
    in_english(&finance).await;
    deal.app.run_jobs().await;
    // The gateway itself knows nothing of the money.
    let message = deal.gateway.message(&deal.reference(), "settlement");
    for _ in 0..2 {
        deal.app.webhook(&message).await.expect(200);
        deal.app.run_jobs().await;
    }
    let kind = ("payment.event_in_review", "Message of midtrans to review");
    let told = told_once(&deal.app, &finance, kind).await;
    assert!(text(&told["text"]).contains("not-confirmed"), "{told}");
    // Buyers do not hear of it.
    assert_eq!(heard(&deal.buyer, "payment.event_in_review").await.len(), 0);
    deal.app.close().await;
}

async fn lines_that_fit_nothing_are_told_once(app: TestApp) {
    let finance = app.finance().await;
    in_english(&finance).await;
    let csv = "Tanggal;Keterangan;Kredit\n24/11/2026;SETORAN SATU;300.000\n24/11/2026;SETORAN DUA;200.000\n";
    for key in ["kunci-mutasi-1", "kunci-mutasi-2"] {
        let request = finance.post("/v1/admin/bank-statements").key(key);
        request.file("mutasi.csv", "text/csv", csv.as_bytes()).send().await.expect(201);
        app.run_jobs().await;
    }
    let told = told_once(&app, &finance, ("payment.lines_unmatched", "Unmatched bank lines")).await;
    assert!(text(&told["text"]).starts_with("2 lines"), "{told}");
}

async fn a_payout_without_an_answer_is_told(app: TestApp) {
    let (shop, coffee) = paid_shop(&app, "Toko Kopi", 40_000).await;
    after_the_wait(&app);
    completed(&app.buyer("ani").await, &shop, &coffee, 1).await;
    let finance = app.finance().await;
    in_english(&finance).await;
    let bank = app
        .another_instance_with(|config| {
            config.settlement.disburser = Disburser::Sandbox;
            config.settlement.sandbox_outcome = SandboxOutcome::Timeout;
        })
        .await;
    batch(&bank, &finance, "tanpa-jawaban").await;
    let told = told_once(&bank, &finance, ("payout.unknown", "Payout without an answer")).await;
    assert!(text(&told["text"]).contains("Rp 40.000"), "{told}");
    assert_eq!(heard(&shop.owner, "payout.unknown").await.len(), 0);
    bank.close().await;
}

async fn a_claw_back_is_told_to_the_shop(app: TestApp) {
    let (shop, coffee) = paid_shop(&app, "Toko Kopi", 40_000).await;
    in_english(&shop.owner).await;
    after_the_wait(&app);
    let order = completed(&app.buyer("ani").await, &shop, &coffee, 1).await;
    let finance = app.finance().await;
    assert_eq!(batch(&app, &finance, "sudah-diambil").await["total"], 40_000);
    refund(&finance, &order, "tarik-kembali", json!({})).await.expect(201);
    app.run_jobs().await;
    told_once(&app, &shop.owner, ("refund.owed", "Refund")).await;
    let told = told_once(&app, &shop.owner, ("settlement.clawed_back", "Debt of the shop")).await;
    assert!(text(&told["text"]).contains("owes Rp 40.000"), "{told}");
    assert_eq!((&told["topic"], &told["object_id"]), (&json!("payouts"), &json!(order)));
}

async fn the_crossing_of_the_year_is_in_the_list(app: TestApp) {
    let shop = app.vendor("Toko Laris").await;
    in_english(&shop.owner).await;
    let statue = shop.product("Patung").price(250_000_000).stock(20).create().await;
    let ani = app.buyer("ani").await;
    for _ in 0..2 {
        completed(&ani, &shop, &statue, 2).await;
    }
    app.run_jobs().await;
    let kind = ("settlement.turnover_crossed", "Turnover threshold crossed");
    let told = told_once(&app, &shop.owner, kind).await;
    assert!(text(&told["text"]).contains("Rp 500.000.000"), "{told}");
    assert_eq!((&told["object_kind"], &told["object_id"]), (&json!("vendor"), &json!(shop.id)));
}

async fn a_statement_is_told_to_the_shop(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    in_english(&shop.owner).await;
    let cloth = shop.product("Batik tulis").create().await;
    completed(&ani, &shop, &cloth, 1).await;
    app.advance(chrono::Duration::days(10));
    let month = json!({"month": "2026-11"});
    let path = shop.path("/statement-documents");
    let paper = shop.owner.post(&path).json(month.clone()).send().await.expect(201).json();
    shop.owner.post(&path).json(month).send().await.expect(200);
    app.run_jobs().await;
    let title = format!("Statement {}", text(&paper["number"]));
    let told = told_once(&app, &shop.owner, ("statement.issued", title.as_str())).await;
    assert!(text(&told["text"]).contains("2026-11"), "{told}");
    assert_eq!((&told["object_id"], &told["topic"]), (&paper["id"], &json!("payouts")));
}

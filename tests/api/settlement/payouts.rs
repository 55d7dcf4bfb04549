//! Payouts: claimed once, handed to the bank once, asked back when nobody knows; and refunds at the same moment.

use chrono::Duration;
use futures_util::future::join_all;
use lapak::config::{Disburser, SandboxOutcome};
use lapak::kernel::{PayoutBatchId, VendorId};
use lapak::platform::jobs::entity::{Column as JobColumn, Entity as Jobs, State};
use lapak::settlement::service::{claim, scheduled};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{after_the_wait, balance, batch, books_are_right, commission, completed, paid_shop, refund};
use crate::support::run::RUN;
use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both};

both![
    a_batch_goes_to_the_bank,
    a_file_waits_for_its_batch,
    a_new_account_holds_payouts,
    what_is_quarrelled_about_is_not_paid_out,
    an_unknown_outcome_is_asked_back,
    the_calendar_opens_one_batch,
    refunds_against_payouts,
];

async fn a_batch_goes_to_the_bank(app: TestApp) {
    let (one, coffee) = paid_shop(&app, "Toko Kopi", 40_000).await;
    let (two, tea) = paid_shop(&app, "Toko Teh", 30_000).await;
    let (small, salt) = paid_shop(&app, "Toko Garam", 2_000).await;
    after_the_wait(&app);
    let ani = app.buyer("ani").await;
    completed(&ani, &one, &coffee, 2).await;
    completed(&ani, &two, &tea, 1).await;
    completed(&ani, &small, &salt, 1).await;
    let finance = app.finance().await;
    let filled = batch(&app, &finance, "kumpulan-satu").await;
    assert_eq!(
        (&filled["status"], &filled["count"], &filled["total"]),
        (&json!("ready"), &json!(2), &json!(110_000))
    );
    // What is claimed is not there any more: a second batch finds nothing.
    assert_eq!(batch(&app, &finance, "kumpulan-dua").await["count"], 0);
    assert_eq!((balance(&one).await, balance(&small).await), ((0, 0, 0), (0, 2_000, 0)));
    let path = format!("/v1/admin/payout-batches/{}", text(&filled["id"]));
    let file = finance.post(&format!("{path}/file")).send().await.expect(200);
    let file = file.text();
    assert!(file.starts_with("bank_code,account_number,holder,amount,reference\n110,00123456"), "{file}");
    assert_eq!((file.lines().count(), file.contains(",Siti Aminah,80000,")), (3, true), "{file}");
    let ids: Vec<String> = list(&filled["payouts"]).iter().map(|payout| text(&payout["id"])).collect();
    settle(&finance, &ids[0], "paid", "terlalu-dini").await.expect_problem(409, "payout-state");
    finance.post(&format!("{path}/send")).key("kirim-satu").send().await.expect(200);
    let again = finance.post(&format!("{path}/send")).key("kirim-dua").send().await;
    again.expect_problem(409, "payout-batch-state");
    let paid = settle(&finance, &ids[0], "paid", "lunas-satu").await.expect(200).json();
    assert_eq!(paid["status"], "paid");
    settle(&finance, &ids[0], "failed", "batal-satu").await.expect_problem(409, "payout-state");
    settle(&finance, &ids[1], "failed", "gagal-dua").await.expect(200);
    let failed = list(&filled["payouts"])[1].clone();
    let shop = if failed["vendor_id"] == one.id.as_str() { &one } else { &two };
    assert_eq!(balance(shop).await.1, failed["amount"].as_i64().unwrap());
    let seen = shop.owner.get(&shop.path("/payouts")).send().await.expect(200).json();
    assert_eq!(seen["items"][0]["status"], "failed");
    // It is owed again, and the next batch has it; the file of the first one has nothing to pay any more.
    let next = batch(&app, &finance, "kumpulan-tiga").await;
    assert_eq!(next["total"], failed["amount"]);
    let redrawn = finance.post(&format!("{path}/file")).send().await.expect(200).text();
    assert_eq!(redrawn.lines().count(), 1, "{redrawn}");
    let path = format!("/v1/admin/payout-batches/{}/file", text(&next["id"]));
    assert_eq!(finance.post(&path).send().await.expect(200).text().lines().count(), 2);
    let batches = finance.get("/v1/admin/payout-batches").send().await.expect(200).json();
    assert_eq!(list(&batches["items"]).len(), 3);
    books_are_right(&app).await;
}

async fn a_file_waits_for_its_batch(app: TestApp) {
    let finance = app.finance().await;
    let opened = finance.post("/v1/admin/payout-batches").key("masih-diisi").send().await.expect(201).json();
    let path = format!("/v1/admin/payout-batches/{}/file", text(&opened["id"]));
    finance.post(&path).send().await.expect_problem(409, "payout-batch-state");
    app.run_jobs().await;
    assert_eq!(finance.post(&path).send().await.expect(200).text().lines().count(), 1);
}

async fn settle(finance: &Person, id: &str, outcome: &str, key: &str) -> crate::support::Reply {
    let body = json!({"outcome": outcome, "note": "sesuai mutasi"});
    finance.post(&format!("/v1/admin/payouts/{id}/settle")).key(key).json(body).send().await
}

async fn a_new_account_holds_payouts(app: TestApp) {
    let (shop, coffee) = paid_shop(&app, "Toko Pindah", 40_000).await;
    completed(&app.buyer("ani").await, &shop, &coffee, 1).await;
    let finance = app.finance().await;
    assert_eq!(batch(&app, &finance, "masih-menunggu").await["count"], 0);
    after_the_wait(&app);
    let account = json!({"bank_code": "110", "number": "009876543210", "holder_name": "Siti Aminah"});
    shop.owner.put(&shop.path("/bank-account")).json(account).send().await.expect(200);
    let finance = app.finance().await;
    assert_eq!(batch(&app, &finance, "menunggu-lagi").await["count"], 0, "a change waits");
    after_the_wait(&app);
    let finance = app.finance().await;
    assert_eq!(batch(&app, &finance, "sudah-dihitung").await["total"], 40_000);
}

async fn what_is_quarrelled_about_is_not_paid_out(app: TestApp) {
    let (shop, coffee) = paid_shop(&app, "Toko Sabar", 40_000).await;
    after_the_wait(&app);
    let ani = app.buyer("ani").await;
    completed(&ani, &shop, &coffee, 1).await;
    let order = completed(&ani, &shop, &coffee, 2).await;
    let body = json!({"reason": "damaged", "text": "Kopinya basah semua."});
    let path = format!("/v1/orders/{order}/disputes");
    let dispute = ani.post(&path).json(body).send().await.expect(201).json();
    let finance = app.finance().await;
    assert_eq!(batch(&app, &finance, "yang-tenang").await["total"], 40_000);
    assert_eq!(balance(&shop).await.1, 80_000);
    ani.post(&format!("{path}/{}/withdraw", text(&dispute["id"]))).send().await.expect(200);
    assert_eq!(batch(&app, &finance, "yang-selesai").await["total"], 80_000);
    books_are_right(&app).await;
}

async fn an_unknown_outcome_is_asked_back(app: TestApp) {
    for (outcome, status, payable) in [
        (SandboxOutcome::Paid, "paid", 0),
        (SandboxOutcome::Timeout, "paid", 0),
        (SandboxOutcome::Lost, "failed", 40_000),
        (SandboxOutcome::Failed, "failed", 40_000),
    ] {
        let (shop, coffee) = paid_shop(&app, &format!("Toko {outcome:?}"), 40_000).await;
        after_the_wait(&app);
        completed(&app.buyer("ani").await, &shop, &coffee, 1).await;
        let bank = app
            .another_instance_with(|config| {
                config.settlement.disburser = Disburser::Sandbox;
                config.settlement.sandbox_outcome = outcome;
            })
            .await;
        let finance = app.finance().await;
        let filled = batch(&bank, &finance, &format!("otomatis-{outcome:?}")).await;
        let of_shop = |filled: &Value| {
            let mut payouts = list(&filled["payouts"]).iter();
            payouts.find(|payout| payout["vendor_id"] == shop.id.as_str()).unwrap().clone()
        };
        let unclear = matches!(outcome, SandboxOutcome::Timeout | SandboxOutcome::Lost);
        assert_eq!(of_shop(&filled)["status"], if unclear { "unknown" } else { status }, "{outcome:?}");
        assert_eq!(questions(&bank).await, 1, "{outcome:?}: one at a time");
        app.clock.advance(Duration::minutes(6));
        bank.run_jobs().await;
        let path = format!("/v1/admin/payout-batches/{}", text(&filled["id"]));
        let seen = app.finance().await.get(&path).send().await.expect(200).json();
        assert_eq!(of_shop(&seen)["status"], status, "{outcome:?}");
        assert_eq!(balance(&shop).await.1, payable, "{outcome:?}");
        // The next round would pay it again.
        if payable > 0 {
            batch(&app, &app.finance().await, &format!("ambil-{outcome:?}")).await;
        }
        bank.close().await;
    }
    books_are_right(&app).await;
}

/// Questions to the bank that are on their way.
async fn questions(app: &TestApp) -> usize {
    let asking = Jobs::find().filter(JobColumn::Kind.eq("settlement.ask_payout"));
    asking.filter(JobColumn::State.eq(State::Queued)).all(app.db.read()).await.unwrap().len()
}

async fn the_calendar_opens_one_batch(app: TestApp) {
    let daily =
        app.another_instance_with(|config| config.settlement.payout_days = vec!["tue".to_owned()]).await;
    for result in join_all((0..4).map(|_| scheduled((*daily).clone()))).await {
        result.unwrap();
    }
    scheduled((*app).clone()).await.unwrap();
    let finance = app.finance().await;
    let count = async || {
        let batches = finance.get("/v1/admin/payout-batches").send().await.expect(200).json();
        list(&batches["items"]).len()
    };
    assert_eq!(count().await, 1);
    daily.clock.advance(Duration::days(1));
    scheduled((*daily).clone()).await.unwrap();
    let finance = app.finance().await;
    let batches = finance.get("/v1/admin/payout-batches").send().await.expect(200).json();
    assert_eq!(list(&batches["items"]).len(), 1, "the next day is no payday");
    daily.close().await;
}

/// Every sale is given back at the very moment at which it is claimed for a payout: the books are exact in every order.
/// `LAPAK_TEST_RACES` sales, 100 if nobody says otherwise; `tests/heavy/races.sh` takes 500.
async fn refunds_against_payouts(app: TestApp) {
    commission(&app, json!({"scope": "global", "rate_bp": 700, "tax_bp": 1_100})).await;
    let (shop, _) = paid_shop(&app, "Toko Rebutan", 33_333).await;
    after_the_wait(&app);
    let ani = app.buyer("ani").await;
    let vendor: VendorId = shop.id.parse().unwrap();
    let finance = app.finance().await;
    let each = 5;
    let rounds = RUN.races.div_ceil(each);
    let stock = i64::try_from(rounds * each).unwrap();
    let coffee = shop.product("Kopi kiloan").price(33_333).stock(stock).create().await;
    for round in 0..rounds {
        let mut orders = Vec::new();
        for _ in 0..each {
            orders.push(completed(&ani, &shop, &coffee, 1).await);
        }
        let opened =
            finance.post("/v1/admin/payout-batches").key(&format!("balapan-{round:04}")).send().await;
        let id: PayoutBatchId = text(&opened.expect(201).json()["id"]).parse().unwrap();
        let give = |turn: usize, order: &String| {
            let body = if turn.is_multiple_of(2) { json!({}) } else { json!({"amount": 11_111}) };
            let (finance, order) = (finance.clone(), order.clone());
            async move { refund(&finance, &order, &format!("balapan-{round}-{turn:04}"), body).await }
        };
        let refunds = join_all(orders.iter().enumerate().map(|(turn, order)| give(turn, order)));
        let claims = join_all((0..3).map(|_| claim(&app, id, vendor)));
        let (refunds, claims) = tokio::join!(refunds, claims);
        for reply in refunds {
            reply.expect(201);
        }
        let claimed = claims.into_iter().filter_map(|claim| claim.unwrap()).count();
        assert!(claimed <= 1, "{claimed} payouts of one batch");
    }
    app.run_jobs().await;
    books_are_right(&app).await;
    let (held, payable, debt) = balance(&shop).await;
    assert!(held == 0 && (payable == 0 || debt == 0 || payable > 0), "{held} {payable} {debt}");
    statement_is_the_ledger(&shop, payable - debt).await;
}

async fn statement_is_the_ledger(shop: &crate::support::Shop, closing: i64) {
    let path = shop.path("/statement?from=2026-11-01&to=2026-12-31");
    let found = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!((&found["opening"], &found["closing"]), (&json!(0), &json!(closing)));
    let sum: i64 = list(&found["movements"]).iter().map(|row| row["amount"].as_i64().unwrap()).sum();
    assert_eq!(sum, closing);
}

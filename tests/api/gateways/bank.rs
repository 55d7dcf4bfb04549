//! Statements of the bank: lines are stored once, pay what they name, or wait in the books for a person.

use lapak::payments::entity::account;
use serde_json::{Value, json};

use crate::support::{Person, Purchase, Reply, TestApp, both, list, text};

both![lines_pay_what_they_name_once];

async fn transfer(app: &TestApp, name: &str, price: i64) -> (Person, Purchase) {
    let (shop, buyer) = (app.vendor(&format!("Toko {name}")).await, app.buyer(name).await);
    let cloth = shop.product("Batik tulis").price(price).stock(9).create().await;
    let purchase = buyer.checkout().pay_by("manual_transfer").item(&cloth, 1).send().await.into();
    (buyer, purchase)
}

async fn status(buyer: &Person, purchase: &Purchase) -> Value {
    let path = format!("/v1/payments/{}", purchase.payment_id);
    buyer.get(&path).send().await.expect(200).json()["status"].clone()
}

fn reference(purchase: &Purchase) -> String {
    text(&purchase.answer["payment"]["instructions"]["reference"])
}

async fn import(finance: &Person, key: &str, csv: &str) -> Reply {
    let request = finance.post("/v1/admin/bank-statements").key(key);
    request.file("mutasi.csv", "text/csv", csv.as_bytes()).send().await
}

async fn lines_pay_what_they_name_once(app: TestApp) {
    let (ani, first) = transfer(&app, "ani", 1_055_499).await;
    let (budi, second) = transfer(&app, "budi", 200_000).await;
    let (citra, third) = transfer(&app, "citra", 300_000).await;
    let finance = app.finance().await;
    let csv = format!(
        "Tanggal;Uraian Transaksi;Debit;Kredit;Saldo\n\
         24/11/2026;TRF {} ANI;;1.055.499,00;1.055.499,00\n\
         24/11/2026;TRF {} ANI LAGI;;1.055.499,00;2.110.998,00\n\
         24/11/2026;TRF {} BUDI;;199.999,00;2.310.997,00\n\
         24/11/2026;SETORAN CITRA;;300.000,00;2.610.997,00\n\
         24/11/2026;BIAYA ADM;6.500,00;;2.604.497,00\n",
        reference(&first),
        reference(&first),
        reference(&second).to_lowercase().replace('0', "o"),
    );
    import(&finance, "kunci-mutasi-0", "a;b\n").await.expect(422);
    let taken = import(&finance, "kunci-mutasi-1", &csv).await.expect(201).json();
    assert_eq!((&taken["lines"], &taken["new"]), (&json!(5), &json!(5)));
    app.run_jobs().await;
    assert_eq!(status(&ani, &first).await, "paid");
    assert_eq!(
        (status(&budi, &second).await, status(&citra, &third).await),
        (json!("pending"), json!("pending"))
    );
    // The same file again, and the same days in a longer one: nothing twice.
    let again = import(&finance, "kunci-mutasi-2", &csv).await.expect(201).json();
    assert_eq!(again["new"], 0);
    app.run_jobs().await;
    let open = "/v1/admin/bank-lines?outcome=unmatched";
    let waiting = finance.get(open).send().await.expect(200).json();
    let reasons: Vec<String> = list(&waiting["items"]).iter().map(|line| text(&line["reason"])).collect();
    assert_eq!(reasons, ["paid-twice", "other-amount", "no-reference"]);
    assert_eq!(app.balance(account::Kind::Unmatched, None).await, 1_055_499 + 199_999 + 300_000);

    decide(&app, &finance, &waiting, [&first, &second, &third]).await;
    assert_eq!(citra.order_status(&third.orders[0]).await, "paid");
    assert_eq!(list(&finance.get(open).send().await.expect(200).json()["items"]).len(), 0);

    // What finance had confirmed by hand is only shown by its line, not paid again.
    let confirm = format!("/v1/admin/payments/{}/confirm", second.payment_id);
    finance.post(&confirm).key("kunci-bayar").send().await.expect(200);
    let late = format!("Tanggal;Keterangan;Kredit\n25/11/2026;{};200.000\n", reference(&second));
    import(&finance, "kunci-mutasi-3", &late).await.expect(201);
    app.run_jobs().await;
    assert_eq!(status(&budi, &second).await, "paid");
    assert_eq!(app.balance(account::Kind::Clearing, None).await, -(1_055_499 + 300_000 + 200_000));
}

/// Finance works through the lines that wait.
async fn decide(app: &TestApp, finance: &Person, waiting: &Value, [first, second, third]: [&Purchase; 3]) {
    let line = |at: usize| text(&waiting["items"][at]["id"]);
    assert_eq!(waiting["items"][2]["suggested_payment_id"], third.payment_id.as_str());
    let matches = |at: usize, payment: &Purchase, key: &str| {
        let request = finance.post(&format!("/v1/admin/bank-lines/{}/match", line(at))).key(key);
        request.json(json!({"payment_id": payment.payment_id}))
    };
    matches(1, second, "kunci-cocok-1").send().await.expect_problem(409, "amount-differs");
    matches(0, first, "kunci-cocok-2").send().await.expect_problem(409, "payment-has-line");
    for _ in 0..2 {
        let matched = matches(2, third, "kunci-cocok-3").send().await.expect(200).json();
        assert_eq!((&matched["outcome"], &matched["payment_status"]), (&json!("matched"), &json!("paid")));
    }
    matches(2, third, "kunci-cocok-4").send().await.expect_problem(409, "line-decided");
    for at in [0, 1] {
        let path = format!("/v1/admin/bank-lines/{}/set-aside", line(at));
        let body = json!({"note": "dikembalikan di bank"});
        finance.post(&path).key(&format!("kunci-lain-{at}")).json(body).send().await.expect(200);
    }
    assert_eq!(app.balance(account::Kind::Unmatched, None).await, 0);
}

//! Statements of the bank: lines are stored once, pay what they name, or wait in the books for a person.

use lapak::payments::entity::account;
use serde_json::{Value, json};

use crate::support::{Person, Purchase, Reply, TestApp, both, list, text};

both![lines_pay_what_they_name_once, the_books_show_every_open_rupiah];

/// What nothing explains, as the books show it: the total, and how much each line of it is.
async fn open_money(app: &TestApp, finance: &Person) -> (i64, Vec<i64>, u32) {
    let reply = finance.get("/v1/admin/books").send().await.expect(200);
    let books = reply.json();
    let total = books["unmatched_total"].as_i64().unwrap();
    assert_eq!(total, app.balance(account::Kind::Unmatched, None).await, "{books}");
    let waiting = list(&books["waiting"]);
    let count = waiting.iter().find(|row| row["what"] == "bank_lines_unmatched");
    let count = count.map_or(0, |row| row["count"].as_i64().unwrap());
    let open: Vec<i64> =
        list(&books["unmatched"]).iter().map(|stray| stray["amount"].as_i64().unwrap()).collect();
    assert_eq!(usize::try_from(count).unwrap(), open.len(), "{books}");
    (total, open, reply.statements)
}

/// A line that fits nothing is there with its rupiah; matched or set aside it is gone.
async fn the_books_show_every_open_rupiah(app: TestApp) {
    let (ani, purchase) = transfer(&app, "ani", 300_000).await;
    let finance = app.finance().await;
    let (total, open, statements) = open_money(&app, &finance).await;
    assert_eq!((total, open), (0, vec![]));
    let csv = "Tanggal;Keterangan;Kredit\n24/11/2026;SETORAN;300.000\n24/11/2026;SALAH KIRIM;12.345\n";
    import(&finance, "kunci-buku-1", csv).await.expect(201);
    app.run_jobs().await;
    let (total, open, again) = open_money(&app, &finance).await;
    assert_eq!((total, open), (312_345, vec![300_000, 12_345]));
    assert_eq!(again, statements, "as many statements however much is open");
    let lines = finance.get("/v1/admin/bank-lines?outcome=unmatched").send().await.expect(200).json();
    let path = |at: usize| format!("/v1/admin/bank-lines/{}", text(&lines["items"][at]["id"]));
    let to = json!({"payment_id": purchase.payment_id});
    finance.post(&format!("{}/match", path(0))).key("kunci-buku-2").json(to).send().await.expect(200);
    assert_eq!(status(&ani, &purchase).await, "paid");
    let (total, open, _) = open_money(&app, &finance).await;
    assert_eq!((total, open), (12_345, vec![12_345]));
    let note = json!({"note": "dikembalikan di bank"});
    finance.post(&format!("{}/set-aside", path(1))).key("kunci-buku-3").json(note).send().await.expect(200);
    let (total, open, _) = open_money(&app, &finance).await;
    assert_eq!((total, open), (0, vec![]));
}

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

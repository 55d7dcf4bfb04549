//! Quarrels: both sides speak, the office decides, and the money moves once.

use chrono::Duration;
use serde_json::{Value, json};

use super::returns::ask;
use super::{accepted, delivered, first_line, seen, told};
use crate::race::all_at_once;
use crate::support::shop::{Shop, list, text};
use crate::support::{Person, Purchase, Reply, TestApp, both, png};

both![
    the_office_gives_everything_back,
    the_office_gives_a_part_back,
    what_did_not_come,
    cash_that_nobody_took,
    taking_it_back,
    a_ruling_is_made_once,
    what_never_left_is_on_the_shelf,
    what_the_office_decides_about_is_not_called_off,
];

async fn open(buyer: &Person, order: &str, reason: &str) -> Reply {
    let body = json!({"reason": reason, "text": "Barang rusak dan toko tidak menjawab."});
    buyer.post(&format!("/v1/orders/{order}/disputes")).json(body).send().await
}

async fn rule(officer: &Person, dispute: &str, body: Value) -> Reply {
    let path = format!("/v1/admin/disputes/{dispute}/rule");
    officer.post(&path).key(&format!("kunci-putusan-{dispute}")).json(body).send().await
}

const WHY: &str = "Foto menunjukkan kerusakan.";

async fn the_office_gives_everything_back(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let order = delivered(&shop, &buyer, &cloth, 3).await;
    let line = first_line(&buyer, &order).await;
    let claim = text(&ask(&buyer, &order, &line, 2).await.expect(201).json()["id"]);
    let photo = buyer.post(&format!("/v1/orders/{order}/files")).file("x.png", "image/png", &png(30, 30));
    let photo = text(&photo.send().await.expect(201).json()["id"]);
    let body = json!({"reason": "damaged", "text": "Semua sobek.", "return_id": claim, "files": [photo]});
    let path = format!("/v1/orders/{order}/disputes");
    let opened = buyer.post(&path).json(body).send().await.expect(201).json();
    let dispute = text(&opened["id"]);
    assert_eq!(told(&app, "dispute.opened").await, 2);
    open(&buyer, &order, "damaged").await.expect_problem(409, "claim-open");
    ask(&buyer, &order, &line, 1).await.expect_problem(409, "window-closed");
    speak(&app, (&shop, &buyer), (&order, &dispute), &photo).await;
    // The clock does nothing meanwhile, and no money moves.
    app.advance(Duration::days(6));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(&order).await, "delivered");
    let bad = json!({"outcome": "refund_part", "ruling": WHY, "restock": true});
    let officer = app.platform("officer").await;
    let faults = rule(&officer, &dispute, bad).await.expect_problem(422, "invalid");
    assert_eq!(list(&faults["errors"]).len(), 2);
    let body = json!({"outcome": "refund_full", "restock": true, "ruling": WHY});
    let ruled = rule(&officer, &dispute, body.clone()).await.expect(200).json();
    assert_eq!((&ruled["status"], &ruled["amount"]), (&json!("ruled"), &json!(150_000)));
    assert_eq!(rule(&officer, &dispute, body).await.expect(200).json(), ruled);
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["status"], &read["returns"][0]["status"]), (&json!("returned"), &json!("withdrawn")));
    assert_eq!(app.stock(cloth.variant()).await, (10, 0));
    assert_eq!(told(&app, "dispute.ruled").await, 2);
    let deed = &app.audited("dispute.ruled").await[0];
    assert!(!deed.detail.contains("Foto") && deed.detail.contains("refund_full"));
    buyer
        .post(&format!("{path}/{dispute}/posts"))
        .json(json!({"text": "Terima kasih."}))
        .send()
        .await
        .expect_problem(409, "claim-state");
    let mine = buyer.get(&format!("{path}/{dispute}")).send().await.expect(200).json();
    assert_eq!(mine["ruling"], WHY);
    app.buyer("budi").await.get(&format!("{path}/{dispute}")).send().await.expect_problem(404, "not-found");
}

/// Everybody who may says something, and reads what the others said.
async fn speak(app: &TestApp, (shop, buyer): (&Shop, &Person), (order, dispute): (&str, &str), photo: &str) {
    let path = format!("/v1/orders/{order}/disputes");
    let of_shop = shop.path(&format!("/orders/{order}/disputes/{dispute}"));
    let answer = json!({"text": "Kami kirim dalam keadaan baik."});
    shop.owner.post(&format!("{of_shop}/posts")).json(answer).send().await.expect(201);
    let officer = app.officer().await;
    let question = json!({"text": "Mohon kirim foto kemasan."});
    officer.post(&format!("/v1/admin/disputes/{dispute}/posts")).json(question).send().await.expect(201);
    let more = json!({"text": "Foto terlampir."});
    buyer.post(&format!("{path}/{dispute}/posts")).json(more).send().await.expect(201);
    let read = officer.get(&format!("/v1/admin/disputes/{dispute}")).send().await.expect(200).json();
    let said: Vec<&Value> = list(&read["posts"]).iter().map(|post| &post["by"]).collect();
    assert_eq!(said, ["vendor", "officer", "buyer"]);
    assert_eq!(read["files"][0]["id"], photo);
    officer.get(&format!("/v1/admin/orders/{order}/files/{photo}")).send().await.expect(200);
    assert_eq!(shop.owner.get(&of_shop).send().await.expect(200).json(), read);
    let open_ones = officer.get("/v1/admin/disputes?status=open").send().await.expect(200).json();
    assert_eq!(list(&open_ones["items"]).len(), 1);
}

async fn the_office_gives_a_part_back(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let order = delivered(&shop, &buyer, &cloth, 2).await;
    buyer.moves(&order, "receive").await.expect(200);
    let dispute = text(&open(&buyer, &order, "not_as_described").await.expect(201).json()["id"]);
    let officer = app.platform("officer").await;
    let body = json!({"outcome": "refund_part", "amount": 30_000, "ruling": WHY});
    assert_eq!(rule(&officer, &dispute, body).await.expect(200).json()["amount"], 30_000);
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["status"], &read["has_claims"]), (&json!("completed"), &json!(false)));
    assert_eq!(app.stock(cloth.variant()).await, (8, 0));
    // A week later nobody can be asked any more.
    app.advance(Duration::days(12));
    open(&buyer, &order, "other").await.expect_problem(409, "window-closed");
}

async fn what_did_not_come(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 1).await;
    open(&buyer, &order, "not_delivered").await.expect_problem(409, "window-closed");
    shop.moves(&order, "ship").await.expect(200);
    let dispute = text(&open(&buyer, &order, "not_delivered").await.expect(201).json()["id"]);
    let officer = app.platform("officer").await;
    let body = json!({"outcome": "none", "ruling": "Bukti serah terima lengkap."});
    rule(&officer, &dispute, body).await.expect(200);
    // Decided as if it came: the days to the end begin.
    assert_eq!(buyer.order_status(&order).await, "delivered");
    app.advance(Duration::days(4));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(&order).await, "completed");
}

async fn cash_that_nobody_took(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let purchase: Purchase = buyer.checkout().item(&cloth, 1).pay_by("cod").send().await.into();
    let order = purchase.orders[0].as_str();
    shop.moves(order, "accept").await.expect(200);
    shop.moves(order, "ship").await.expect(200);
    let path = shop.path(&format!("/orders/{order}/disputes"));
    let body = json!({"reason": "other", "text": "Alamat tidak ditemukan."});
    let dispute = text(&shop.owner.post(&path).json(body).send().await.expect(201).json()["id"]);
    let officer = app.platform("officer").await;
    let body = json!({"outcome": "refund_full", "restock": false, "ruling": "Pesanan dianggap batal."});
    assert_eq!(rule(&officer, &dispute, body).await.expect(200).json()["amount"], 0);
    assert_eq!(buyer.order_status(order).await, "returned");
    assert_eq!(app.stock(cloth.variant()).await, (9, 0));
    let payment = buyer.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.expect(200).json();
    assert_eq!(payment["status"], "cancelled");
}

async fn taking_it_back(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = delivered(&shop, &buyer, &cloth, 1).await;
    let dispute = text(&open(&buyer, &order, "damaged").await.expect(201).json()["id"]);
    let of_shop = shop.path(&format!("/orders/{order}/disputes/{dispute}/withdraw"));
    shop.owner.post(&of_shop).send().await.expect_problem(409, "claim-state");
    let mine = format!("/v1/orders/{order}/disputes/{dispute}/withdraw");
    assert_eq!(buyer.post(&mine).send().await.expect(200).json()["status"], "withdrawn");
    let body = json!({"reason": "return_wrong", "text": "Yang kembali bukan barang kami."});
    let path = shop.path(&format!("/orders/{order}/disputes"));
    let dispute = text(&shop.owner.post(&path).json(body).send().await.expect(201).json()["id"]);
    let of_shop = shop.path(&format!("/orders/{order}/disputes/{dispute}/withdraw"));
    shop.owner.post(&of_shop).send().await.expect(200);
    buyer.moves(&order, "receive").await.expect(200);
}

async fn a_ruling_is_made_once(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let order = delivered(&shop, &buyer, &cloth, 2).await;
    let dispute = text(&open(&buyer, &order, "damaged").await.expect(201).json()["id"]);
    let (one, two) = (app.platform("officer").await, app.platform("operator").await);
    let server = app.serve().await;
    let path = format!("/v1/admin/disputes/{dispute}/rule");
    let body = json!({"outcome": "refund_part", "amount": 40_000, "ruling": WHY});
    let request = |turn: usize| {
        let who = if turn.is_multiple_of(2) { &one } else { &two };
        server.post(&path).by(who).key(&format!("kunci-putusan-{turn}")).json(body.clone())
    };
    let replies = all_at_once((0..6).map(request).collect()).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    let timeline = buyer.get(&format!("/v1/orders/{order}/timeline")).send().await.expect(200).json();
    let owed = list(&timeline["items"]).iter().filter(|item| item["kind"] == "refund.owed").count();
    assert_eq!(owed, 1);
}

async fn what_never_left_is_on_the_shelf(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 3).await;
    let line = first_line(&buyer, &order).await;
    let body = json!({"lines": [{"line_id": line, "quantity": 1}]});
    shop.owner.post(&shop.path(&format!("/orders/{order}/shipments"))).json(body).send().await.expect(201);
    let dispute = text(&open(&buyer, &order, "not_delivered").await.expect(201).json()["id"]);
    let officer = app.platform("officer").await;
    let body = json!({"outcome": "refund_full", "restock": false, "ruling": WHY});
    rule(&officer, &dispute, body).await.expect(200);
    assert_eq!(buyer.order_status(&order).await, "returned");
    // One piece is lost, two were never sent.
    assert_eq!(app.stock(cloth.variant()).await, (9, 0));
}

async fn what_the_office_decides_about_is_not_called_off(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 1).await;
    app.advance(Duration::days(8));
    let dispute = text(&open(&buyer, &order, "not_delivered").await.expect(201).json()["id"]);
    assert_eq!(seen(&buyer, &order).await["allowed_actions"], json!([]));
    buyer.moves(&order, "cancel").await.expect_problem(409, "claim-open");
    shop.moves(&order, "cancel").await.expect_problem(409, "claim-open");
    let withdraw = format!("/v1/orders/{order}/disputes/{dispute}/withdraw");
    buyer.post(&withdraw).send().await.expect(200);
    buyer.moves(&order, "cancel").await.expect(200);
}

//! Goods that go back: asked for, agreed to, sent, received; then the money.

use chrono::Duration;
use lapak::catalog::entity::movement::{Column as Move, Entity as Moves, Reason};
use lapak::worker;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{delivered, first_line, seen, told};
use crate::race::all_at_once;
use crate::settlement::{balance, books_are_right, refund};
use crate::support::shop::{Shop, list, text};
use crate::support::{Person, Purchase, Reply, TestApp, both, png};

both![
    a_part_goes_back,
    everything_goes_back_with_the_shipping,
    a_shop_that_does_not_answer_agrees,
    refusing_and_withdrawing,
    goods_that_never_come_are_kept,
    receiving_twice_pays_once,
    pieces_go_back_once,
    what_was_paid_back_by_hand_is_received,
    cash_that_went_back_is_owed_by_the_shop,
];

pub async fn ask(buyer: &Person, order: &str, line: &str, pieces: i64) -> Reply {
    let body =
        json!({"lines": [{"line_id": line, "quantity": pieces, "reason": "damaged"}], "note": "sobek"});
    buyer.post(&format!("/v1/orders/{order}/returns")).json(body).send().await
}

async fn answer(shop: &Shop, order: &str, claim: &str, act: &str, body: Value) -> Reply {
    let path = shop.path(&format!("/orders/{order}/returns/{claim}/{act}"));
    shop.owner.post(&path).key(&format!("kunci-{claim}-{act}")).json(body).send().await
}

async fn journal(app: &TestApp, variant: &str, reason: Reason) -> i32 {
    let variant: lapak::kernel::VariantId = variant.parse().unwrap();
    let rows = Moves::find().filter(Move::VariantId.eq(variant)).filter(Move::Reason.eq(reason));
    rows.all(app.db.read()).await.unwrap().iter().map(|row| row.delta).sum()
}

async fn a_part_goes_back(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let order = delivered(&shop, &buyer, &cloth, 4).await;
    let line = first_line(&buyer, &order).await;
    ask(&buyer, &order, &line, 5).await.expect_problem(422, "invalid");
    ask(&buyer, &order, &line, 0).await.expect_problem(422, "invalid");
    let photo = buyer.post(&format!("/v1/orders/{order}/files")).file("x.png", "image/png", &png(30, 30));
    let photo = text(&photo.send().await.expect(201).json()["id"]);
    let body = json!({"lines": [{"line_id": line, "quantity": 3, "reason": "damaged"}], "note": "sobek", "files": [photo]});
    let path = format!("/v1/orders/{order}/returns");
    let made = buyer.post(&path).json(body).send().await.expect(201).json();
    let claim = text(&made["id"]);
    assert_eq!((&made["status"], &made["allowed_actions"]), (&json!("requested"), &json!(["withdraw"])));
    assert_eq!(told(&app, "return.requested").await, 1);
    shop.owner.get(&shop.path(&format!("/orders/{order}/files/{photo}"))).send().await.expect(200);
    // Neither by hand nor by the clock does the order end meanwhile.
    buyer.moves(&order, "receive").await.expect_problem(409, "claim-open");
    answer(&shop, &order, &claim, "approve", json!({"note": "Kirim ke toko"})).await.expect(200);
    app.advance(Duration::days(4));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(&order).await, "delivered");
    let ship = format!("{path}/{claim}/ship");
    let sent = buyer.post(&ship).json(json!({"carrier": "JNE", "tracking_number": "77"})).send().await;
    assert_eq!(sent.expect(200).json()["status"], "shipped_back");
    let wrong = json!({"lines": [{"line_id": line, "restocked": 1, "lost": 1}]});
    answer(&shop, &order, &claim, "receive", wrong).await.expect_problem(422, "invalid");
    let path = shop.path(&format!("/orders/{order}/returns/{claim}/receive"));
    let outcome = json!({"lines": [{"line_id": line, "restocked": 2, "lost": 1}]});
    let received = shop.owner.post(&path).key("kunci-terima-kembali").json(outcome.clone()).send().await;
    let received = received.expect(200).json();
    assert_eq!((&received["status"], &received["refund"]), (&json!("received"), &json!(150_000)));
    let again =
        shop.owner.post(&path).key("kunci-terima-kembali").json(outcome).send().await.expect(200).json();
    assert_eq!(again, received);
    assert_eq!(app.stock(cloth.variant()).await, (8, 0));
    assert_eq!(journal(&app, cloth.variant(), Reason::Return).await, 3);
    assert_eq!(journal(&app, cloth.variant(), Reason::Loss).await, -1);
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["status"], &read["lines"][0]["returned"]), (&json!("delivered"), &json!(3)));
    // The days to the end begin again.
    app.run_jobs().await;
    app.advance(Duration::days(5));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(&order).await, "completed");
    is_in_the_timeline(&buyer, &order).await;
}

async fn is_in_the_timeline(buyer: &Person, order: &str) {
    let timeline = buyer.get(&format!("/v1/orders/{order}/timeline")).send().await.expect(200).json();
    let kinds: Vec<String> = list(&timeline["items"]).iter().map(|item| text(&item["kind"])).collect();
    for kind in
        ["return_requested", "return_approved", "return_shipped_back", "return_received", "refund.owed"]
    {
        assert_eq!(kinds.iter().filter(|known| *known == kind).count(), 1, "{kind} in {kinds:?}");
    }
}

async fn everything_goes_back_with_the_shipping(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let wish = buyer.checkout().item(&cloth, 2).deliver_by("own_courier").send().await;
    let purchase: Purchase = wish.into();
    buyer.settle(&purchase).await.expect(200);
    let order = purchase.orders[0].as_str();
    for act in ["accept", "ship", "deliver"] {
        shop.moves(order, act).await.expect(200);
    }
    // Also after the buyer has said that it came.
    buyer.moves(order, "receive").await.expect(200);
    let line = first_line(&buyer, order).await;
    let claim = text(&ask(&buyer, order, &line, 2).await.expect(201).json()["id"]);
    answer(&shop, order, &claim, "approve", json!({})).await.expect(200);
    let received = answer(&shop, order, &claim, "receive", json!({})).await.expect(200).json();
    assert_eq!(received["refund"], purchase.total);
    let read = seen(&buyer, order).await;
    assert_eq!(read["status"], "returned");
    assert_eq!(app.stock(cloth.variant()).await, (10, 0));
    ask(&buyer, order, &line, 1).await.expect_problem(409, "window-closed");
    app.run_jobs().await;
    let payment = buyer.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.expect(200).json();
    assert_eq!(payment["status"], "refunded");
}

async fn a_shop_that_does_not_answer_agrees(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = delivered(&shop, &buyer, &cloth, 1).await;
    let line = first_line(&buyer, &order).await;
    let claim = text(&ask(&buyer, &order, &line, 1).await.expect(201).json()["id"]);
    app.advance(Duration::hours(36));
    app.run_jobs().await;
    assert_eq!(told(&app, "return.decide_reminder").await, 2);
    app.advance(Duration::hours(36));
    app.run_jobs().await;
    app.run_jobs().await;
    let read = seen(&buyer, &order).await;
    assert_eq!(read["returns"][0]["status"], "approved");
    answer(&shop, &order, &claim, "refuse", json!({"note": "terlambat"}))
        .await
        .expect_problem(409, "claim-state");
}

async fn refusing_and_withdrawing(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = delivered(&shop, &buyer, &cloth, 1).await;
    let line = first_line(&buyer, &order).await;
    let claim = text(&ask(&buyer, &order, &line, 1).await.expect(201).json()["id"]);
    ask(&buyer, &order, &line, 1).await.expect_problem(422, "invalid");
    let withdraw = format!("/v1/orders/{order}/returns/{claim}/withdraw");
    assert_eq!(buyer.post(&withdraw).send().await.expect(200).json()["status"], "withdrawn");
    buyer.post(&withdraw).send().await.expect_problem(409, "claim-state");
    let claim = text(&ask(&buyer, &order, &line, 1).await.expect(201).json()["id"]);
    answer(&shop, &order, &claim, "refuse", json!({"note": "x"})).await.expect_problem(422, "invalid");
    let refused = answer(&shop, &order, &claim, "refuse", json!({"note": "Barang dipakai"})).await;
    let refused = refused.expect(200).json();
    assert_eq!((&refused["status"], &refused["answer"]), (&json!("refused"), &json!("Barang dipakai")));
    assert_eq!(told(&app, "return.refused").await, 1);
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["has_claims"], &read["lines"][0]["returned"]), (&json!(false), &json!(0)));
    // The window is for two working days.
    app.advance(Duration::hours(49));
    ask(&buyer, &order, &line, 1).await.expect_problem(409, "window-closed");
    let seen_by_shop =
        shop.owner.get(&shop.path(&format!("/orders/{order}"))).send().await.expect(200).json();
    assert_eq!(list(&seen_by_shop["returns"]).len(), 2);
}

async fn goods_that_never_come_are_kept(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = delivered(&shop, &buyer, &cloth, 1).await;
    let line = first_line(&buyer, &order).await;
    let claim = text(&ask(&buyer, &order, &line, 1).await.expect(201).json()["id"]);
    answer(&shop, &order, &claim, "approve", json!({})).await.expect(200);
    for _ in 0..4 {
        app.advance(Duration::days(2));
        app.run_jobs().await;
    }
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["returns"][0]["status"], &read["lines"][0]["returned"]), (&json!("lapsed"), &json!(0)));
    app.advance(Duration::days(7));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(&order).await, "completed");
}

async fn receiving_twice_pays_once(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let order = delivered(&shop, &buyer, &cloth, 2).await;
    let line = first_line(&buyer, &order).await;
    let claim = text(&ask(&buyer, &order, &line, 1).await.expect(201).json()["id"]);
    answer(&shop, &order, &claim, "approve", json!({})).await.expect(200);
    let server = app.serve().await;
    let path = shop.path(&format!("/orders/{order}/returns/{claim}/receive"));
    let request = |turn: usize| {
        server.post(&path).by(&shop.owner).key(&format!("kunci-berbeda-{turn}")).json(json!({}))
    };
    let replies = all_at_once((0..10).map(request).collect()).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(app.stock(cloth.variant()).await, (9, 0));
    let timeline = buyer.get(&format!("/v1/orders/{order}/timeline")).send().await.expect(200).json();
    let owed: Vec<&Value> =
        list(&timeline["items"]).iter().filter(|item| item["kind"] == "refund.owed").collect();
    assert_eq!((owed.len(), &owed[0]["detail"]["amount"]), (1, &json!(50_000)));
}

async fn pieces_go_back_once(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = delivered(&shop, &buyer, &cloth, 5).await;
    let line = first_line(&buyer, &order).await;
    let server = app.serve().await;
    let body = json!({"lines": [{"line_id": line, "quantity": 2, "reason": "damaged"}]});
    let path = format!("/v1/orders/{order}/returns");
    let requests = (0..8).map(|_| server.post(&path).by(&buyer).json(body.clone())).collect();
    let replies = all_at_once(requests).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 2);
    assert_eq!(seen(&buyer, &order).await["lines"][0]["returned"], 4);
}

async fn what_was_paid_back_by_hand_is_received(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let order = delivered(&shop, &buyer, &cloth, 3).await;
    let line = first_line(&buyer, &order).await;
    let claim = text(&ask(&buyer, &order, &line, 3).await.expect(201).json()["id"]);
    answer(&shop, &order, &claim, "approve", json!({})).await.expect(200);
    let two = json!({"lines": [{"order_line_id": line, "quantity": 2}]});
    refund(&app.finance().await, &order, "dua-di-muka", two).await.expect(201);
    // The third piece is left to be paid back, and everything is there.
    let received = answer(&shop, &order, &claim, "receive", json!({})).await.expect(200).json();
    assert_eq!(received["refund"], 50_000);
    assert_eq!(buyer.order_status(&order).await, "returned");
    assert_eq!(app.stock(cloth.variant()).await, (10, 0));
}

/// What went back of the cash that the shop took is its debt; what did not, here the shipping, is earned.
async fn cash_that_went_back_is_owed_by_the_shop(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").price(50_000).create().await;
    let wish = buyer.checkout().item(&cloth, 2).pay_by("cod").deliver_by("own_courier");
    let purchase: Purchase = wish.send().await.into();
    let order = purchase.orders[0].as_str();
    for act in ["accept", "ship", "deliver"] {
        shop.moves(order, act).await.expect(200);
    }
    let line = first_line(&buyer, order).await;
    let body = json!({"lines": [{"line_id": line, "quantity": 2, "reason": "changed_mind"}]});
    let asked = buyer.post(&format!("/v1/orders/{order}/returns")).json(body).send().await;
    let claim = text(&asked.expect(201).json()["id"]);
    answer(&shop, order, &claim, "approve", json!({})).await.expect(200);
    let received = answer(&shop, order, &claim, "receive", json!({})).await.expect(200).json();
    assert_eq!(received["refund"], 100_000);
    assert_eq!(buyer.order_status(order).await, "returned");
    assert_eq!(balance(&shop).await, (0, purchase.total - 100_000, 0));
    worker::worker(&app).run_periodic().await;
    assert_eq!(balance(&shop).await, (0, 0, 100_000));
    books_are_right(&app).await;
}

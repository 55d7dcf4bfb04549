//! Other ways to pay, and orders that end early.

use chrono::Duration;
use lapak::payments::entity::account::Kind;
use serde_json::json;

use super::market::fulfil;
use crate::support::shop::{Product, Purchase, Shop};
use crate::support::{Person, TestApp, both, png};

both![
    a_transfer_with_proof_is_confirmed_by_finance,
    cash_on_delivery_is_collected_at_the_door,
    cancelling_before_shipping_gives_everything_back,
    an_unpaid_purchase_expires,
    a_declined_order_is_refunded,
];

const CHIPS: i64 = 12_500;

async fn a_transfer_with_proof_is_confirmed_by_finance(app: TestApp) {
    let (ani, shop, chips) = stall(&app).await;
    let checkout = ani.checkout().item(&chips, 2).pay_by("manual_transfer");
    let purchase: Purchase = checkout.send().await.into();
    assert!(purchase.answer["payment"]["instructions"].is_object(), "{}", purchase.answer);
    let proof = ani.post(&format!("/v1/payments/{}/proof", purchase.payment_id));
    proof.file("bukti.png", "image/png", &png(300, 400)).send().await.expect(200);
    let confirm = format!("/v1/admin/payments/{}/confirm", purchase.payment_id);
    let body = json!({"note": "masuk rekening 24/11"});
    let key = "konfirmasi-transfer-1";
    let request = |person: &Person| person.post(&confirm).key(key).json(body.clone());
    request(&ani).send().await.expect_problem(403, "role-missing");
    request(&app.officer().await).send().await.expect_problem(403, "role-missing");
    let finance = app.finance().await;
    let confirmed = request(&finance).send().await.expect(200);
    assert_eq!(confirmed.json()["status"], "paid");
    assert_eq!(request(&finance).send().await.body, confirmed.body);
    assert_eq!(app.balance(Kind::VendorHeld, Some(&shop.id)).await, 2 * CHIPS);
    fulfil(&ani, &shop, &purchase.orders[0]).await;
}

async fn cash_on_delivery_is_collected_at_the_door(app: TestApp) {
    let (ani, shop, chips) = stall(&app).await;
    let checkout = ani.checkout().item(&chips, 3).pay_by("cod").deliver_by("own_courier");
    let purchase: Purchase = checkout.send().await.into();
    let order = &purchase.orders[0];
    assert_eq!(ani.order_status(order).await, "placed");
    assert_eq!(app.stock(chips.variant()).await, (10, 3));
    shop.moves(order, "accept").await.expect(200);
    assert_eq!(app.stock(chips.variant()).await, (7, 0));
    shop.moves(order, "ship").await.expect(200);
    shop.moves(order, "deliver").await.expect(200);
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await;
    assert_eq!(payment.expect(200).json()["status"], "paid");
    ani.moves(order, "receive").await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.balance(Kind::VendorPayable, Some(&shop.id)).await, purchase.total);
}

async fn cancelling_before_shipping_gives_everything_back(app: TestApp) {
    let (ani, shop, chips) = stall(&app).await;
    let other = app.vendor("Toko Sebelah").await;
    let soap = other.product("Sabun serai").price(8_000).stock(5).create().await;
    let purchase: Purchase = ani.checkout().item(&chips, 2).item(&soap, 1).send().await.into();
    ani.settle(&purchase).await.expect(200);
    let order = purchase.order_of(&shop);
    shop.moves(order, "accept").await.expect(200);
    let cancelled = ani.moves(order, "cancel").await.expect(200).json();
    assert_eq!(cancelled["status"], "cancelled");
    app.run_jobs().await;
    assert_eq!(app.stock(chips.variant()).await, (10, 0));
    assert_eq!(app.stock(soap.variant()).await, (4, 0));
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await;
    assert_eq!(payment.expect(200).json()["status"], "partially_refunded");
    assert_eq!(app.balance(Kind::VendorHeld, Some(&shop.id)).await, 0);
    assert_eq!(app.balance(Kind::Clearing, None).await, -8_000);
    let shipped = purchase.order_of(&other);
    other.moves(shipped, "accept").await.expect(200);
    other.moves(shipped, "ship").await.expect(200);
    ani.moves(shipped, "cancel").await.expect(409).problem();
}

async fn an_unpaid_purchase_expires(app: TestApp) {
    let (ani, _, chips) = stall(&app).await;
    let purchase: Purchase = ani.checkout().item(&chips, 10).send().await.into();
    let budi = app.buyer("Budi").await;
    let late = budi.checkout().item(&chips, 1).send().await;
    let problem = late.expect_problem(409, "out-of-stock");
    assert!(problem.to_string().contains(chips.variant()), "{problem}");
    app.advance(Duration::hours(23));
    app.run_jobs().await;
    assert_eq!(ani.order_status(&purchase.orders[0]).await, "awaiting_payment");
    app.advance(Duration::hours(2));
    app.run_jobs().await;
    assert_eq!(ani.order_status(&purchase.orders[0]).await, "expired");
    assert_eq!(app.stock(chips.variant()).await, (10, 0));
    late_money(&app, &ani, &purchase, &chips).await;
}

/// Money that comes after the deadline revives the purchase while the goods are there, and goes back otherwise.
async fn late_money(app: &TestApp, ani: &Person, first: &Purchase, chips: &Product) {
    let second: Purchase = ani.checkout().item(chips, 5).send().await.into();
    app.advance(Duration::hours(25));
    app.run_jobs().await;
    let settled = ani.settle(&second).await.expect(200).json();
    assert_eq!(settled["status"], "paid");
    assert_eq!(ani.order_status(&second.orders[0]).await, "paid");
    assert_eq!(app.stock(chips.variant()).await, (5, 0));
    let settled = ani.settle(first).await.expect(200).json();
    assert_eq!(settled["status"], "refund_pending");
    app.run_jobs().await;
    assert_eq!(ani.order_status(&first.orders[0]).await, "expired");
    let payment = ani.get(&format!("/v1/payments/{}", first.payment_id)).send().await;
    assert_eq!(payment.expect(200).json()["status"], "refunded");
    assert_eq!(app.balance(Kind::Clearing, None).await, -second.total);
}

async fn a_declined_order_is_refunded(app: TestApp) {
    let (ani, shop, chips) = stall(&app).await;
    let purchase: Purchase = ani.checkout().item(&chips, 4).send().await.into();
    ani.settle(&purchase).await.expect(200);
    let declined = shop.moves(&purchase.orders[0], "decline").await.expect(200).json();
    assert_eq!(declined["status"], "declined");
    app.run_jobs().await;
    assert_eq!(app.stock(chips.variant()).await, (10, 0));
    let payment = ani.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await;
    assert_eq!(payment.expect(200).json()["status"], "refunded");
    assert_eq!(app.balance(Kind::Clearing, None).await, 0);
    shop.moves(&purchase.orders[0], "accept").await.expect(409).problem();
}

/// A buyer, a shop, and ten bags of chips in it.
async fn stall(app: &TestApp) -> (Person, Shop, Product) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let chips = shop.product("Keripik singkong").price(CHIPS).stock(10).create().await;
    (app.buyer("Ani").await, shop, chips)
}

//! Deadlines: frozen at the move, with reminders, and never a silent end.

use chrono::Duration;
use lapak::checkout::service::end_deadline;
use lapak::orders::jobs::Deadline;
use lapak::orders::model::deadline::{Stage, Step};
use serde_json::json;

use super::{accepted, delivered, paid, seen, told};
use crate::support::shop::{Product, Shop, address, list, text};
use crate::support::{Person, Purchase, TestApp, both};

both![
    what_no_shop_accepts_ends_with_the_money_back,
    cash_on_delivery_expires,
    a_late_order_stays_and_both_are_told,
    what_takes_longer_has_its_own_time,
    what_is_delivered_completes_by_itself,
    a_paid_meal_is_accepted_before_its_day,
];

async fn what_no_shop_accepts_ends_with_the_money_back(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let (purchase, order) = paid(&buyer, &cloth, 2).await;
    // Tuesday 10.00 in Jakarta, and three working days.
    assert_eq!(seen(&buyer, &order).await["accept_by"], "2026-11-27T03:00:00Z");
    app.advance(Duration::hours(36));
    app.run_jobs().await;
    app.run_jobs().await;
    assert_eq!(told(&app, "order.accept_reminder").await, 2);
    app.advance(Duration::hours(12));
    app.run_jobs().await;
    assert_eq!(told(&app, "order.accept_reminder").await, 4);
    assert_eq!(buyer.order_status(&order).await, "paid");
    app.advance(Duration::hours(24));
    app.run_jobs().await;
    let ended = seen(&buyer, &order).await;
    assert_eq!((&ended["status"], &ended["end_reason"]), (&json!("declined"), &json!("not_accepted")));
    assert_eq!(told(&app, "order.not_accepted").await, 2);
    let payment = buyer.get(&format!("/v1/payments/{}", purchase.payment_id)).send().await.expect(200).json();
    assert_eq!(payment["status"], "refunded");
    assert_eq!(app.stock(cloth.variant()).await, (10, 0));
    shop.moves(&order, "accept").await.expect_problem(409, "order-state");
    // An accepted order is left alone by a job that comes too late.
    let (_, kept) = paid(&buyer, &cloth, 1).await;
    shop.moves(&kept, "accept").await.expect(200);
    app.advance(Duration::days(4));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(&kept).await, "accepted");
}

async fn cash_on_delivery_expires(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    // Friday evening: the weekend does not count.
    app.advance(Duration::hours(3 * 24 + 10));
    let purchase: Purchase = buyer.checkout().item(&cloth, 1).pay_by("cod").send().await.into();
    let order = &purchase.orders[0];
    assert_eq!(seen(&buyer, order).await["accept_by"], "2026-12-02T13:00:00Z");
    app.advance(Duration::days(4));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(order).await, "placed");
    app.advance(Duration::days(1));
    app.run_jobs().await;
    assert_eq!(buyer.order_status(order).await, "expired");
    assert_eq!(app.stock(cloth.variant()).await, (10, 0));
}

async fn a_late_order_stays_and_both_are_told(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = accepted(&shop, &buyer, &cloth, 1).await;
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["ship_by"], &read["is_late"]), (&json!("2026-12-01T03:00:00Z"), &json!(false)));
    app.advance(Duration::days(7));
    app.run_jobs().await;
    let late = Deadline {
        order_id: order.parse().unwrap(),
        stage: Stage::Ship,
        step: Step::End,
        end: "2026-12-01T03:00:00Z".parse().unwrap(),
    };
    // A job may run more than once.
    end_deadline(&app, &late).await.unwrap();
    assert_eq!(told(&app, "order.ship_overdue").await, 2);
    app.advance(Duration::seconds(1));
    let read = seen(&buyer, &order).await;
    assert_eq!((&read["status"], &read["is_late"]), (&json!("accepted"), &json!(true)));
    assert_eq!(read["allowed_actions"], json!(["cancel", "open_dispute"]));
    let path = format!("/v1/orders/{order}/timeline");
    let timeline = buyer.get(&path).send().await.expect(200).json();
    let overdue = list(&timeline["items"]).iter().filter(|item| item["kind"] == "ship_overdue").count();
    assert_eq!(overdue, 1, "{timeline}");
    let why = json!({"reason": "too_slow"});
    buyer.post(&format!("/v1/orders/{order}/cancel")).json(why).send().await.expect(200);
}

async fn what_takes_longer_has_its_own_time(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let made = shop.product("Kebaya jahit").with("lead_time_days", json!(9)).create().await;
    let order = accepted(&shop, &buyer, &made, 1).await;
    // Nine working days from a Tuesday.
    assert_eq!(seen(&buyer, &order).await["ship_by"], "2026-12-07T03:00:00Z");
}

async fn what_is_delivered_completes_by_itself(app: TestApp) {
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let order = delivered(&shop, &buyer, &cloth, 1).await;
    let read = seen(&buyer, &order).await;
    assert_eq!(read["complete_at"], "2026-11-27T03:00:00Z");
    assert_eq!(read["return_by"], "2026-11-26T03:00:00Z");
    assert_eq!(read["dispute_by"], "2026-12-03T03:00:00Z");
    assert_eq!(read["allowed_actions"], json!(["receive", "request_return", "open_dispute"]));
    app.advance(Duration::hours(48));
    app.run_jobs().await;
    assert_eq!(told(&app, "order.complete_reminder").await, 2);
    assert_eq!(buyer.order_status(&order).await, "delivered");
    app.advance(Duration::hours(24));
    app.run_jobs().await;
    let read = seen(&buyer, &order).await;
    assert_eq!(read["status"], "completed");
    let last = list(&read["events"]).last().unwrap().clone();
    assert_eq!(text(&last["by"]), "system");
    assert_eq!(told(&app, "order.auto_completed").await, 2);
}

/// A meal for the next day, not paid yet. Nothing can be ordered for a day once it has begun.
async fn meal_for_tomorrow((shop, buyer): (&Shop, &Person), meal: &Product) -> Purchase {
    let own = shop.path(&format!("/products/{}", meal.id));
    let version = shop.owner.get(&own).send().await.expect(200);
    let plan = json!({"weekdays": [9, 9, 9, 9, 9, 0, 0]});
    shop.owner.put(&format!("{own}/meal-plan")).if_match(&version).json(plan).send().await.expect(200);
    let cart = text(&buyer.post("/v1/carts").send().await.expect(201).json()["id"]);
    let line = format!("/v1/carts/{cart}/lines/{}", meal.variant());
    buyer.put(&line).json(json!({"quantity": 1})).send().await.expect(200);
    let body = json!({
        "cart_id": cart,
        "shipping_address": address(),
        "deliveries": [{"vendor_id": shop.id, "method": "pickup", "date": "2026-11-25"}],
        "expected_total": 25_000,
        "payment_method": "sandbox",
    });
    buyer.post("/v1/checkouts").key("kunci-makan-besok").json(body).send().await.into()
}

async fn a_paid_meal_is_accepted_before_its_day(app: TestApp) {
    let (shop, buyer) = (app.vendor("Katering Bu Ani").await, app.buyer("ani").await);
    let meal = shop.product("Nasi kotak").with("category", json!("nasi-kotak")).price(25_000).create().await;
    let purchase = meal_for_tomorrow((&shop, &buyer), &meal).await;
    let order = purchase.orders[0].as_str();
    assert_eq!(seen(&buyer, order).await["accept_by"], json!(null));
    buyer.settle(&purchase).await.expect(200);
    // Midnight in Jakarta, not three working days.
    assert_eq!(seen(&buyer, order).await["accept_by"], "2026-11-24T17:00:00Z");
    app.advance(Duration::hours(14));
    app.run_jobs().await;
    app.run_jobs().await;
    let ended = seen(&buyer, order).await;
    assert_eq!((&ended["status"], &ended["end_reason"]), (&json!("declined"), &json!("not_accepted")));
}

//! The rules that always hold can be broken, and then both the tests' SQL and the service's own report say so.

use serde_json::Value;

use crate::support::invariants::{execute, violations};
use crate::support::shop::list;
use crate::support::{Person, TestApp, both};

both![broken_stock_is_found, broken_money_is_found, broken_orders_are_found,];

async fn broken_stock_is_found(app: TestApp) {
    let operator = sold(&app).await;
    for (rule, damage, repair) in [
        (
            "1 parts of bundles cost nothing by themselves",
            "UPDATE order_lines SET parent_id = id",
            "UPDATE order_lines SET parent_id = NULL",
        ),
        (
            "1 movements add up to what is on hand",
            "UPDATE stock SET on_hand = on_hand + 1",
            "UPDATE stock SET on_hand = on_hand - 1",
        ),
        (
            "1 live reservations add up to what is reserved",
            "UPDATE stock SET reserved = reserved + 1",
            "UPDATE stock SET reserved = reserved - 1",
        ),
    ] {
        found(&app, &operator, rule, damage, repair).await;
    }
}

async fn broken_money_is_found(app: TestApp) {
    let operator = sold(&app).await;
    for (rule, damage, repair) in [
        (
            "2 balances equal the sums of transfers",
            "UPDATE ledger_accounts SET balance = balance + 1 WHERE balance IS NOT NULL",
            "UPDATE ledger_accounts SET balance = balance - 1 WHERE balance IS NOT NULL",
        ),
        (
            "4 a payment in advance is captured once, and whole",
            "UPDATE payments SET amount = amount + 1",
            "UPDATE payments SET amount = amount - 1",
        ),
        (
            "4 what a payment says is refunded has left",
            "UPDATE payments SET refunded = refunded + 1",
            "UPDATE payments SET refunded = refunded - 1",
        ),
    ] {
        found(&app, &operator, rule, damage, repair).await;
    }
}

async fn broken_orders_are_found(app: TestApp) {
    let operator = sold(&app).await;
    for (rule, damage, repair) in [
        (
            "5 orders add up to their purchase",
            "UPDATE orders SET total = total + 1, shipping_total = shipping_total + 1",
            "UPDATE orders SET total = total - 1, shipping_total = shipping_total - 1",
        ),
        (
            "11 an order stands where its last move put it",
            "UPDATE orders SET status = 'shipped'",
            "UPDATE orders SET status = 'paid'",
        ),
        (
            "11 orders move as the table says",
            "UPDATE order_events SET from_status = 'completed'",
            "UPDATE order_events SET from_status = 'awaiting_payment'",
        ),
    ] {
        found(&app, &operator, rule, damage, repair).await;
    }
}

/// A paid order, and somebody who may read the report.
async fn sold(app: &TestApp) -> Person {
    let shop = app.vendor("Toko Jujur").await;
    let product = shop.product("Celengan").create().await;
    let ani = app.buyer("Ani").await;
    let purchase = ani.buy(&product).await;
    ani.settle(&purchase).await.expect(200);
    // The report also compares the index.
    app.sync_search().await;
    let operator = app.operator().await;
    app.sync_search().await;
    assert_eq!(reported(&operator).await, 0);
    operator
}

async fn found(app: &TestApp, operator: &Person, rule: &str, damage: &str, repair: &str) {
    execute(app, damage).await;
    let broken = violations(app).await;
    assert!(broken.contains_key(rule), "{rule} is not among {broken:#?}");
    assert!(reported(operator).await > 0, "the report does not see: {rule}");
    execute(app, repair).await;
    assert!(violations(app).await.is_empty(), "{rule}: not repaired");
    assert_eq!(reported(operator).await, 0, "{rule}");
}

/// Violations in the service's own report.
async fn reported(operator: &Person) -> u64 {
    let report = operator.get("/v1/admin/invariants").send().await.expect(200).json();
    list(&report["items"]).iter().filter_map(|rule| Value::as_u64(&rule["violations"])).sum()
}

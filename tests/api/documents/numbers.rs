//! Numbers: none missing, none twice, none changed.

use lapak::documents::entity::document::Kind;
use lapak::documents::service::numbers;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use uuid::Uuid;

use super::{by_buyer, issued, sold};
use crate::support::{TestApp, both};

both![fifty_at_once_have_fifty_numbers, what_is_rolled_back_has_no_number, nothing_is_changed_afterwards];

async fn fifty_at_once_have_fifty_numbers(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").stock(100).create().await;
    let mut orders = Vec::new();
    for _ in 0..50 {
        orders.push(ani.buy(&cloth).await.orders.remove(0));
    }
    ani.token().await;
    let server = app.serve().await;
    // Each is asked for twice at the same moment.
    let ask = |order: &String| {
        let path = format!("/v1/orders/{order}/documents");
        server.post(&path).by(&ani).json(json!({"kind": "invoice"})).send()
    };
    let replies = futures_util::future::join_all(orders.iter().chain(&orders).map(ask)).await;
    for reply in replies {
        assert!([200, 201].contains(&reply.status.as_u16()), "{}", reply.text());
    }
    let papers = issued(&app).await;
    let mut serials: Vec<i64> = papers.iter().map(|paper| paper.serial).collect();
    serials.sort_unstable();
    assert_eq!(serials, (1..=50).collect::<Vec<i64>>());
    assert!(papers.iter().all(|paper| paper.number.ends_with(&format!("/2026/{:05}", paper.serial))));
}

async fn what_is_rolled_back_has_no_number(app: TestApp) {
    let issuer = Uuid::from_u128(7);
    let draw = async |keep: bool, kind: Kind, year: i32| {
        let txn = app.db.begin().await.unwrap();
        let drawn = numbers::draw(&txn, (issuer, kind, year)).await.unwrap();
        if keep {
            txn.commit().await.unwrap();
        } else {
            txn.rollback().await.unwrap();
        }
        drawn
    };
    assert_eq!(draw(false, Kind::Invoice, 2026).await, 1);
    assert_eq!(draw(true, Kind::Invoice, 2026).await, 1);
    assert_eq!(draw(false, Kind::Invoice, 2026).await, 2);
    assert_eq!(draw(true, Kind::Invoice, 2026).await, 2);
    // Each kind and each year counts by itself.
    assert_eq!(draw(true, Kind::Receipt, 2026).await, 1);
    assert_eq!(draw(true, Kind::Invoice, 2027).await, 1);
}

async fn nothing_is_changed_afterwards(app: TestApp) {
    let (_, ani, purchase) = sold(&app).await;
    by_buyer(&ani, &purchase.orders[0], "invoice").await;
    app.run_jobs().await;
    for sql in [
        "UPDATE documents SET number = 'INV/X/2026/00002'",
        "UPDATE documents SET data = '{}'",
        "DELETE FROM documents",
        "UPDATE document_files SET sha256 = 'x'",
        "DELETE FROM document_files",
    ] {
        let txn = app.db.begin().await.unwrap();
        let outcome = txn.execute_raw(Statement::from_string(app.db.backend(), sql)).await;
        assert!(outcome.unwrap_err().to_string().contains("append-only"), "{sql}");
    }
}

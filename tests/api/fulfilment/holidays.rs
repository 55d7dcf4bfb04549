//! The holidays that deadlines are counted without.

use chrono::Duration;
use serde_json::json;

use super::{paid, seen};
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![operators_keep_the_holidays];

async fn operators_keep_the_holidays(app: TestApp) {
    let year = app.get("/v1/holidays?year=2026").send().await.expect(200).json();
    assert_eq!(list(&year["items"]).len(), 25);
    app.get("/v1/holidays?year=1").send().await.expect_problem(422, "invalid");
    let (shop, buyer) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    let (_, before) = paid(&buyer, &cloth, 1).await;
    let operator = app.operator().await;
    let day = json!({"day": "2026-11-26", "name": "Hari Jadi Kabupaten", "kind": "local"});
    let made = operator.post("/v1/admin/holidays").json(day.clone()).send().await.expect(201).json();
    operator.post("/v1/admin/holidays").json(day).send().await.expect_problem(409, "holiday-exists");
    let bad = json!({"day": "2026-11-26", "name": "x", "kind": "local"});
    operator.post("/v1/admin/holidays").json(bad).send().await.expect_problem(422, "invalid");
    let officer = app.officer().await;
    let other = json!({"day": "2026-11-27", "name": "Hari lain", "kind": "local"});
    officer.post("/v1/admin/holidays").json(other).send().await.expect_problem(403, "role-missing");
    // What runs already stays; what begins now is counted without the new day.
    let (_, after) = paid(&buyer, &cloth, 1).await;
    assert_eq!(seen(&buyer, &before).await["accept_by"], "2026-11-27T03:00:00Z");
    assert_eq!(seen(&buyer, &after).await["accept_by"], "2026-11-30T03:00:00Z");
    let path = format!("/v1/admin/holidays/{}", text(&made["id"]));
    operator.delete(&path).send().await.expect(204);
    operator.delete(&path).send().await.expect_problem(404, "not-found");
    assert_eq!(app.audited("holiday.added").await.len(), 1);
    assert_eq!(app.audited("holiday.removed").await.len(), 1);
    // Longer ago than a password counts, shorter than a token does.
    app.advance(Duration::minutes(11));
    operator.delete(&path).send().await.expect_problem(403, "step-up-required");
}

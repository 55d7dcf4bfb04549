//! Which shops are alive, and which need help.

use chrono::Duration;
use serde_json::json;

use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![what_shops_do_is_derived];

async fn names(app: &TestApp, query: &str) -> Vec<String> {
    let path = format!("/v1/admin/vendor-activity?{query}");
    let page = app.officer().await.get(&path).send().await.expect(200);
    assert_eq!(page.statements, 7, "however many shops there are");
    list(&page.json()["items"]).iter().map(|shop| text(&shop["name"])).collect()
}

async fn what_shops_do_is_derived(app: TestApp) {
    let (quiet, busy) = (app.vendor("Toko Sepi").await, app.vendor("Toko Ramai").await);
    app.unverified_vendor("Belum Buka").await;
    assert_eq!(names(&app, "").await, ["Toko Sepi", "Toko Ramai"]);
    let product = busy.product("Kain").create().await;
    app.buyer("pembeli").await.buy(&product).await;
    let body = json!({"period": "2026-S2", "turnover": 1});
    busy.owner.post(&busy.path("/surveys")).json(body).send().await.expect(201);
    assert_eq!(names(&app, "needs_help=true").await, ["Toko Sepi"]);
    assert_eq!(names(&app, "lacking=login").await, Vec::<String>::new());
    assert_eq!(names(&app, "lacking=survey").await, ["Toko Sepi"]);
    app.advance(Duration::days(40));
    quiet.owner.get("/v1/me").send().await.expect(200);
    assert_eq!(names(&app, "lacking=login").await, ["Toko Ramai"]);
    assert_eq!(names(&app, "lacking=order").await, ["Toko Sepi", "Toko Ramai"]);
    assert_eq!(names(&app, "lacking=order&days=60").await, ["Toko Sepi"]);
    assert_eq!(names(&app, "district=32.16.01").await, Vec::<String>::new());
    assert_eq!(names(&app, "sector=kuliner").await, Vec::<String>::new());
    let officer = app.officer().await;
    let all = officer.get("/v1/admin/vendor-activity").send().await.expect(200).json();
    let [one, other] = [&all["items"][0], &all["items"][1]];
    assert!(
        one["last_order"].is_null() && one["last_stock_update"].is_null() && one["last_login"].is_string()
    );
    assert!(["last_order", "last_stock_update", "last_survey"].iter().all(|sign| other[*sign].is_string()));
    let bad = officer.get("/v1/admin/vendor-activity?days=0&sector=x&district=y").send().await;
    assert_eq!(list(&bad.expect_problem(422, "invalid")["errors"]).len(), 3);
}

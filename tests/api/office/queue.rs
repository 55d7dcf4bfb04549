//! The review queue: assignment, decisions about many, and how long they take.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::shop::{Shop, list, text};
use crate::support::{TestApp, both};

both![shops_wait_for_their_officer, many_are_decided_about_each_for_itself];

async fn submitted(app: &TestApp, name: &str) -> Shop {
    let shop = app.unverified_vendor(name).await;
    shop.owner.post(&shop.path("/submit")).send().await.expect(200);
    app.advance(Duration::minutes(90));
    shop
}

async fn waiting(app: &TestApp, query: &str) -> Vec<Value> {
    let path = format!("/v1/admin/vendor-queue?{query}");
    let page = app.officer().await.get(&path).send().await.expect(200);
    assert_eq!(page.statements, 3);
    list(&page.json()["items"]).to_vec()
}

fn names(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| text(&row["name"])).collect()
}

async fn shops_wait_for_their_officer(app: TestApp) {
    let (one, two) = (submitted(&app, "Satu").await, submitted(&app, "Dua").await);
    submitted(&app, "Tiga").await;
    let all = waiting(&app, "").await;
    assert_eq!(names(&all), ["Satu", "Dua", "Tiga"]);
    let hours: Vec<_> = all.iter().map(|row| row["waiting_hours"].as_i64().unwrap()).collect();
    assert_eq!(hours, [4, 3, 1]);
    let officer = app.officer().await;
    let assign = |ids: Value, to: Value| {
        officer.post("/v1/admin/vendor-queue/assign").json(json!({"vendor_ids": ids, "officer_id": to}))
    };
    let buyer = app.buyer("bukan petugas").await;
    assign(json!([one.id]), json!(buyer.id())).send().await.expect_problem(422, "invalid");
    let unknown = json!([one.id, "01900000-0000-7000-8000-00000000dead"]);
    assign(unknown, json!(officer.id())).send().await.expect_problem(422, "invalid");
    assign(json!([one.id, two.id]), json!(officer.id())).send().await.expect(204);
    let mine = format!("officer_id={}", officer.id());
    assert_eq!(names(&waiting(&app, &mine).await), ["Satu", "Dua"]);
    assert_eq!(names(&waiting(&app, "unassigned=true").await), ["Tiga"]);
    let other = app.platform("officer").await;
    assign(json!([two.id]), json!(other.id())).send().await.expect(204);
    assign(json!([one.id]), Value::Null).send().await.expect(204);
    assert_eq!(names(&waiting(&app, "unassigned=true").await), ["Satu", "Tiga"]);
    assert!(waiting(&app, &mine).await.is_empty());
    assert_eq!(app.audited("vendor.assigned").await.len(), 4);
    let first = officer.get("/v1/admin/vendor-queue?limit=2").send().await.expect(200).json();
    let next = format!("limit=2&cursor={}", text(&first["next_cursor"]));
    assert_eq!(names(&waiting(&app, &next).await), ["Tiga"]);
}

async fn many_are_decided_about_each_for_itself(app: TestApp) {
    let (one, two) = (submitted(&app, "Satu").await, submitted(&app, "Dua").await);
    let draft = app.unverified_vendor("Tiga").await;
    let officer = app.officer().await;
    let decide = |items: Value| officer.post("/v1/admin/vendor-queue/decide").json(json!({"items": items}));
    let silent = decide(json!([{"vendor_id": two.id, "decision": "needs_fix"}])).send().await;
    assert_eq!(silent.expect_problem(422, "invalid")["errors"][0]["pointer"], "/items/0/note");
    let items = json!([
        {"vendor_id": one.id, "decision": "verify"},
        {"vendor_id": draft.id, "decision": "verify"},
        {"vendor_id": "01900000-0000-7000-8000-00000000dead", "decision": "verify"},
        {"vendor_id": two.id, "decision": "needs_fix", "note": "alamat belum lengkap"},
        {"vendor_id": one.id, "decision": "verify"},
    ]);
    let outcomes = decide(items).header("accept-language", "en").send().await.expect(200).json();
    let codes: Vec<_> = list(&outcomes["items"]).iter().map(|one| one["code"].clone()).collect();
    assert_eq!(
        codes,
        [Value::Null, json!("vendor-state"), json!("not-found"), Value::Null, json!("vendor-state")]
    );
    assert_eq!(outcomes["items"][0]["status"], "active");
    assert_eq!(outcomes["items"][1]["detail"], "The shop's status does not allow this.");
    assert!(waiting(&app, "").await.is_empty());
    let times = officer.get("/v1/admin/vendor-queue/times").send().await.expect(200);
    assert_eq!(times.statements, 2);
    let times = times.json();
    assert_eq!((&times["verified"], &times["sent_back"]), (&json!(1), &json!(1)));
    assert_eq!(
        times["all"],
        json!({"count": 2, "median_minutes": 90, "p90_minutes": 180, "longest_minutes": 180})
    );
    assert_eq!(times["officers"][0]["officer_id"], json!(officer.id()));
    decide(json!([])).send().await.expect_problem(422, "invalid");
}

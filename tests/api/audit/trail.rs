//! Reading and exporting the audit trail.

use std::collections::BTreeSet;

use lapak::platform::audit::{self, Deed, Who};
use lapak::platform::person;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::shop::text;
use crate::support::{Person, TestApp, both, list};

both![
    events_are_found_by_who_what_and_when,
    an_erased_person_leaves_no_address,
    an_export_holds_everything_once,
    no_cell_of_an_export_is_a_formula,
];

async fn write(app: &TestApp, actor: &Person, action: &'static str, count: usize) -> Uuid {
    let object = Uuid::from_u128(u128::from(app.now().timestamp_micros().unsigned_abs()));
    let who = Who {
        actor: Some(actor.id()),
        acting_as: "finance".to_owned(),
        address: Some("203.0.113.9".parse().unwrap()),
        request_id: Some("=cmd()".to_owned()),
        ..Who::default()
    };
    let txn = app.db.begin().await.unwrap();
    for number in 0..count {
        let deed = Deed { action, object: ("test", object), detail: json!({"number": number}) };
        audit::record(&txn, &app.sealer, &who, deed, app.now()).await.unwrap();
    }
    app.commit(txn).await.unwrap();
    object
}

fn is_ours(action: &str) -> bool {
    action.starts_with("test.")
}

/// What was found of the acts that this file makes, and not those by which people arrive.
async fn found(by: &Person, query: &str) -> Vec<Value> {
    let page = by.get(&format!("/v1/admin/audit?{query}")).send().await.expect(200).json();
    list(&page["items"]).iter().filter(|event| is_ours(&text(&event["action"]))).cloned().collect()
}

async fn events_are_found_by_who_what_and_when(app: TestApp) {
    let (ani, budi) = (app.finance().await, app.finance().await);
    let auditor = app.platform("auditor").await;
    let first = write(&app, &ani, "test.first_done", 3).await;
    app.advance(chrono::Duration::days(1));
    auditor.token().await;
    let second = write(&app, &budi, "test.second_done", 2).await;

    let all = auditor.get("/v1/admin/audit?limit=4").send().await.expect(200);
    // The caller, the events, the keys of their people.
    assert_eq!(all.statements, 3);
    let page = all.json();
    assert_eq!(page["items"][0]["action"], "test.second_done");
    assert_eq!(page["items"][0]["detail"]["number"], 1);
    assert_eq!(page["items"][0]["address"], "203.0.113.9");
    assert_eq!(page["items"][0]["acting_as"], "finance");
    let cursor = format!("cursor={}", text(&page["next_cursor"]));
    let rest = found(&auditor, &cursor).await;
    assert_eq!(rest.iter().map(|event| &event["detail"]["number"]).collect::<Vec<_>>(), [1, 0]);

    for (query, count) in [
        (format!("actor={}", ani.id()), 3),
        (format!("object={second}"), 2),
        (format!("object={first}&actor={}", budi.id()), 0),
        ("action=test.first_done".to_owned(), 3),
        ("action=test".to_owned(), 0),
        ("from=2026-11-25".to_owned(), 2),
        ("to=2026-11-24".to_owned(), 3),
        ("from=2026-11-24&to=2026-11-25".to_owned(), 5),
        ("from=2026-11-24T03:00:00.000001Z".to_owned(), 2),
    ] {
        assert_eq!(found(&auditor, &query).await.len(), count, "{query}");
    }
    for wrong in ["from=kemarin", "to=2026-02-30", "actor=x", "limit=0", "siapa=x"] {
        let reply = auditor.get(&format!("/v1/admin/audit?{wrong}")).send().await;
        reply.expect_problem(422, "invalid");
    }
    for role in ["officer", "finance"] {
        let other = app.platform(role).await;
        other.get("/v1/admin/audit").send().await.expect_problem(403, "role-missing");
        other.get("/v1/admin/audit/export").send().await.expect_problem(403, "role-missing");
    }
}

async fn an_erased_person_leaves_no_address(app: TestApp) {
    let (ani, budi) = (app.finance().await, app.finance().await);
    let operator = app.operator().await;
    write(&app, &ani, "test.first_done", 1).await;
    write(&app, &budi, "test.second_done", 1).await;
    let txn = app.db.begin().await.unwrap();
    person::destroy(&txn, ani.id()).await.unwrap();
    app.commit(txn).await.unwrap();
    let events = found(&operator, "").await;
    assert_eq!(events[0]["address"], "203.0.113.9");
    assert_eq!(events[1]["address"], json!(null));
    assert_eq!(events[1]["actor_id"], ani.id().to_string());

    // A new key of the same person opens nothing of before.
    write(&app, &ani, "test.third_done", 1).await;
    let events = found(&operator, "").await;
    assert_eq!((&events[0]["address"], &events[2]["address"]), (&json!("203.0.113.9"), &json!(null)));
}

async fn an_export_holds_everything_once(app: TestApp) {
    let (ani, auditor) = (app.finance().await, app.platform("auditor").await);
    app.advance(chrono::Duration::days(1));
    write(&app, &ani, "test.first_done", 1_203).await;
    app.advance(chrono::Duration::days(1));
    write(&app, &ani, "test.second_done", 1).await;

    let lines = auditor
        .get("/v1/admin/audit/export?format=jsonl&from=2026-11-25&to=2026-11-25")
        .send()
        .await
        .expect(200);
    assert_eq!(lines.header("content-type"), "application/jsonl");
    let text = lines.text();
    let numbers: Vec<i64> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["detail"]["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, (0..1_203).collect::<Vec<i64>>());

    let table = auditor.get("/v1/admin/audit/export?from=2026-11-25").send().await.expect(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"audit.csv\"");
    let mut rows = csv::Reader::from_reader(table.body.as_ref());
    assert_eq!(rows.headers().unwrap().get(5), Some("action"));
    let ids = rows.records().map(Result::unwrap);
    let ids: Vec<String> = ids.filter(|row| is_ours(&row[5])).map(|row| row[0].to_owned()).collect();
    assert_eq!(ids.len(), 1_204);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1_204);

    let empty = auditor.get("/v1/admin/audit/export?from=2027-01-01").send().await.expect(200).text();
    assert_eq!(empty.lines().count(), 1);
    auditor.get("/v1/admin/audit/export?format=xml").send().await.expect_problem(422, "invalid");
}

async fn no_cell_of_an_export_is_a_formula(app: TestApp) {
    let (ani, auditor) = (app.finance().await, app.platform("auditor").await);
    write(&app, &ani, "test.first_done", 1).await;
    let table = auditor.get("/v1/admin/audit/export").send().await.expect(200);
    let mut rows = csv::Reader::from_reader(table.body.as_ref());
    let row = rows.records().map(Result::unwrap).find(|row| is_ours(&row[5])).unwrap();
    assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
    assert_eq!(row.get(10), Some("'=cmd()"));
}

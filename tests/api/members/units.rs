//! Work units, and roles that hold by decree and from day to day in Jakarta.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{deeds, version};
use crate::support::shop::text;
use crate::support::{Person, Reply, TestApp, both, list};

both![
    an_appointment_holds_from_day_to_day,
    an_ended_appointment_gives_nothing_and_stays_visible,
    appointments_are_checked,
    work_units_are_made_once,
];

async fn unit(operator: &Person, code: &str) -> String {
    let body = json!({"code": code, "name": "Dinas Perindustrian"});
    let made = operator.post("/v1/admin/work-units").json(body).send().await;
    text(&made.expect(201).json()["id"])
}

async fn appoint(operator: &Person, unit: &str, body: Value) -> Reply {
    operator.post(&format!("/v1/admin/work-units/{unit}/members")).json(body).send().await
}

async fn held(person: &Person) -> usize {
    let me = person.get("/v1/me").send().await.expect(200).json();
    list(&me["work_units"]).len()
}

fn receiver(person: &Person, from: &str, to: Option<&str>) -> Value {
    json!({"user": person.login(), "role": "receiver", "decree": "800/12/2026", "valid_from": from, "valid_to": to})
}

async fn an_appointment_holds_from_day_to_day(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let unit = unit(&operator, "1.02.01").await;
    let body = receiver(&ani, "2026-11-26", Some("2026-11-27"));
    let made = appoint(&operator, &unit, body).await.expect(201).json();
    assert_eq!((&made["holds"], &made["valid_from"]), (&json!(false), &json!("2026-11-26")));
    assert_eq!((&made["valid_to"], &made["decree"]), (&json!("2026-11-27"), &json!("800/12/2026")));

    // The clock starts on the 24th at 10:00 in Jakarta.
    assert_eq!(held(&ani).await, 0);
    app.advance(Duration::hours(38) - Duration::microseconds(1));
    assert_eq!(held(&ani).await, 0);
    app.advance(Duration::microseconds(1));
    assert_eq!(held(&ani).await, 1);
    app.advance(Duration::hours(48) - Duration::microseconds(1));
    assert_eq!(held(&ani).await, 1);
    app.advance(Duration::microseconds(1));
    assert_eq!(held(&ani).await, 0);

    // Whoever comes again is appointed anew, by another decree.
    let again = appoint(&operator, &unit, receiver(&ani, "2026-11-28", None)).await.expect(201).json();
    assert_eq!((&again["id"], &again["holds"]), (&made["id"], &json!(true)));
    assert_eq!(held(&ani).await, 1);
    let twice = appoint(&operator, &unit, receiver(&ani, "2026-11-28", None)).await;
    twice.expect_problem(409, "already-member");
}

async fn an_ended_appointment_gives_nothing_and_stays_visible(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let unit = unit(&operator, "1.02.01").await;
    let made = appoint(&operator, &unit, receiver(&ani, "2026-11-01", None)).await.expect(201).json();
    assert_eq!(held(&ani).await, 1);
    let path = format!("/v1/admin/work-units/{unit}/members/{}", text(&made["id"]));
    let change = async |body: Value| {
        let seen = version(&app, &ani).await;
        operator.patch(&path).header("if-match", &seen).json(body).send().await
    };

    let later = change(json!({"decree": "800/13/2026", "valid_from": "2026-12-01"})).await.expect(200).json();
    assert_eq!((&later["decree"], &later["holds"]), (&json!("800/13/2026"), &json!(false)));
    assert_eq!(held(&ani).await, 0);
    change(json!({"valid_to": "2026-11-30"})).await.expect_problem(422, "invalid");
    change(json!({"valid_from": "2026-11-01", "valid_to": "2026-12-31"})).await.expect(200);
    let open = change(json!({"valid_to": null})).await.expect(200);
    let (seen, open) = (open.header("etag").to_owned(), open.json());
    assert_eq!(seen, format!("\"{}\"", open["version"]));
    assert_eq!((&open["valid_to"], &open["holds"]), (&json!(null), &json!(true)));

    let bare = operator.patch(&path).json(json!({"decree": "x"}));
    bare.send().await.expect_problem(428, "if-match-required");
    let late = operator.patch(&path).header("if-match", "\"2\"").json(json!({"decree": "x"}));
    late.send().await.expect_problem(412, "stale");
    for _ in 0..2 {
        operator.delete(&path).send().await.expect(204);
    }
    assert_eq!(held(&ani).await, 0);
    let listed = operator.get(&format!("/v1/admin/work-units/{unit}/members")).send().await.expect(200);
    assert!(listed.statements <= 4 && !listed.text().contains(ani.login()));
    let row = listed.json()["items"][0].clone();
    assert_eq!((&row["holds"], &row["valid_to"]), (&json!(false), &json!("2026-11-24")));
    let expected = [
        "work_unit.created",
        "member.appointed",
        "appointment.changed",
        "appointment.changed",
        "appointment.changed",
        "appointment.ended",
    ];
    assert_eq!(deeds(&app).await, expected);
}

async fn appointments_are_checked(app: TestApp) {
    let (operator, ani) = (app.operator().await, app.buyer("Ani").await);
    let unit = unit(&operator, "1.02.01").await;
    let good = receiver(&ani, "2026-12-01", None);
    for (member, wrong) in [
        ("user", json!("nobody@contoh.id")),
        ("user", json!("x")),
        ("user", json!(Uuid::nil())),
        ("decree", json!(" ")),
        ("valid_from", json!("2026-02-30")),
        ("valid_from", json!("1999-12-31")),
        ("valid_to", json!("2026-11-30")),
        ("role", json!("owner")),
        ("role", json!("operator")),
        ("role", json!("buyer")),
    ] {
        let mut body = good.clone();
        body[member] = wrong;
        appoint(&operator, &unit, body).await.expect_problem(422, "invalid");
    }
    for member in ["decree", "valid_from"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(member);
        appoint(&operator, &unit, body).await.expect_problem(422, "invalid");
    }
    let nowhere = Uuid::nil().to_string();
    appoint(&operator, &nowhere, good.clone()).await.expect_problem(404, "not-found");
    let path = format!("/v1/admin/work-units/{nowhere}/members");
    operator.get(&path).send().await.expect_problem(404, "not-found");
    let made = appoint(&operator, &unit, good).await.expect(201).json();
    let elsewhere = format!("{path}/{}", text(&made["id"]));
    operator
        .patch(&elsewhere)
        .header("if-match", "\"1\"")
        .json(json!({}))
        .send()
        .await
        .expect_problem(404, "not-found");
    operator.delete(&elsewhere).send().await.expect_problem(404, "not-found");
    let mut by_id = receiver(&ani, "2026-11-01", None);
    by_id["user"] = json!(ani.id());
    by_id["role"] = json!("treasurer");
    appoint(&operator, &unit, by_id).await.expect(201);
}

async fn work_units_are_made_once(app: TestApp) {
    let operator = app.operator().await;
    unit(&operator, "1.02.01").await;
    let again = json!({"code": "1.02.01", "name": "Lain"});
    let twice = operator.post("/v1/admin/work-units").json(again).send().await;
    twice.expect_problem(409, "work-unit-exists");
    let empty = operator.post("/v1/admin/work-units").json(json!({"code": "", "name": ""})).send().await;
    assert_eq!(list(&empty.expect_problem(422, "invalid")["errors"]).len(), 2);
    let units = operator.get("/v1/admin/work-units").send().await.expect(200).json();
    assert_eq!(list(&units["items"]).len(), 1);
}

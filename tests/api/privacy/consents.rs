//! What people agreed to, and when.

use lapak::identity::entity::consent;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::shop::text;
use crate::support::{Person, TestApp, both};

both![
    a_new_person_may_agree_at_once with "auth.consent_version = \"2026-11\"",
    a_consent_can_be_taken_back_and_nothing_is_overwritten,
    only_known_kinds,
];

const PATH: &str = "/v1/me/consents";

async fn put(who: &Person, kind: &str, given: bool, version: &str) -> Value {
    let body = json!({"given": given, "version": version});
    who.put(&format!("{PATH}/{kind}")).json(body).send().await.expect(200).json()
}

async fn rows(app: &TestApp) -> Vec<(String, bool, String)> {
    let rows = consent::Entity::find().order_by_asc(consent::Column::Id).all(app.db.read()).await.unwrap();
    rows.into_iter().map(|row| (row.kind, row.given, row.version)).collect()
}

async fn a_new_person_may_agree_at_once(app: TestApp) {
    let body = json!({"name": "Ani", "email": "ani@contoh.id", "password": "kerupuk-udang-42",
        "consents": ["privacy", "terms", "terms"]});
    let made = app.post("/v1/auth/register").json(body).send().await.expect(201).json();
    let ani = app.person(text(&made["id"]).parse().unwrap(), "ani@contoh.id".to_owned());
    let held = ani.get(PATH).send().await.expect(200).json();
    let held: Vec<_> = held["items"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(held, ["terms", "privacy"]);
    let edition = "2026-11".to_owned();
    assert_eq!(
        rows(&app).await,
        [("terms".into(), true, edition.clone()), ("privacy".into(), true, edition)]
    );

    let budi = app.buyer("Budi").await;
    assert_eq!(budi.get(PATH).send().await.expect(200).json()["items"], json!([]));
    let body =
        json!({"name": "Ani", "email": "x@contoh.id", "password": "kerupuk-udang-42", "consents": ["all"]});
    app.post("/v1/auth/register").json(body).send().await.expect_problem(422, "invalid");
}

async fn a_consent_can_be_taken_back_and_nothing_is_overwritten(app: TestApp) {
    let ani = app.buyer("Ani").await;
    put(&ani, "marketing", true, "1").await;
    let again = put(&ani, "marketing", true, "1").await;
    assert_eq!((&again["given"], &again["kind"]), (&json!(true), &json!("marketing")));
    put(&ani, "marketing", false, "1").await;
    put(&ani, "terms", true, "1").await;
    let held = ani.get(PATH).send().await.expect(200);
    assert!(held.statements <= 2);
    let held = held.json();
    assert_eq!(held["items"][0]["kind"], "marketing");
    assert_eq!(held["items"][0]["given"], false);
    assert_eq!(held["items"].as_array().unwrap().len(), 2);
    // What holds already is not said twice.
    let said = rows(&app).await;
    assert_eq!(said.len(), 3);
    assert_eq!(said[0], ("marketing".into(), true, "1".into()));
    assert_eq!(said[1], ("marketing".into(), false, "1".into()));
}

async fn only_known_kinds(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let body = json!({"given": true, "version": "1"});
    ani.put(&format!("{PATH}/cookies")).json(body.clone()).send().await.expect_problem(404, "not-found");
    app.put(&format!("{PATH}/terms")).json(body).send().await.expect_problem(401, "unauthorized");
    let wrong = json!({"given": true, "version": ""});
    let problem = ani.put(&format!("{PATH}/terms")).json(wrong).send().await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/version");
    assert!(rows(&app).await.is_empty());
}

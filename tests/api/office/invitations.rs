//! The office invites somebody to sell.

use lapak::identity::entity::membership;
use lapak::web::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::people::PASSWORD;
use crate::support::shop::text;
use crate::support::{Person, Reply, TestApp, both};

both![
    somebody_who_is_invited_runs_a_shop,
    an_invitation_that_was_lost_is_sent_again,
    an_invitation_of_the_office_is_for_the_first_owner,
];

const PHONE: &str = "081290004321";
const SENT_TO: &str = "+6281290004321";

fn shop() -> Value {
    let address = json!({"line": "Kp. Sempu RT 003/RW 05", "district_code": "32.16.09"});
    json!({"name": "Dapur Bu Rini", "legal_form": "person", "phone": PHONE, "address": address})
}

async fn invite(officer: &Person, body: Value) -> Reply {
    officer.post("/v1/admin/vendor-invitations").json(body).send().await
}

async fn again(officer: &Person, shop: &str, body: Value) -> Reply {
    officer.post(&format!("/v1/admin/vendors/{shop}/invite")).json(body).send().await
}

/// The code in the last invitation to a phone.
async fn code(app: &TestApp, to: &str) -> String {
    app.run_jobs().await;
    let kept = app.messenger.kept();
    let mut messages = kept.iter().rev().map(|kept| &kept.message);
    let last = messages.find(|message| message.to.as_str() == to && message.subject.contains("Undangan"));
    last.unwrap().text.split_whitespace().find(|word| word.len() == 43).unwrap().to_owned()
}

async fn with_phone(app: &TestApp, name: &str, phone: &str) -> Person {
    let body = json!({"name": name, "phone": phone, "password": PASSWORD});
    let made = app.post("/v1/auth/register").json(body).send().await.expect(201).json();
    app.person(text(&made["id"]).parse().unwrap(), phone.to_owned())
}

async fn accept(person: &Person, code: &str) -> Reply {
    person.post("/v1/invitations/accept").json(json!({"token": code})).send().await
}

async fn somebody_who_is_invited_runs_a_shop(app: TestApp) {
    let officer = app.platform("officer").await;
    let wrong = json!({"name": "", "legal_form": "person", "phone": "1", "address": {"line": "x", "district_code": "9"}});
    let problem = invite(&officer, wrong).await.expect_problem(422, "invalid");
    assert!(problem["errors"].as_array().unwrap().len() >= 3, "{problem}");
    let made = invite(&officer, shop()).await.expect(201).json();
    assert_eq!((&made["status"], &made["slug"]), (&json!("draft"), &json!("dapur-bu-rini")));
    app.get("/v1/vendors/dapur-bu-rini").send().await.expect(404);
    let code = code(&app, SENT_TO).await;
    let other = app.buyer("Ani").await;
    accept(&other, &code).await.expect_problem(409, "invitation-refused");
    let rini = with_phone(&app, "Rini", PHONE).await;
    accept(&rini, &code).await.expect(200);
    let me = rini.get("/v1/me").send().await.expect(200).json();
    assert_eq!((&me["vendors"][0]["role"], &me["vendors"][0]["id"]), (&json!("owner"), &made["vendor_id"]));
    // The way on is the ordinary one.
    let id = text(&made["vendor_id"]);
    rini.post(&format!("/v1/vendors/{id}/submit")).send().await.expect(200);
    let path = format!("/v1/admin/vendors/{id}/verify");
    officer.post(&path).json(json!({})).send().await.expect(200);
    app.get("/v1/vendors/dapur-bu-rini").send().await.expect(200);
    assert_eq!(app.audited("invitation.created").await.len(), 1);
}

async fn an_invitation_that_was_lost_is_sent_again(app: TestApp) {
    let officer = app.platform("officer").await;
    let made = invite(&officer, shop()).await.expect(201).json();
    let id = text(&made["vendor_id"]);
    let first = code(&app, SENT_TO).await;
    let second = again(&officer, &id, json!({"phone": "081290009999"})).await.expect(201).json();
    assert_ne!(made["invitation_id"], second["invitation_id"]);
    let rini = with_phone(&app, "Rini", PHONE).await;
    accept(&rini, &first).await.expect_problem(409, "invitation-refused");
    let sari = with_phone(&app, "Sari", "081290009999").await;
    accept(&sari, &code(&app, "+6281290009999").await).await.expect(200);
    again(&officer, &id, json!({})).await.expect_problem(409, "vendor-state");
    again(&officer, "01900000-0000-7000-8000-00000000dead", json!({})).await.expect(404);
}

async fn an_invitation_of_the_office_is_for_the_first_owner(app: TestApp) {
    let officer = app.platform("officer").await;
    invite(&officer, shop()).await.expect(201);
    let code = code(&app, SENT_TO).await;
    let rini = with_phone(&app, "Rini", PHONE).await;
    // Who lost the office before it was accepted gives no shop away.
    let held = membership::Entity::delete_many()
        .filter(membership::Column::UserId.eq(officer.id()))
        .filter(membership::Column::Role.eq(Role::Officer.name()));
    let txn = app.db.begin().await.unwrap();
    held.exec(&txn).await.unwrap();
    app.commit(txn).await.unwrap();
    accept(&rini, &code).await.expect_problem(409, "invitation-refused");
    let me = rini.get("/v1/me").send().await.expect(200).json();
    assert_eq!(me["vendors"], json!([]));
}

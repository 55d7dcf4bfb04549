//! Addresses: verified by what was sent there, changed only with the consent of both ends.

use chrono::Duration;
use lapak::identity::entity::{contact_change, user};
use lapak::identity::service::{contacts, secrets as made};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::mail::{all, ask, asked, audited, secret, secrets};
use super::{PASSWORD, access, login, register, siti};
use crate::support::shop::text;
use crate::support::{Reply, TestApp, both};

both![
    a_new_person_verifies_both_addresses,
    a_verification_is_sent_once_more,
    both_ends_agree_to_a_new_address,
    a_phone_changes_by_codes,
    a_first_address_needs_no_old_one,
    an_address_that_is_taken_stays_whose_it_is,
    a_change_runs_out_and_the_last_one_counts,
    a_change_needs_the_password_and_another_address,
    nobody_floods_a_stranger_with_changes,
    what_ran_out_is_forgotten,
];

const SITI: &str = "siti@contoh.id";
const NEW: &str = "siti.baru@contoh.id";
const PHONE: &str = "+6281290001234";
const NEW_PHONE: &str = "+6281290005678";
const CONFIRM: &str = "/v1/auth/contact-changes/confirm";

async fn change(app: &TestApp, session: &Value, member: &str, to: &str) -> Reply {
    let request = app.post("/v1/me/contact-changes").bearer(session["access_token"].as_str().unwrap());
    request.json(json!({member: to, "password": PASSWORD})).send().await
}

/// Asks for a change and lets the messages go out; tells its id.
async fn begin(app: &TestApp, session: &Value, member: &str, to: &str) -> String {
    let id = text(&change(app, session, member, to).await.expect(202).json()["id"]);
    app.run_jobs().await;
    id
}

async fn confirm(app: &TestApp, body: Value) -> Reply {
    ask(app, CONFIRM, body).await
}

async fn person(app: &TestApp) -> user::Model {
    let first = user::Entity::find().order_by_asc(user::Column::Id);
    first.one(app.db.read()).await.unwrap().unwrap()
}

async fn a_new_person_verifies_both_addresses(app: TestApp) {
    let body = json!({"name": "Siti", "email": SITI, "phone": PHONE, "password": PASSWORD});
    register(&app, body).await.expect(201);
    app.run_jobs().await;
    let (token, code) = (secret(&app, SITI), secret(&app, PHONE));
    let session = login(&app, SITI, PASSWORD).await.expect(200).json();
    ask(&app, "/v1/auth/verify", json!({"token": token})).await.expect(204);
    assert!(person(&app).await.email_verified_at.is_some() && person(&app).await.phone_verified_at.is_none());
    ask(&app, "/v1/auth/verify", json!({"token": token})).await.expect_problem(400, "secret-refused");

    let verify = async |code: &str| {
        let request = app.post("/v1/me/phone/verify").bearer(session["access_token"].as_str().unwrap());
        request.json(json!({"code": code})).send().await
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    verify(wrong).await.expect_problem(400, "secret-refused");
    verify(&code).await.expect(204);
    assert!(person(&app).await.phone_verified_at.is_some());
    verify(&code).await.expect_problem(400, "secret-refused");
}

async fn a_verification_is_sent_once_more(app: TestApp) {
    siti(&app).await;
    app.run_jobs().await;
    let first = secret(&app, SITI);
    let second = asked(&app, "/v1/auth/verification", SITI).await;
    ask(&app, "/v1/auth/verify", json!({"token": first})).await.expect_problem(400, "secret-refused");
    ask(&app, "/v1/auth/verify", json!({"token": second})).await.expect(204);
    let sent = all(&app, SITI).len();
    ask(&app, "/v1/auth/verification", json!({"login": SITI})).await.expect(202);
    app.run_jobs().await;
    assert_eq!(all(&app, SITI).len(), sent, "there is nothing left to verify");
}

async fn both_ends_agree_to_a_new_address(app: TestApp) {
    let here = siti(&app).await;
    let elsewhere = login(&app, SITI, PASSWORD).await.expect(200).json();
    app.run_jobs().await;
    begin(&app, &here, "email", NEW).await;
    let (new, old) = (secret(&app, NEW), secret(&app, SITI));
    let answer = confirm(&app, json!({"token": new})).await.expect(200).json();
    assert_eq!(answer["done"], false);
    login(&app, NEW, PASSWORD).await.expect_problem(401, "login-failed");
    confirm(&app, json!({"token": new})).await.expect_problem(400, "secret-refused");
    let answer = confirm(&app, json!({"token": old})).await.expect(200).json();
    assert_eq!(answer["done"], true);

    login(&app, SITI, PASSWORD).await.expect_problem(401, "login-failed");
    login(&app, NEW, PASSWORD).await.expect(200);
    assert_eq!(access(&app, &here["access_token"]).await, 200);
    assert_eq!(access(&app, &elsewhere["access_token"]).await, 401);
    assert!(person(&app).await.email_verified_at.is_some());
    app.run_jobs().await;
    assert!(all(&app, SITI).last().unwrap().contains("was changed"));
    for action in ["contact.change_asked", "contact.changed"] {
        let events = audited(&app, action).await;
        assert_eq!(events.len(), 1, "{action}");
        assert!(!events[0].detail.contains('@') && events[0].detail.contains("\"after\""));
    }
}

async fn a_phone_changes_by_codes(app: TestApp) {
    let body = json!({"name": "Ani", "phone": PHONE, "password": PASSWORD});
    register(&app, body).await.expect(201);
    let session = login(&app, PHONE, PASSWORD).await.expect(200).json();
    app.run_jobs().await;
    let id = begin(&app, &session, "phone", "081290005678").await;
    let (new, old) = (secret(&app, NEW_PHONE), secret(&app, PHONE));
    for code in [&old, &new] {
        let wrong = json!({"change_id": "01900000-0000-7000-8000-00000000dead", "code": code});
        confirm(&app, wrong).await.expect_problem(400, "secret-refused");
        confirm(&app, json!({"change_id": id, "code": code})).await.expect(200);
        if new == old {
            return;
        }
        confirm(&app, json!({"change_id": id, "code": code})).await.expect_problem(400, "secret-refused");
    }
    login(&app, "081290005678", PASSWORD).await.expect(200);
    for body in [json!({}), json!({"change_id": id}), json!({"code": new})] {
        confirm(&app, body).await.expect_problem(422, "invalid");
    }
}

async fn a_first_address_needs_no_old_one(app: TestApp) {
    let session = siti(&app).await;
    let id = begin(&app, &session, "phone", PHONE).await;
    let body = json!({"change_id": id, "code": secret(&app, PHONE)});
    assert_eq!(confirm(&app, body).await.expect(200).json()["done"], true);
    login(&app, PHONE, PASSWORD).await.expect(200);
    app.run_jobs().await;
    // Whoever can be reached otherwise is told.
    assert!(all(&app, SITI).last().unwrap().contains("phone number of your account was changed"));
}

async fn an_address_that_is_taken_stays_whose_it_is(app: TestApp) {
    let session = siti(&app).await;
    let body = json!({"name": "Budi", "email": NEW, "password": "gulai ikan patin 3"});
    register(&app, body).await.expect(201);
    app.run_jobs().await;
    // Asking tells nothing.
    begin(&app, &session, "email", NEW).await;
    confirm(&app, json!({"token": secret(&app, SITI)})).await.expect(200);
    let last = confirm(&app, json!({"token": secret(&app, NEW)})).await;
    last.expect_problem(409, "account-exists");
    login(&app, SITI, PASSWORD).await.expect(200);
    login(&app, NEW, "gulai ikan patin 3").await.expect(200);
}

async fn a_change_runs_out_and_the_last_one_counts(app: TestApp) {
    let session = siti(&app).await;
    app.run_jobs().await;
    begin(&app, &session, "email", NEW).await;
    let first = secret(&app, NEW);
    begin(&app, &session, "email", "siti.lain@contoh.id").await;
    confirm(&app, json!({"token": first})).await.expect_problem(400, "secret-refused");
    let second = secret(&app, SITI);
    app.advance(Duration::hours(1));
    confirm(&app, json!({"token": second})).await.expect_problem(400, "secret-refused");
    login(&app, SITI, PASSWORD).await.expect(200);
}

async fn a_change_needs_the_password_and_another_address(app: TestApp) {
    let session = siti(&app).await;
    let ask = async |body: Value| {
        let request = app.post("/v1/me/contact-changes").bearer(session["access_token"].as_str().unwrap());
        request.json(body).send().await.expect_problem(422, "invalid")["errors"][0].clone()
    };
    let wrong = ask(json!({"email": NEW, "password": "salah salah"})).await;
    assert_eq!((&wrong["pointer"], &wrong["code"]), (&json!("/password"), &json!("wrong-password")));
    let same = ask(json!({"email": "SITI@contoh.id", "password": PASSWORD})).await;
    assert_eq!((&same["pointer"], &same["code"]), (&json!("/email"), &json!("same")));
    for body in [
        json!({"email": NEW, "phone": PHONE, "password": PASSWORD}),
        json!({"password": PASSWORD}),
        json!({"email": "siti", "password": PASSWORD}),
        json!({"phone": "021", "password": PASSWORD}),
    ] {
        ask(body).await;
    }
    app.run_jobs().await;
    assert!(all(&app, NEW).is_empty());
}

async fn nobody_floods_a_stranger_with_changes(app: TestApp) {
    let session = siti(&app).await;
    for _ in 0..5 {
        change(&app, &session, "phone", NEW_PHONE).await.expect(202);
    }
    change(&app, &session, "phone", NEW_PHONE).await.expect_problem(429, "too-many-attempts");
    app.run_jobs().await;
    assert_eq!(all(&app, NEW_PHONE).len(), 1, "only the last change counts");
}

async fn what_ran_out_is_forgotten(app: TestApp) {
    let session = siti(&app).await;
    begin(&app, &session, "email", NEW).await;
    assert_eq!(secrets(&app).await.len(), 3);
    app.advance(Duration::minutes(61));
    assert_eq!(made::forget(&app).await.unwrap(), 3);
    assert_eq!(contacts::forget(&app).await.unwrap(), 0);
    app.advance(Duration::days(30));
    assert_eq!(contacts::forget(&app).await.unwrap(), 1);
    assert!(secrets(&app).await.is_empty());
    assert!(contact_change::Entity::find().one(app.db.read()).await.unwrap().is_none());
}

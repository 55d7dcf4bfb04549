//! New passwords: strong ones, set by whoever is entitled to, and what they end.

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::mail::{all, ask, asked, audited, secret};
use super::{PASSWORD, access, login, refresh, register, siti};
use crate::support::shop::text;
use crate::support::{Reply, TestApp, both};

both![
    a_link_sets_a_new_password_once,
    a_code_sets_a_new_password_once,
    fifty_resets_with_one_link_set_one_password with "database.max_connections = 16",
    a_link_runs_out_and_a_new_one_voids_it,
    a_link_goes_to_the_configured_address with "server.base_url = 'https://lapak.example/toko/'",
    a_wrong_link_tells_nothing,
    whoever_knows_the_password_changes_it,
    a_stolen_session_does_not_guess_the_password,
    weak_passwords_are_refused_with_advice,
    a_shop_changes_no_login,
];

const SITI: &str = "siti@contoh.id";
const PHONE: &str = "+6281290001234";
const NEW: &str = "sambal terasi pedas 8";
const FORGOT: &str = "/v1/auth/password/forgot";

async fn reset(app: &TestApp, token: &str, password: &str) -> Reply {
    ask(app, "/v1/auth/password/reset", json!({"token": token, "password": password})).await
}

async fn change(app: &TestApp, session: &Value, current: &str, new: &str) -> Reply {
    let request = app.post("/v1/me/password").bearer(session["access_token"].as_str().unwrap());
    request.json(json!({"current": current, "new": new})).send().await
}

/// Reliability, rows 44 and 46.
async fn a_link_sets_a_new_password_once(app: TestApp) {
    let session = siti(&app).await;
    let token = asked(&app, FORGOT, SITI).await;
    // A weak password does not use the link up.
    reset(&app, &token, "12345678").await.expect_problem(422, "invalid");
    reset(&app, &token, "siti@contoh.id").await.expect_problem(422, "invalid");
    reset(&app, &token, NEW).await.expect(204);
    assert_eq!(access(&app, &session["access_token"]).await, 401);
    refresh(&app, &session["refresh_token"]).await.expect_problem(401, "refresh-refused");
    login(&app, SITI, PASSWORD).await.expect_problem(401, "login-failed");
    login(&app, SITI, NEW).await.expect(200);
    reset(&app, &token, "gulai ikan patin 3").await.expect_problem(400, "secret-refused");
    login(&app, SITI, NEW).await.expect(200);
    app.run_jobs().await;
    assert!(all(&app, SITI).last().unwrap().contains("password was changed"));
    let changed = audited(&app, "password.changed").await;
    assert_eq!(changed.len(), 1);
    // Whoever it was, the trail knows from where.
    assert!(changed[0].actor_id.is_some() && changed[0].address_sealed.is_some());
}

async fn a_code_sets_a_new_password_once(app: TestApp) {
    let body = json!({"name": "Ani", "phone": PHONE, "password": PASSWORD});
    register(&app, body).await.expect(201);
    let code = asked(&app, FORGOT, PHONE).await;
    let with = async |code: &str| {
        let body = json!({"login": "0812 9000 1234", "code": code, "password": NEW});
        ask(&app, "/v1/auth/password/reset", body).await
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    with(wrong).await.expect_problem(400, "secret-refused");
    // A code for one thing is not good for another.
    let body = json!({"login": PHONE, "code": code});
    ask(&app, "/v1/auth/login", body).await.expect_problem(401, "login-failed");
    with(&code).await.expect(204);
    login(&app, PHONE, NEW).await.expect(200);
    with(&code).await.expect_problem(400, "secret-refused");
    for body in [json!({"password": NEW}), json!({"login": PHONE, "password": NEW})] {
        ask(&app, "/v1/auth/password/reset", body).await.expect_problem(422, "invalid");
    }
}

async fn fifty_resets_with_one_link_set_one_password(app: TestApp) {
    siti(&app).await;
    let token = asked(&app, FORGOT, SITI).await;
    let words = |n: usize| format!("gulai ikan patin {n}");
    let work = (0..50).map(|n| {
        let (app, token, password) = (&app, token.as_str(), words(n));
        async move { reset(app, token, &password).await }
    });
    let replies = join_all(work).await;
    let winners: Vec<usize> = (0..50).filter(|n| replies[*n].status == 204).collect();
    assert_eq!(winners.len(), 1);
    // A crowd may find no turn to hash; everybody else was told that the link is used.
    assert!(replies.iter().all(|reply| matches!(reply.status.as_u16(), 204 | 400 | 503)));
    login(&app, SITI, &words(winners[0])).await.expect(200);
}

async fn a_link_runs_out_and_a_new_one_voids_it(app: TestApp) {
    siti(&app).await;
    let first = asked(&app, FORGOT, SITI).await;
    let second = asked(&app, FORGOT, SITI).await;
    reset(&app, &first, NEW).await.expect_problem(400, "secret-refused");
    app.advance(Duration::hours(1));
    reset(&app, &second, NEW).await.expect_problem(400, "secret-refused");
    // Changing the password otherwise voids what was sent.
    let third = asked(&app, FORGOT, SITI).await;
    let session = login(&app, SITI, PASSWORD).await.expect(200).json();
    change(&app, &session, PASSWORD, NEW).await.expect(204);
    reset(&app, &third, "gulai ikan patin 3").await.expect_problem(400, "secret-refused");
}

/// Reliability, row 48.
async fn a_link_goes_to_the_configured_address(app: TestApp) {
    siti(&app).await;
    for (name, value) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("forwarded", "host=evil.example"),
        ("x-forwarded-prefix", "/evil"),
    ] {
        let request = app.post(FORGOT).header(name, value);
        request.json(json!({"login": SITI})).send().await.expect(202);
    }
    app.run_jobs().await;
    let mails = all(&app, SITI);
    assert_eq!(mails.len(), 6);
    for mail in mails {
        assert!(mail.contains("https://lapak.example/toko/") && !mail.contains("evil"), "{mail}");
        assert_eq!(mail.matches("http").count(), 1, "{mail}");
    }
}

/// Reliability, row 50.
async fn a_wrong_link_tells_nothing(app: TestApp) {
    siti(&app).await;
    let token = asked(&app, FORGOT, SITI).await;
    let mut answers = Vec::new();
    for wrong in ["", "x", &token[1..], &token.to_lowercase(), &format!("{token}x"), "null", "%00"] {
        let mut problem = reset(&app, wrong, NEW).await.expect_problem(400, "secret-refused");
        problem["request_id"] = Value::Null;
        answers.push(problem);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    // A link for one thing is not good for another.
    let body = json!({"token": token});
    ask(&app, "/v1/auth/verify", body.clone()).await.expect_problem(400, "secret-refused");
    ask(&app, "/v1/auth/contact-changes/confirm", body).await.expect_problem(400, "secret-refused");
    reset(&app, &token, NEW).await.expect(204);
}

async fn whoever_knows_the_password_changes_it(app: TestApp) {
    let here = siti(&app).await;
    let elsewhere = login(&app, SITI, PASSWORD).await.expect(200).json();
    let wrong = change(&app, &here, "salah salah", NEW).await.expect_problem(422, "invalid");
    assert_eq!(wrong["errors"][0]["pointer"], "/current");
    let weak = change(&app, &here, PASSWORD, "siti@contoh.id").await.expect_problem(422, "invalid");
    assert_eq!(weak["errors"][0]["pointer"], "/new");
    change(&app, &here, PASSWORD, NEW).await.expect(204);
    assert_eq!(access(&app, &here["access_token"]).await, 200);
    assert_eq!(access(&app, &elsewhere["access_token"]).await, 401);
    refresh(&app, &elsewhere["refresh_token"]).await.expect_problem(401, "refresh-refused");
    login(&app, SITI, PASSWORD).await.expect_problem(401, "login-failed");
    login(&app, SITI, NEW).await.expect(200);
    let events = audited(&app, "password.changed").await;
    assert!(events[0].actor_id.is_some() && events[0].detail.contains("\"by\":\"password\""));
}

async fn a_stolen_session_does_not_guess_the_password(app: TestApp) {
    let stolen = siti(&app).await;
    for _ in 0..5 {
        change(&app, &stolen, "salah salah", NEW).await.expect_problem(422, "invalid");
    }
    let before = app.passwords.runs();
    change(&app, &stolen, PASSWORD, NEW).await.expect_problem(429, "too-many-attempts");
    let request = app.post("/v1/me/contact-changes").bearer(stolen["access_token"].as_str().unwrap());
    let body = json!({"email": "lain@contoh.id", "password": PASSWORD});
    request.json(body).send().await.expect_problem(429, "too-many-attempts");
    assert_eq!(app.passwords.runs(), before);
    // The owner signs in all the same.
    login(&app, SITI, PASSWORD).await.expect(200);
}

async fn weak_passwords_are_refused_with_advice(app: TestApp) {
    for weak in ["12345678", "password1", "qwertyuiop", "Siti Nurhaliza", "siti@contoh.id", "081290001234"] {
        let body =
            json!({"name": "Siti Nurhaliza", "email": SITI, "phone": "081290001234", "password": weak});
        let problem = register(&app, body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], "too-weak", "{weak}");
        assert!(text(&problem["errors"][0]["detail"]).contains("kata yang jarang dipakai"), "{problem}");
    }
    let body = json!({"name": "Siti", "email": SITI, "password": "qwertyuiop"});
    let request = app.post("/v1/auth/register").header("accept-language", "en");
    let problem = request.json(body).send().await.expect_problem(422, "invalid");
    assert!(text(&problem["errors"][0]["detail"]).contains("Add another word or two"), "{problem}");
}

/// Reliability, row 25: no route of a shop reaches what a buyer signs in with.
async fn a_shop_changes_no_login(app: TestApp) {
    let shop = app.vendor("Toko Curang").await;
    let body = json!({"name": "Siti", "email": SITI, "password": PASSWORD});
    let buyer = text(&register(&app, body).await.expect(201).json()["id"]);
    for (member, value) in
        [("password", NEW), ("email", "curang@contoh.id"), ("role", "owner"), ("user_id", buyer.as_str())]
    {
        for path in ["/v1/me/password", "/v1/me/contact-changes", "/v1/me/phone/verify"] {
            let mut body = json!({member: value});
            body["buyer_id"] = buyer.as_str().into();
            shop.owner.post(path).json(body).send().await.expect_problem(422, "invalid");
        }
        let request = app.request(axum::http::Method::PATCH, &format!("/v1/vendors/{}", shop.id));
        let reply =
            request.by(&shop.owner).header("if-match", "\"1\"").json(json!({member: value})).send().await;
        assert!(reply.status.is_client_error(), "{member}: {}", reply.text());
    }
    login(&app, SITI, PASSWORD).await.expect(200);
    login(&app, SITI, NEW).await.expect_problem(401, "login-failed");
    login(&app, "curang@contoh.id", PASSWORD).await.expect_problem(401, "login-failed");
    app.run_jobs().await;
    assert!(secret(&app, SITI).len() >= 43, "the buyer got the verification link only");
}

//! Signing in with a code to the phone, and what is told to whoever asks for one.

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::mail::{all, ask, asked, audited, secret, secrets};
use super::{PASSWORD, access, login, register};
use crate::support::{Reply, TestApp, both, state};

both![
    a_phone_signs_in_with_a_code,
    a_code_is_guessed_five_times_at_most with "throttle.login_per_source = 100",
    a_new_code_voids_the_old_one,
    fifty_logins_with_one_code_open_one_session
        with "database.max_connections = 16\nthrottle.login_per_source = 100",
    asking_for_a_message_tells_nothing,
    a_wrong_code_tells_nothing,
    codes_are_sent_so_often_only,
    codes_and_links_are_stored_nowhere,
    a_login_has_one_proof,
    a_session_before_the_login_is_not_the_one_after,
    a_blocked_person_gets_no_code,
    a_planted_number_is_no_way_in,
    a_crowd_on_one_account_never_locks_itself
        with "database.max_connections = 16\nthrottle.login_per_source = 10000\nthrottle.codes_per_account = 10000",
];

const PHONE: &str = "+6281290001234";

/// Registers Ani with her phone and lets the verification message go out.
async fn ani(app: &TestApp) {
    let body = json!({"name": "Ani", "phone": PHONE, "password": PASSWORD});
    register(app, body).await.expect(201);
    app.run_jobs().await;
}

async fn with_code(app: &TestApp, code: &str) -> Reply {
    ask(app, "/v1/auth/login", json!({"login": "0812-9000-1234", "code": code})).await
}

async fn new_code(app: &TestApp) -> String {
    asked(app, "/v1/auth/codes", PHONE).await
}

/// A code that is not this one.
fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

async fn a_phone_signs_in_with_a_code(app: TestApp) {
    ani(&app).await;
    let code = new_code(&app).await;
    let session = with_code(&app, &code).await.expect(200).json();
    assert_eq!(access(&app, &session["access_token"]).await, 200);
    with_code(&app, &code).await.expect_problem(401, "login-failed");
    // A code shows whose the phone is.
    let sent = all(&app, PHONE).len();
    ask(&app, "/v1/auth/verification", json!({"login": PHONE})).await.expect(202);
    app.run_jobs().await;
    assert_eq!(all(&app, PHONE).len(), sent);

    let opened = audited(&app, "session.opened").await;
    assert_eq!(opened.len(), 1);
    assert!(opened[0].detail.contains("\"by\":\"code\"") && opened[0].actor_id.is_some());
    assert!(opened[0].address_sealed.is_some());
    // The code works for its number only.
    let code = new_code(&app).await;
    let body = json!({"login": "081200000000", "code": code});
    ask(&app, "/v1/auth/login", body).await.expect_problem(401, "login-failed");
    app.advance(Duration::minutes(10));
    with_code(&app, &code).await.expect_problem(401, "login-failed");
}

async fn a_code_is_guessed_five_times_at_most(app: TestApp) {
    ani(&app).await;
    let code = new_code(&app).await;
    let guesses = join_all((0..20).map(|_| async { with_code(&app, &other_than(&code)).await.status })).await;
    assert!(guesses.iter().all(|status| *status == 401));
    with_code(&app, &code).await.expect_problem(401, "login-failed");
    assert_eq!(secrets(&app).await.iter().filter(|row| row.purpose == "login_code").count(), 1);
    let code = new_code(&app).await;
    with_code(&app, &code).await.expect(200);
}

async fn a_new_code_voids_the_old_one(app: TestApp) {
    ani(&app).await;
    let first = new_code(&app).await;
    let second = new_code(&app).await;
    if first != second {
        with_code(&app, &first).await.expect_problem(401, "login-failed");
    }
    with_code(&app, &second).await.expect(200);
}

async fn fifty_logins_with_one_code_open_one_session(app: TestApp) {
    ani(&app).await;
    let code = new_code(&app).await;
    let replies = join_all((0..50).map(|_| with_code(&app, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| matches!(reply.status.as_u16(), 200 | 401)));
}

/// Reliability, rows 23 and 49: the answer and the work are the same, whoever is asked about.
async fn asking_for_a_message_tells_nothing(app: TestApp) {
    ani(&app).await;
    let body = json!({"name": "Siti", "email": "siti@contoh.id", "password": PASSWORD});
    register(&app, body).await.expect(201);
    app.run_jobs().await;
    for (path, member, known, unknown) in [
        ("/v1/auth/codes", "phone", PHONE, "081200000000"),
        ("/v1/auth/password/forgot", "login", PHONE, "081200000000"),
        ("/v1/auth/password/forgot", "login", "siti@contoh.id", "tidak.ada@contoh.id"),
        ("/v1/auth/verification", "login", "siti@contoh.id", "tidak.ada@contoh.id"),
    ] {
        let mut seen = Vec::new();
        for who in [known, unknown] {
            let sent = app.messenger.kept().len();
            let reply = ask(&app, path, json!({member: who})).await.expect(202);
            seen.push((reply.statements, reply.text()));
            app.run_jobs().await;
            assert_eq!(app.messenger.kept().len() - sent, usize::from(who == known), "{path} {who}");
        }
        assert_eq!(seen[0], seen[1], "{path}");
    }
    // What can be no address is answered alike, too.
    ask(&app, "/v1/auth/password/forgot", json!({"login": "bukan alamat"})).await.expect(202);
    ask(&app, "/v1/auth/codes", json!({"phone": "021"})).await.expect_problem(422, "invalid");
}

/// Reliability, row 49: with a code as with a password.
async fn a_wrong_code_tells_nothing(app: TestApp) {
    ani(&app).await;
    let code = new_code(&app).await;
    asked(&app, "/v1/auth/password/forgot", PHONE).await;
    for path in ["/v1/auth/login", "/v1/auth/password/reset"] {
        let mut seen = Vec::new();
        for who in [PHONE, "+6281200000000"] {
            let mut body = json!({"login": who, "code": other_than(&code)});
            if path.ends_with("reset") {
                body["code"] = "abc".into();
                body["password"] = "sambal terasi pedas 8".into();
            }
            let (runs, reply) = (app.passwords.runs(), ask(&app, path, body).await);
            assert_eq!(app.passwords.runs(), runs, "a wrong code is worth no hash");
            let mut problem = reply.problem();
            problem["request_id"] = Value::Null;
            seen.push((reply.status, reply.statements, problem));
        }
        assert_eq!(seen[0], seen[1], "{path}");
    }
}

async fn codes_are_sent_so_often_only(app: TestApp) {
    for who in [PHONE, "+6281200000000"] {
        for _ in 0..5 {
            ask(&app, "/v1/auth/codes", json!({"phone": who})).await.expect(202);
        }
        let refused = ask(&app, "/v1/auth/codes", json!({"phone": who})).await;
        assert!(refused.header("ratelimit").starts_with("\"codes-account\""));
        refused.expect_problem(429, "too-many-attempts");
    }
}

/// Reliability, row 47: what opens an account is in the message and nowhere else.
async fn codes_and_links_are_stored_nowhere(app: TestApp) {
    ani(&app).await;
    let body = json!({"name": "Siti", "email": "siti@contoh.id", "password": PASSWORD});
    let made = register(&app, body).await.expect(201).text();
    let answer = ask(&app, "/v1/auth/password/forgot", json!({"login": "siti@contoh.id"})).await.text();
    app.run_jobs().await;
    let token = secret(&app, "siti@contoh.id");
    assert!(token.len() >= 43 && !made.contains(&token) && !answer.contains(&token));
    // Six digits are found in any number; a keyed hash shows none of them.
    let code = new_code(&app).await;
    let stored = state::dump(&app).await;
    assert!(!stored.iter().any(|(_, rows)| rows.iter().any(|row| row.contains(&token))));
    let rows = secrets(&app).await;
    assert!(rows.iter().all(|row| row.hash.len() == 43 && row.hash != code));
    let jobs = &stored["jobs"];
    assert!(!jobs.iter().any(|row| row.contains(PHONE) || row.contains("siti@contoh.id")), "{jobs:?}");
}

async fn a_login_has_one_proof(app: TestApp) {
    ani(&app).await;
    for body in [
        json!({"login": PHONE}),
        json!({"login": PHONE, "password": PASSWORD, "code": "123456"}),
        json!({"login": PHONE, "password": null, "code": null}),
    ] {
        let problem = ask(&app, "/v1/auth/login", body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], "one-of");
    }
    login(&app, PHONE, PASSWORD).await.expect(200);
}

/// Reliability, row 51.
async fn a_session_before_the_login_is_not_the_one_after(app: TestApp) {
    ani(&app).await;
    let planted = login(&app, PHONE, PASSWORD).await.expect(200).json();
    let cookie = format!("lapak_refresh={}", planted["refresh_token"].as_str().unwrap());
    let body = json!({"login": PHONE, "password": PASSWORD, "session": "cookie"});
    let reply = app.post("/v1/auth/login").header("cookie", &cookie).json(body).send().await.expect(200);
    assert!(!reply.header("set-cookie").contains(planted["refresh_token"].as_str().unwrap()));
    assert_ne!(reply.json()["access_token"], planted["access_token"]);
}

async fn a_blocked_person_gets_no_code(app: TestApp) {
    use lapak::identity::entity::user;
    use sea_orm::EntityTrait;
    use sea_orm::sea_query::Expr;
    ani(&app).await;
    let code = new_code(&app).await;
    let txn = app.db.begin().await.unwrap();
    let blocked = Expr::value(user::Status::Blocked);
    user::Entity::update_many().col_expr(user::Column::Status, blocked).exec(&txn).await.unwrap();
    txn.commit().await.unwrap();
    with_code(&app, &code).await.expect_problem(401, "login-failed");
    let sent = all(&app, PHONE).len();
    ask(&app, "/v1/auth/codes", json!({"phone": PHONE})).await.expect(202);
    app.run_jobs().await;
    assert_eq!(all(&app, PHONE).len(), sent);
}

/// Somebody registers the address of somebody else with a phone of their own, and waits.
async fn a_planted_number_is_no_way_in(app: TestApp) {
    let body = json!({"name": "Siti", "email": "siti@contoh.id", "phone": PHONE, "password": PASSWORD});
    register(&app, body).await.expect(201);
    let token = asked(&app, "/v1/auth/password/forgot", "siti@contoh.id").await;
    let body = json!({"token": token, "password": "sambal terasi pedas 8"});
    ask(&app, "/v1/auth/password/reset", body).await.expect(204);
    let sent = all(&app, PHONE).len();
    for (path, member) in [("/v1/auth/codes", "phone"), ("/v1/auth/password/forgot", "login")] {
        ask(&app, path, json!({member: PHONE})).await.expect(202);
    }
    app.run_jobs().await;
    assert_eq!(all(&app, PHONE).len(), sent);
}

/// Everything that touches the rows of one account, at once: two of them must not wait for each other.
async fn a_crowd_on_one_account_never_locks_itself(app: TestApp) {
    let body = json!({"name": "Siti", "email": "siti@contoh.id", "phone": PHONE, "password": PASSWORD});
    register(&app, body).await.expect(201);
    app.run_jobs().await;
    let session = login(&app, PHONE, PASSWORD).await.expect(200).json();
    let token = session["access_token"].as_str().unwrap();
    let mine = async |path: &str, body: Value| app.post(path).bearer(token).json(body).send().await;
    for round in 0..4 {
        for path in ["/v1/auth/password/forgot", "/v1/auth/verification"] {
            ask(&app, path, json!({"login": PHONE})).await.expect(202);
        }
        let code = new_code(&app).await;
        ask(&app, "/v1/auth/codes", json!({"phone": PHONE})).await.expect(202);
        let reset = json!({"login": PHONE, "code": code, "password": "sambal terasi pedas 8"});
        let change = json!({"email": format!("siti{round}@contoh.id"), "password": PASSWORD});
        let (jobs, replies) = tokio::join!(
            app.run_jobs(),
            join_all((0..24).map(|n| {
                let (app, code, reset, change, mine) = (&app, &code, reset.clone(), change.clone(), &mine);
                async move {
                    match n % 6 {
                        0 => with_code(app, code).await,
                        1 => login(app, PHONE, PASSWORD).await,
                        2 => ask(app, "/v1/auth/password/reset", reset).await,
                        3 => mine("/v1/me/phone/verify", json!({"code": code})).await,
                        4 => mine("/v1/me/contact-changes", change).await,
                        _ => mine("/v1/me/password", json!({"current": PASSWORD, "new": PASSWORD})).await,
                    }
                }
            }))
        );
        assert_eq!(jobs, ());
        for reply in replies {
            assert!(!reply.status.is_server_error(), "{}", reply.text());
        }
    }
}

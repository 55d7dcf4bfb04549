//! The second factor: set up, asked for, never taken twice, and the codes for when it is lost.

use lapak::identity::entity::{recovery_code, second_factor};
use lapak::identity::model::Login;
use lapak::identity::service::office;
use lapak::web::Role;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::race::all_at_once;
use crate::support::people::PASSWORD;
use crate::support::shop::{list, text};
use crate::support::{Person, Reply, SecondFactor, TestApp, both};

both![
    a_factor_is_set_up_and_asked_for,
    nothing_holds_before_the_first_code,
    a_code_is_good_once,
    a_code_is_good_once_also_at_the_same_moment with "
        database.max_connections = 16
        throttle.login_per_source = 100
    ",
    recovery_codes_are_good_once_each,
    recovery_codes_are_replaced,
    a_factor_is_removed_with_a_code,
    roles_wait_for_the_factor with "auth.second_factor_roles = ['operator', 'unit']",
    who_lost_everything_is_helped_from_the_machine,
    secrets_are_not_in_the_database,
];

async fn login(person: &Person, totp: Option<&str>) -> Reply {
    let mut body = json!({"login": person.login(), "password": PASSWORD});
    if let Some(totp) = totp {
        body["totp"] = totp.into();
    }
    person.app().post("/v1/auth/login").json(body).send().await
}

async fn me(app: &TestApp, session: &Value) -> Value {
    let token = session["access_token"].as_str().unwrap();
    app.get("/v1/me").bearer(token).send().await.expect(200).json()
}

async fn roles(app: &TestApp, session: &Value) -> Vec<String> {
    let mut roles: Vec<String> = list(&me(app, session).await["roles"]).iter().map(text).collect();
    roles.sort();
    roles
}

/// Lets the time step pass whose code was used.
fn next_step(app: &TestApp) {
    app.advance(chrono::Duration::seconds(30));
}

async fn a_factor_is_set_up_and_asked_for(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let none = json!({"enabled": false, "required": false, "shown": false});
    assert_eq!(ani.get("/v1/me").send().await.json()["second_factor"], none);
    let factor = ani.second_factor().await;
    assert_eq!(factor.recovery_codes.len(), 10);
    let shown = json!({"enabled": true, "required": false, "shown": true});
    assert_eq!(ani.get("/v1/me").send().await.json()["second_factor"], shown);
    ani.post("/v1/me/second-factor").send().await.expect_problem(409, "second-factor-exists");
    let body = json!({"code": factor.code_in(30)});
    let again = ani.post("/v1/me/second-factor/confirm").json(body).send().await;
    again.expect_problem(409, "second-factor-exists");

    next_step(&app);
    login(&ani, None).await.expect_problem(401, "totp-required");
    login(&ani, Some(" ")).await.expect_problem(401, "totp-required");
    let wrong = if factor.code() == "000000" { "000001" } else { "000000" };
    login(&ani, Some(wrong)).await.expect_problem(401, "login-failed");
    // Whether there is a factor is told only after the right password.
    let body = json!({"login": ani.login(), "password": "salah salah", "totp": factor.code()});
    app.post("/v1/auth/login").json(body).send().await.expect_problem(401, "login-failed");
    let session = login(&ani, Some(&factor.code())).await.expect(200).json();
    assert_eq!(me(&app, &session).await["second_factor"], shown);
    assert_eq!(app.audited("second_factor.enabled").await.len(), 1);
}

async fn nothing_holds_before_the_first_code(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let body = json!({"code": "123456"});
    let early = ani.post("/v1/me/second-factor/confirm").json(body).send().await;
    early.expect_problem(409, "no-second-factor");
    let first = ani.post("/v1/me/second-factor").send().await.expect(201);
    assert_eq!(first.header("cache-control"), "private, no-store");
    let first = first.json();
    let url = text(&first["otpauth_url"]);
    assert!(url.starts_with("otpauth://totp/Lapak:ani-0%40contoh.id?secret="), "{url}");
    assert!(url.contains(&text(&first["secret"])));
    login(&ani, None).await.expect(200);

    // Begun anew, the former secret is worth nothing.
    let former = SecondFactor::read(&app, &first["otpauth_url"]);
    let second = ani.post("/v1/me/second-factor").send().await.expect(201).json();
    assert_ne!(first["secret"], second["secret"]);
    let current = SecondFactor::read(&app, &second["otpauth_url"]);
    if former.code() != current.code() {
        let body = json!({"code": former.code()});
        let refused = ani.post("/v1/me/second-factor/confirm").json(body).send().await;
        assert_eq!(refused.expect_problem(422, "invalid")["errors"][0]["pointer"], "/code");
    }
    login(&ani, None).await.expect(200);
    let body = json!({"code": current.code()});
    ani.post("/v1/me/second-factor/confirm").json(body).send().await.expect(200);
    login(&ani, None).await.expect_problem(401, "totp-required");
}

async fn a_code_is_good_once(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let factor = ani.second_factor().await;
    // The code that confirmed it is used up.
    login(&ani, Some(&factor.code())).await.expect_problem(401, "login-failed");
    next_step(&app);
    login(&ani, Some(&factor.code())).await.expect(200);
    login(&ani, Some(&factor.code())).await.expect_problem(401, "login-failed");
    // An older one is no better for being unused, and a clock may be a step ahead.
    login(&ani, Some(&factor.code_in(-30))).await.expect_problem(401, "login-failed");
    login(&ani, Some(&factor.code_in(30))).await.expect(200);
    login(&ani, Some(&factor.code_in(60))).await.expect_problem(401, "login-failed");
    let body = json!({"totp": factor.code_in(30)});
    let replayed = ani.post("/v1/auth/step-up").json(body).send().await;
    assert_eq!(replayed.expect_problem(422, "invalid")["errors"][0]["pointer"], "/totp");
}

async fn a_code_is_good_once_also_at_the_same_moment(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let factor = ani.second_factor().await;
    next_step(&app);
    let server = app.serve().await;
    for code in [factor.code(), factor.recovery_codes[0].clone()] {
        let body = json!({"login": ani.login(), "password": PASSWORD, "totp": code});
        let requests = (0..10).map(|_| server.post("/v1/auth/login").json(body.clone()));
        let replies = all_at_once(requests.collect()).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        assert_eq!(replies.iter().filter(|reply| reply.status == 401).count(), 9);
    }
}

async fn recovery_codes_are_good_once_each(app: TestApp) {
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let (factor, other) = (ani.second_factor().await, budi.second_factor().await);
    let [first, second, ..] = &factor.recovery_codes[..] else { panic!("no codes") };
    let session = login(&ani, Some(first)).await.expect(200).json();
    assert_eq!(me(&app, &session).await["second_factor"]["shown"], true);
    login(&ani, Some(first)).await.expect_problem(401, "login-failed");
    login(&ani, Some(&second.to_uppercase().replace('-', " "))).await.expect(200);
    login(&ani, Some(&other.recovery_codes[0])).await.expect_problem(401, "login-failed");
    login(&budi, Some(&other.recovery_codes[0])).await.expect(200);
    assert_eq!(app.audited("recovery_code.used").await.len(), 3);
}

async fn recovery_codes_are_replaced(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let none = ani.post("/v1/me/second-factor/recovery-codes").send().await;
    none.expect_problem(409, "no-second-factor");
    let factor = ani.second_factor().await;
    let renewed = ani.post("/v1/me/second-factor/recovery-codes").send().await.expect(200).json();
    let codes: Vec<String> = list(&renewed["recovery_codes"]).iter().map(text).collect();
    assert!(codes.len() == 10 && codes.iter().all(|code| !factor.recovery_codes.contains(code)));
    login(&ani, Some(&factor.recovery_codes[3])).await.expect_problem(401, "login-failed");
    login(&ani, Some(&codes[3])).await.expect(200);
    assert_eq!(app.audited("recovery_codes.renewed").await.len(), 1);
}

async fn a_factor_is_removed_with_a_code(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let factor = ani.second_factor().await;
    let key = text(&ani.api_key(&["account:read"]).await["key"]);
    let remove =
        async |code: &str| ani.delete("/v1/me/second-factor").json(json!({"code": code})).send().await;
    // The code that confirmed it is no proof any more.
    assert_eq!(remove(&factor.code()).await.expect_problem(422, "invalid")["errors"][0]["pointer"], "/code");
    next_step(&app);
    remove(&factor.code()).await.expect(204);
    remove(&factor.code_in(30)).await.expect_problem(409, "no-second-factor");

    let none = json!({"enabled": false, "required": false, "shown": false});
    assert_eq!(ani.get("/v1/me").send().await.json()["second_factor"], none);
    assert_eq!(app.get("/v1/me").bearer(&key).send().await.json()["second_factor"], none);
    login(&ani, None).await.expect(200);
    login(&ani, Some(&factor.recovery_codes[0])).await.expect(200);
    assert!(recovery_code::Entity::find().all(app.db.read()).await.unwrap().is_empty());
    assert_eq!(app.audited("second_factor.disabled").await.len(), 1);
    app.run_jobs().await;
    let told: Vec<String> = app.messenger.kept().into_iter().map(|kept| kept.message.subject).collect();
    for subject in ["Verifikasi dua langkah aktif", "Verifikasi dua langkah dimatikan", "Kunci API baru"] {
        assert_eq!(told.iter().filter(|told| *told == subject).count(), 1, "{subject}: {told:?}");
    }
    ani.second_factor().await;
}

async fn roles_wait_for_the_factor(app: TestApp) {
    let ani = app.buyer("Ani").await;
    ani.grant(Role::Operator, Uuid::nil()).await;
    ani.grant(Role::Finance, Uuid::nil()).await;
    let password_only = ani.sign_in().await;
    let seen = me(&app, &password_only).await;
    assert_eq!(seen["roles"], json!(["buyer", "finance"]));
    assert_eq!(seen["second_factor"], json!({"enabled": false, "required": true, "shown": false}));
    let held_back = ani.get("/v1/admin/invariants").send().await;
    held_back.expect_problem(403, "second-factor-required");

    // Setting it up is enough for this session, not for the others.
    let factor = ani.second_factor().await;
    ani.get("/v1/admin/invariants").send().await.expect(200);
    let before = app.get("/v1/admin/invariants").bearer(password_only["access_token"].as_str().unwrap());
    before.send().await.expect_problem(403, "second-factor-required");
    next_step(&app);
    let session = login(&ani, Some(&factor.code())).await.expect(200).json();
    let all = ["buyer", "finance", "operator"];
    assert_eq!(roles(&app, &session).await, all);
    let refreshed = json!({"refresh_token": session["refresh_token"]});
    let refreshed = app.post("/v1/auth/refresh").json(refreshed).send().await.expect(200).json();
    assert_eq!(roles(&app, &refreshed).await, all);

    // A key has what the session had that made it.
    let made = ani.api_key(&["operation:read"]).await;
    let by_key = async || app.get("/v1/admin/invariants").bearer(made["key"].as_str().unwrap()).send().await;
    by_key().await.expect(200);
    next_step(&app);
    let body = json!({"code": factor.recovery_codes[0]});
    ani.delete("/v1/me/second-factor").json(body).send().await.expect(204);
    by_key().await.expect_problem(403, "second-factor-required");
    let request = app.get("/v1/admin/invariants").bearer(refreshed["access_token"].as_str().unwrap());
    request.send().await.expect_problem(403, "second-factor-required");
}

async fn who_lost_everything_is_helped_from_the_machine(app: TestApp) {
    let ani = app.buyer("Ani").await;
    ani.second_factor().await;
    let token = ani.token().await;
    login(&ani, None).await.expect_problem(401, "totp-required");
    office::lose_factor(&app, Login::parse(ani.login()).unwrap()).await.unwrap();
    app.get("/v1/me").bearer(&token).send().await.expect_problem(401, "unauthorized");
    login(&ani, None).await.expect(200);
    let events = app.audited("second_factor.disabled").await;
    assert_eq!((events.len(), events[0].acting_as.as_str()), (1, "system"));
}

async fn secrets_are_not_in_the_database(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let begun = ani.post("/v1/me/second-factor").send().await.expect(201).json();
    let stored = second_factor::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert!(!stored.secret_sealed.contains(&text(&begun["secret"])));
    let factor = SecondFactor::read(&app, &begun["otpauth_url"]);
    let body = json!({"code": factor.code()});
    let confirmed = ani.post("/v1/me/second-factor/confirm").json(body).send().await.expect(200).json();
    let rows = recovery_code::Entity::find().all(app.db.read()).await.unwrap();
    for code in list(&confirmed["recovery_codes"]).iter().map(text) {
        let plain = code.replace('-', "");
        let digest = lapak::platform::random::digest(&plain);
        assert!(rows.iter().all(|row| row.hash != digest && !row.hash.contains(&plain)));
    }
    for event in app.audited("second_factor.enabled").await {
        assert_eq!(event.detail, "{}");
    }
}

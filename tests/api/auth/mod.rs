//! Signing up, in, on and out; forged tokens; what a session's end ends.

mod codes;
mod contacts;
mod devices;
mod endings;
mod factor;
mod forged;
mod mail;
mod passwords;
mod programs;
mod refresh;
mod sessions;
mod step_up;
mod throttle;

use axum::http::Method;
use lapak::identity::entity::user;
use lapak::kernel::{SessionId, UserId};
use lapak::web::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::shop::text;
use crate::support::{Reply, TestApp, both};

both![
    one_account_per_address,
    all_faults_are_named,
    nobody_registers_a_role,
    logins_fail_alike,
    a_session_goes_on_and_ends,
    a_spent_token_ends_the_session,
    a_blocked_person_is_out_at_once,
    a_bad_token_is_refused_everywhere,
    headers_name_nobody,
    roles_hold_at_once,
    an_outdated_hash_is_renewed with "auth.argon2_passes = 2",
    the_keys_are_public,
];

const PASSWORD: &str = "keripik tempe 7";

async fn register(app: &TestApp, body: Value) -> Reply {
    app.post("/v1/auth/register").json(body).send().await
}

async fn login(app: &TestApp, login: &str, password: &str) -> Reply {
    let body = json!({"login": login, "password": password});
    app.post("/v1/auth/login").json(body).send().await
}

async fn with_token(app: &TestApp, path: &str, token: &Value) -> Reply {
    let body = json!({"refresh_token": token});
    app.post(path).json(body).send().await
}

async fn refresh(app: &TestApp, token: &Value) -> Reply {
    with_token(app, "/v1/auth/refresh", token).await
}

/// Registers Siti and signs her in.
async fn siti(app: &TestApp) -> Value {
    let body = json!({"name": "Siti", "email": "siti@contoh.id", "password": PASSWORD});
    register(app, body).await.expect(201);
    login(app, "siti@contoh.id", PASSWORD).await.expect(200).json()
}

/// What a route for signed-in people says to a token.
async fn access(app: &TestApp, token: &Value) -> u16 {
    let reply = app.get("/v1/me").bearer(token.as_str().unwrap()).send().await;
    reply.status.as_u16()
}

async fn one_account_per_address(app: TestApp) {
    let body =
        json!({"name": " Siti ", "email": "Siti@Contoh.ID", "phone": "0812-9000-1234", "password": PASSWORD});
    let made = register(&app, body).await.expect(201).json();
    assert_eq!(made["name"], "Siti");
    assert_eq!(made["email"], "siti@contoh.id");
    assert_eq!(made["phone"], "+6281290001234");
    assert!(made.get("password").is_none() && made.get("password_hash").is_none());

    for taken in [
        json!({"email": "siti@contoh.id"}),
        json!({"email": "SITI@CONTOH.ID"}),
        json!({"email": "ｓｉｔｉ@contoh.id"}),
        json!({"phone": "+62 812 9000 1234"}),
        json!({"email": "lain@contoh.id", "phone": "6281290001234"}),
    ] {
        let mut body = json!({"name": "Lain", "password": PASSWORD});
        body.as_object_mut().unwrap().extend(taken.as_object().unwrap().clone());
        register(&app, body).await.expect_problem(409, "account-exists");
    }
    for way in ["siti@contoh.id", "SITI@contoh.id", "081290001234", "+6281290001234"] {
        login(&app, way, PASSWORD).await.expect(200);
    }
}

async fn all_faults_are_named(app: TestApp) {
    let body = json!({"name": "", "email": "x", "phone": "1", "password": "12345678"});
    let problem = register(&app, body).await.expect_problem(422, "invalid");
    let faults: Vec<_> = problem["errors"].as_array().unwrap().iter().collect();
    let pointers: Vec<String> = faults.iter().map(|fault| text(&fault["pointer"])).collect();
    assert_eq!(pointers, ["/name", "/email", "/phone", "/password"]);
    assert_eq!(faults[3]["code"], "too-weak");

    let neither = json!({"name": "Siti", "password": PASSWORD});
    register(&app, neither).await.expect_problem(422, "invalid");
    let null = json!({"name": "Siti", "password": PASSWORD, "email": null, "phone": null});
    register(&app, null).await.expect_problem(422, "invalid");
}

async fn nobody_registers_a_role(app: TestApp) {
    for member in
        ["role", "roles", "is_admin", "vendor_id", "status", "email_verified_at", "id", "created_at"]
    {
        let mut body = json!({"name": "Siti", "email": "siti@contoh.id", "password": PASSWORD});
        body[member] = json!("operator");
        let problem = register(&app, body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"));
    }
}

async fn logins_fail_alike(app: TestApp) {
    siti(&app).await;
    let mut answers = Vec::new();
    for (who, password) in [
        ("siti@contoh.id", "salah salah"),
        ("tidak.ada@contoh.id", PASSWORD),
        ("081200000000", PASSWORD),
        ("bukan alamat", PASSWORD),
        ("", ""),
    ] {
        let reply = login(&app, who, password).await;
        // No account, wrong password: the same work. What can be no address is not looked for.
        assert!(matches!(reply.statements, 3 | 4), "{} statements", reply.statements);
        let mut problem = reply.expect_problem(401, "login-failed");
        problem.as_object_mut().unwrap().remove("request_id");
        answers.push(problem);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

async fn a_session_goes_on_and_ends(app: TestApp) {
    let first = siti(&app).await;
    assert_eq!(first["token_type"], "Bearer");
    assert_eq!(first["expires_in"], 900);
    assert_eq!(access(&app, &first["access_token"]).await, 200);

    app.advance(chrono::Duration::seconds(901));
    assert_eq!(access(&app, &first["access_token"]).await, 401);
    let second = refresh(&app, &first["refresh_token"]).await.expect(200);
    assert_eq!(second.header("cache-control"), "no-store");
    let second = second.json();
    assert_eq!(access(&app, &second["access_token"]).await, 200);

    // One kind of token is not the other.
    refresh(&app, &second["access_token"]).await.expect_problem(401, "refresh-refused");
    assert_eq!(access(&app, &second["refresh_token"]).await, 401);

    with_token(&app, "/v1/auth/logout", &second["refresh_token"]).await.expect(204);
    assert_eq!(access(&app, &second["access_token"]).await, 401);
    refresh(&app, &second["refresh_token"]).await.expect_problem(401, "refresh-refused");
    with_token(&app, "/v1/auth/logout", &json!("unknown")).await.expect(204);

    // A login elsewhere is a session of its own, and one that nobody uses runs out.
    let other = login(&app, "siti@contoh.id", PASSWORD).await.expect(200).json();
    app.advance(chrono::Duration::days(30));
    refresh(&app, &other["refresh_token"]).await.expect_problem(401, "refresh-refused");
}

async fn a_spent_token_ends_the_session(app: TestApp) {
    let first = siti(&app).await;
    let second = refresh(&app, &first["refresh_token"]).await.expect(200).json();
    let elsewhere = login(&app, "siti@contoh.id", PASSWORD).await.expect(200).json();

    refresh(&app, &first["refresh_token"]).await.expect_problem(401, "refresh-refused");
    refresh(&app, &second["refresh_token"]).await.expect_problem(401, "refresh-refused");
    assert_eq!(access(&app, &second["access_token"]).await, 401);
    assert_eq!(access(&app, &elsewhere["access_token"]).await, 200);
}

async fn a_blocked_person_is_out_at_once(app: TestApp) {
    let session = siti(&app).await;
    let txn = app.db.begin().await.unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::Status, Expr::value(user::Status::Blocked))
        .filter(user::Column::Email.eq("siti@contoh.id"))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    assert_eq!(access(&app, &session["access_token"]).await, 401);
    refresh(&app, &session["refresh_token"]).await.expect_problem(401, "refresh-refused");
    login(&app, "siti@contoh.id", PASSWORD).await.expect_problem(401, "login-failed");
}

async fn a_bad_token_is_refused_everywhere(app: TestApp) {
    let session = siti(&app).await;
    let token = text(&session["access_token"]);
    let ghost = app.tokens.issue(UserId::generate(), SessionId::generate(), app.now()).unwrap();
    let bad = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer {token}x"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {ghost}"),
        "Bearer null".to_owned(),
    ];
    for header in bad {
        for path in ["/v1/me", "/.well-known/jwks.json"] {
            let reply = app.get(path).header("authorization", &header).send().await;
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{header}");
            reply.expect_problem(401, "unauthorized");
        }
    }
    // Two headers are one too many: a proxy may have looked at the other one.
    let both = app.get("/v1/me").bearer(&token).bearer(&token).send().await;
    both.expect_problem(401, "unauthorized");
    assert_eq!(access(&app, &session["access_token"]).await, 200);
}

async fn headers_name_nobody(app: TestApp) {
    let budi = app.buyer("Budi").await;
    for name in ["x-user-id", "x-forwarded-user", "x-role", "x-wcpay-platform-checkout-user"] {
        let reply = app.get("/v1/me").header(name, &budi.id().to_string()).send().await;
        reply.expect_problem(401, "unauthorized");
    }
    let overridden =
        app.request(Method::GET, "/v1/auth/logout").header("x-http-method-override", "POST").send().await;
    overridden.expect(405);
}

async fn roles_hold_at_once(app: TestApp) {
    let budi = app.buyer("Budi").await;
    let token = budi.token().await;
    let roles = async || {
        let reply = app.get("/v1/me").bearer(&token).send().await.expect(200);
        assert_eq!(reply.header("cache-control"), "private, no-store");
        reply.json()["roles"].clone()
    };
    assert_eq!(roles().await, json!(["buyer"]));
    budi.grant(Role::Finance, Uuid::nil()).await;
    assert_eq!(roles().await, json!(["buyer", "finance"]));
}

async fn an_outdated_hash_is_renewed(app: TestApp) {
    siti(&app).await;
    let stored = async || user::Entity::find().one(app.db.read()).await.unwrap().unwrap().password_hash;
    let current = stored().await;
    let cheap = argon2_hash(PASSWORD);
    let txn = app.db.begin().await.unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(cheap.clone()))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();

    login(&app, "siti@contoh.id", "salah salah").await.expect(401);
    assert_eq!(stored().await, cheap);
    login(&app, "siti@contoh.id", PASSWORD).await.expect(200);
    assert!(stored().await.contains("t=2") && stored().await != current);
    login(&app, "siti@contoh.id", PASSWORD).await.expect(200);
}

/// A hash made with one pass.
fn argon2_hash(password: &str) -> String {
    use argon2::PasswordHasher;
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let hasher = argon2::Argon2::from(params);
    hasher.hash_password(password.as_bytes()).unwrap().to_string()
}

async fn the_keys_are_public(app: TestApp) {
    let reply = app.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(reply.statements, 0);
    let key = reply.json()["keys"][0].clone();
    assert_eq!(key["kty"], "OKP");
    assert_eq!(key["alg"], "EdDSA");
    assert!(key.get("d").is_none());
}

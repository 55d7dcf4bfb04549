//! Sessions of browsers, and sessions that are long over.

use lapak::identity::entity::{refresh_token, session};
use lapak::identity::service::sessions;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{PASSWORD, access, login, refresh, siti};
use crate::support::{Reply, TestApp, both};

both![
    a_browser_keeps_its_token_in_a_cookie,
    a_cookie_is_secure_behind_tls with "server.base_url = 'https://lapak.example'",
    another_site_cannot_use_the_cookie with "server.cors_origins = ['https://belanja.example']",
    what_ran_out_is_forgotten,
];

async fn sign_in(app: &TestApp) -> Reply {
    let body = json!({"login": "siti@contoh.id", "password": PASSWORD, "session": "cookie"});
    app.post("/v1/auth/login").json(body).send().await.expect(200)
}

/// What a browser sends back.
fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie");
    set.split(';').next().unwrap().to_owned()
}

async fn by_browser(app: &TestApp, path: &str, cookie: &str) -> Reply {
    let request = app.post(path).header("cookie", &format!("theme=dark; {cookie}"));
    request.json(json!({})).send().await
}

async fn a_browser_keeps_its_token_in_a_cookie(app: TestApp) {
    siti(&app).await;
    let first = sign_in(&app).await;
    assert_eq!(first.json()["refresh_token"], Value::Null);
    let set = first.header("set-cookie");
    assert!(set.starts_with("lapak_refresh="), "{set}");
    assert!(set.ends_with("; Path=/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict"), "{set}");

    let second = by_browser(&app, "/v1/auth/refresh", &cookie(&first)).await.expect(200);
    assert_ne!(cookie(&second), cookie(&first));
    assert_eq!(second.json()["refresh_token"], Value::Null);
    assert_eq!(access(&app, &second.json()["access_token"]).await, 200);

    let out = by_browser(&app, "/v1/auth/logout", &cookie(&second)).await.expect(204);
    assert!(out.header("set-cookie").starts_with("lapak_refresh=; Path=/v1/auth; Max-Age=0;"));
    assert_eq!(access(&app, &second.json()["access_token"]).await, 401);
    let nothing = by_browser(&app, "/v1/auth/refresh", "x=y").await;
    nothing.expect_problem(401, "refresh-refused");
}

async fn a_cookie_is_secure_behind_tls(app: TestApp) {
    siti(&app).await;
    assert!(sign_in(&app).await.header("set-cookie").ends_with("; Secure"));
}

async fn another_site_cannot_use_the_cookie(app: TestApp) {
    siti(&app).await;
    let session = sign_in(&app).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = app.post("/v1/auth/refresh").header("cookie", &cookie(&session));
        let reply = request.header("origin", "https://evil.example").body(kind, "{}").send().await;
        assert_eq!(reply.header("access-control-allow-origin"), "");
        reply.expect_problem(415, "unsupported-media-type");
    }
    // What a form cannot send either, a page that gets past all that still says where it is from.
    for origin in
        ["https://evil.example", "null", "http://localhost:8080.evil.example", "https://localhost:8080"]
    {
        for path in ["/v1/auth/refresh", "/v1/auth/logout"] {
            let request = app.post(path).header("cookie", &cookie(&session)).header("origin", origin);
            let reply = request.json(json!({})).send().await;
            assert_eq!(reply.header("access-control-allow-origin"), "");
            assert_eq!(reply.header("access-control-allow-credentials"), "");
            assert_eq!(reply.header("set-cookie"), "");
            reply.expect_problem(403, "foreign-origin");
        }
        let body = json!({"login": "siti@contoh.id", "password": PASSWORD, "session": "cookie"});
        let reply = app.post("/v1/auth/login").header("origin", origin).json(body).send().await;
        reply.expect_problem(403, "foreign-origin");
    }
    // Two origins are one too many.
    let request = app.post("/v1/auth/refresh").header("cookie", &cookie(&session));
    let request = request.header("origin", "http://localhost:8080").header("origin", "https://evil.example");
    request.json(json!({})).send().await.expect_problem(403, "foreign-origin");
    // The cookie is for the tokens only; it signs nobody in.
    let reply = app.get("/v1/me").header("cookie", &cookie(&session)).send().await;
    reply.expect_problem(401, "unauthorized");
    let mut session = by_browser(&app, "/v1/auth/refresh", &cookie(&session)).await.expect(200);
    for origin in ["http://localhost:8080", "https://belanja.example"] {
        let request = app.post("/v1/auth/refresh").header("cookie", &cookie(&session));
        session = request.header("origin", origin).json(json!({})).send().await.expect(200);
    }
}

async fn what_ran_out_is_forgotten(app: TestApp) {
    let old = siti(&app).await;
    refresh(&app, &old["refresh_token"]).await.expect(200);
    app.advance(chrono::Duration::days(20));
    let kept = login(&app, "siti@contoh.id", PASSWORD).await.expect(200).json();
    app.advance(chrono::Duration::days(11));

    assert_eq!(sessions::forget(&app).await.unwrap(), 3);
    assert_eq!(sessions::forget(&app).await.unwrap(), 0);
    assert_eq!(session::Entity::find().all(app.db.read()).await.unwrap().len(), 1);
    assert_eq!(refresh_token::Entity::find().all(app.db.read()).await.unwrap().len(), 1);
    refresh(&app, &kept["refresh_token"]).await.expect(200);
}

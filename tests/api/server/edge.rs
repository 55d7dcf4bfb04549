//! What every answer has, and what is refused before a feature sees it.

use axum::http::Method;
use serde_json::json;

use crate::support::{TestApp, both};

both![
    refusals_are_problems,
    a_request_keeps_its_name,
    answers_are_protected,
    only_listed_pages_may_call with "server.cors_origins = [\"https://belanja.example\"]",
    a_client_that_asks_too_often_waits with "
        rate_limit = { enabled = true, per_minute = 60, burst = 5, auth_per_minute = 6, auth_burst = 2 }
    ",
    clients_behind_a_proxy_of_ours_count_for_themselves with "
        server.trusted_proxies = [\"127.0.0.0/8\"]
        rate_limit = { enabled = true, per_minute = 1, burst = 1 }
    ",
    a_full_service_says_so_at_once with "server.max_requests = 0",
    the_page_of_the_api_needs_nothing_from_outside,
];

const REGISTER: &str = "/v1/auth/register";

async fn refusals_are_problems(app: TestApp) {
    app.get("/v1/nowhere").send().await.expect_problem(404, "not-found");
    app.get("/").send().await.expect_problem(404, "not-found");
    let reply = app.delete("/healthz").send().await;
    assert_eq!(reply.header("allow"), "GET,HEAD");
    reply.expect_problem(405, "method-not-allowed");

    let large = json!({"name": "a".repeat(300_000)});
    let reply = app.post(REGISTER).json(large).send().await;
    reply.expect_problem(413, "too-large");
    let reply = app.post(REGISTER).body("text/plain", "{}").send().await;
    reply.expect_problem(415, "unsupported-media-type");
    let reply = app.post(REGISTER).body("application/json", "{").send().await;
    reply.expect_problem(422, "malformed-json");
    let deep = "[".repeat(100_000);
    let reply = app.post(REGISTER).body("application/json", deep).send().await;
    reply.expect_problem(422, "invalid");
    let reply = app.get("/v1/orders").bearer("nonsense").send().await;
    reply.expect_problem(401, "unauthorized");

    let english = app.get("/v1/nowhere").header("accept-language", "en").send().await;
    assert_eq!(english.problem()["detail"], "Not found.");
}

async fn a_request_keeps_its_name(app: TestApp) {
    let named = |name: &str| app.get("/v1/nowhere").header("x-request-id", name).send();
    let reply = named("req-7/a.b").await;
    assert_eq!(reply.header("x-request-id"), "req-7/a.b");
    assert_eq!(reply.problem()["request_id"], "req-7/a.b");

    let longest = "x".repeat(64);
    assert_eq!(named(&longest).await.header("x-request-id"), longest);
    for bad in ["", "two words", "ä", &"x".repeat(65)] {
        let reply = named(bad).await;
        let given = reply.header("x-request-id");
        assert_eq!(given.len(), 36, "{bad:?} became {given:?}");
        assert_eq!(reply.problem()["request_id"], given);
    }
    let made = app.get("/healthz").send().await;
    assert_eq!(made.header("x-request-id").len(), 36);
}

async fn answers_are_protected(app: TestApp) {
    let buyer = app.buyer("ani").await;
    let replies = [
        app.get("/healthz").send().await.expect(200),
        app.get("/v1/orders").by(&buyer).send().await.expect(200),
        app.get("/v1/nowhere").by(&buyer).send().await.expect(404),
    ];
    for reply in replies {
        assert!(reply.header("cache-control").contains("no-store"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"));
        let vary: Vec<_> =
            reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        let vary = vary.join(", ");
        assert!(vary.contains("Authorization") && vary.contains("Accept-Language"), "{vary}");
        assert!(!reply.headers.contains_key("set-cookie"));
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
    }
}

async fn only_listed_pages_may_call(app: TestApp) {
    let ask = |origin: &str| {
        app.request(Method::OPTIONS, "/v1/checkouts")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,idempotency-key")
            .send()
    };
    let allowed = ask("https://belanja.example").await.expect(200);
    let allows = |name: &str| allowed.header(&format!("access-control-allow-{name}")).to_owned();
    assert_eq!(allows("origin"), "https://belanja.example");
    assert_eq!(allows("credentials"), "true");
    assert!(allows("methods").contains("POST"));
    assert!(allows("headers").contains("idempotency-key"));
    for stranger in ["https://evil.example", "https://belanja.example.evil.example", "null"] {
        let reply = ask(stranger).await;
        for name in ["origin", "credentials"] {
            let name = format!("access-control-allow-{name}");
            assert!(!reply.headers.contains_key(name), "{stranger}");
        }
    }
    // A page must also be able to read why it was refused.
    let refused = app.get("/v1/orders").header("origin", "https://belanja.example").send().await;
    assert_eq!(refused.header("access-control-allow-origin"), "https://belanja.example");
    let exposed = refused.header("access-control-expose-headers");
    for name in ["etag", "ratelimit", "x-request-id"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    refused.expect_problem(401, "unauthorized");
}

async fn a_client_that_asks_too_often_waits(app: TestApp) {
    let spoofed = |path: &str, n: usize| {
        let mut request = app.get(path);
        for name in ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip"] {
            request = request.header(name, &format!("198.51.100.{n}"));
        }
        request.send()
    };
    for n in 0..5 {
        let reply = spoofed("/v1/nowhere", n).await.expect(404);
        assert_eq!(reply.header("ratelimit-policy"), "\"default\";q=5;w=5");
        let left = format!("\"default\";r={};", 4 - n);
        assert!(reply.header("ratelimit").starts_with(&left), "{left}");
    }
    let refused = spoofed("/v1/nowhere", 6).await;
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("ratelimit"), "\"default\";r=0;t=1");
    refused.expect_problem(429, "too-many-requests");
    for path in ["/healthz", "/readyz", "/metrics"] {
        let reply = spoofed(path, 7).await.expect(200);
        assert!(!reply.headers.contains_key("ratelimit"));
    }

    // Guessing passwords has a limit of its own.
    let guess = || {
        app.post("/v1/auth/login").json(json!({"login": "ani@contoh.id", "password": "salah-sekali"})).send()
    };
    for _ in 0..2 {
        guess().await.expect(401);
    }
    let refused = guess().await;
    assert_eq!(refused.header("ratelimit-policy"), "\"auth\";q=2;w=20");
    refused.expect_problem(429, "too-many-requests");
}

async fn clients_behind_a_proxy_of_ours_count_for_themselves(app: TestApp) {
    let from = |hops: &str| app.get("/v1/nowhere").header("x-forwarded-for", hops).send();
    from("198.51.100.1").await.expect(404);
    from("198.51.100.1").await.expect(429);
    from("198.51.100.2").await.expect(404);
    // What the client itself wrote stands on the left and counts for nothing.
    from("192.0.2.9, 198.51.100.2").await.expect(429);
    from("2001:db8:0:1::1").await.expect(404);
    from("2001:db8:0:1::2").await.expect(429);
}

async fn a_full_service_says_so_at_once(app: TestApp) {
    let refused = app.get("/v1/nowhere").send().await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.expect_problem(503, "overloaded");
    app.get("/healthz").send().await.expect(200);
}

async fn the_page_of_the_api_needs_nothing_from_outside(app: TestApp) {
    let reply = app.get("/docs").send().await.expect(308);
    assert_eq!(reply.header("location"), "/docs/");
    let page = app.get("/docs/").send().await.expect(200);
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    let text = page.text();
    assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("//cdn"), "{text}");
    assert!(!text.contains("<script>") && !text.contains("<style"), "{text}");
    let files = text.split('"').filter_map(|name| name.strip_prefix("./"));
    for name in files.chain(["index.css"]) {
        app.get(&format!("/docs/{name}")).send().await.expect(200);
    }
    let start = app.get("/docs/swagger-initializer.js").send().await.expect(200);
    assert!(start.text().contains("/openapi.json"), "{}", start.text());
    app.get("/docs/..%2f..%2fetc%2fpasswd").send().await.expect_problem(404, "not-found");
}

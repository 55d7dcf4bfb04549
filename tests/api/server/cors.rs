//! Pages of other origins: those that the settings name, and no others.

use axum::http::Method;
use serde_json::json;

use crate::support::{Reply, Request, TestApp, both};

both![
    without_a_list_no_page_may_call,
    an_unknown_origin_is_never_echoed with "
        server.cors_origins = [\"https://belanja.example\"]
        throttle.login_per_source = 100
    ",
    a_listed_page_may_do_everything_the_api_does with
        "server.cors_origins = [\"https://belanja.example\", \"http://localhost:5173\"]",
];

const LISTED: &str = "https://belanja.example";

/// Origins that look like the listed one.
const STRANGERS: [&str; 9] = [
    "https://evil.example",
    "http://belanja.example",
    "https://belanja.example:8443",
    "https://belanja.example.evil.example",
    "https://evilbelanja.example",
    "https://www.belanja.example",
    "https://BELANJA.example",
    "https://belanja.example, https://evil.example",
    "null",
];

fn preflight(app: &TestApp, origin: &str, method: &str, headers: &str) -> Request {
    app.request(Method::OPTIONS, "/v1/me/addresses/01900000-0000-7000-8000-00000000dead")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
}

fn allows_nobody(reply: &Reply, origin: &str) {
    for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
        assert!(!reply.headers.contains_key(name), "{origin}: {:?}", reply.headers);
    }
}

fn varies_by_origin(reply: &Reply) -> bool {
    let vary = reply.headers.get_all("vary").iter().filter_map(|vary| vary.to_str().ok());
    vary.flat_map(|vary| vary.split(',')).any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

async fn without_a_list_no_page_may_call(app: TestApp) {
    let ani = app.buyer("Ani").await;
    for origin in [LISTED, "null", "http://localhost:5173"] {
        allows_nobody(&preflight(&app, origin, "PATCH", "authorization").send().await, origin);
        allows_nobody(&ani.get("/v1/me").header("origin", origin).send().await.expect(200), origin);
        allows_nobody(&app.get("/v1/categories").header("origin", origin).send().await.expect(200), origin);
    }
}

async fn an_unknown_origin_is_never_echoed(app: TestApp) {
    let ani = app.buyer("Ani").await;
    for origin in STRANGERS {
        let asked = preflight(&app, origin, "PATCH", "authorization,if-match").send().await;
        allows_nobody(&asked, origin);
        let login = json!({"login": ani.login(), "password": "salah-sekali"});
        let replies = [
            ani.get("/v1/me").header("origin", origin).send().await.expect(200),
            app.get("/v1/categories").header("origin", origin).send().await.expect(200),
            app.post("/v1/auth/login").header("origin", origin).json(login).send().await.expect(401),
            app.get("/v1/nowhere").header("origin", origin).send().await.expect(404),
        ];
        for reply in replies {
            allows_nobody(&reply, origin);
            // A cache must not hand the answer for one origin to another.
            assert!(varies_by_origin(&reply), "{origin}: {:?}", reply.headers);
        }
    }
}

async fn a_listed_page_may_do_everything_the_api_does(app: TestApp) {
    let ani = app.buyer("Ani").await;
    for origin in [LISTED, "http://localhost:5173"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let headers = "authorization,content-type,if-match,if-none-match,idempotency-key,x-cart-secret";
            let reply = preflight(&app, origin, method, headers).send().await.expect(200);
            assert_eq!(reply.header("access-control-allow-origin"), origin);
            assert_eq!(reply.header("access-control-allow-credentials"), "true");
            assert!(reply.header("access-control-allow-methods").contains(method));
            for name in headers.split(',') {
                assert!(reply.header("access-control-allow-headers").contains(name), "{name}");
            }
            assert_eq!(reply.header("access-control-max-age"), "600");
            assert!(reply.body.is_empty());
        }
        let reply = ani.get("/v1/me").header("origin", origin).send().await.expect(200);
        assert_eq!(reply.header("access-control-allow-origin"), origin);
        assert_eq!(reply.header("access-control-allow-credentials"), "true");
        assert!(varies_by_origin(&reply));
        // Private all the same.
        assert!(reply.header("cache-control").contains("no-store"));
    }
}

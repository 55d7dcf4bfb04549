//! Guessing is slow, whoever guesses from wherever, and locks no owner out.

use chrono::Duration;
use futures_util::future::join_all;
use lapak::identity::service::throttle;
use serde_json::{Value, json};

use super::mail::{all, audited, throttles};
use super::{PASSWORD, login, register, siti};
use crate::support::{Reply, TestApp, both};

both![
    guessing_one_account_is_slowed_down,
    a_forwarded_address_does_not_escape_the_throttle,
    a_proxy_is_believed_for_one_hop_only with "server.trusted_proxies = ['127.0.0.1']",
    a_login_does_the_same_work_for_an_unknown_account,
    many_networks_do_not_lock_the_owner_out
        with "server.trusted_proxies = ['127.0.0.1']\nthrottle.login_per_account = 10",
    one_network_cannot_try_many_accounts with "throttle.login_per_network = 4",
    fifty_guesses_at_once_are_five_guesses with "database.max_connections = 16",
    a_flood_of_logins_is_refused_without_hashing,
    processes_count_together,
    what_was_quiet_is_forgotten,
    one_network_makes_so_many_accounts with "throttle.registrations_per_network = 2",
    fifty_registrations_of_one_address_make_one_account with "database.max_connections = 16",
];

const SITI: &str = "siti@contoh.id";

async fn wrong(app: &TestApp, who: &str) -> Reply {
    login(app, who, "salah salah").await
}

async fn wrong_times(app: &TestApp, who: &str, times: usize) {
    for _ in 0..times {
        wrong(app, who).await.expect_problem(401, "login-failed");
    }
}

fn waits(reply: Reply, seconds: u32) -> Value {
    assert_eq!(reply.header("retry-after"), seconds.to_string());
    reply.expect_problem(429, "too-many-attempts")
}

async fn guessing_one_account_is_slowed_down(app: TestApp) {
    siti(&app).await;
    wrong_times(&app, SITI, 5).await;
    // Another form of the address is the same account, and the right password has to wait as well.
    let refused = login(&app, "SITI@Contoh.ID", PASSWORD).await;
    assert_eq!(refused.header("ratelimit-policy"), "\"login-source\";q=5;w=900");
    assert_eq!(refused.header("ratelimit"), "\"login-source\";r=0;t=30");
    waits(refused, 30);
    for wait in [60, 120, 240] {
        app.advance(Duration::seconds(wait / 2));
        wrong_times(&app, SITI, 1).await;
        waits(wrong(&app, SITI).await, u32::try_from(wait).unwrap());
    }
    // Waiting is enough to get in, and whoever is in starts anew.
    app.advance(Duration::seconds(240));
    login(&app, SITI, PASSWORD).await.expect(200);
    wrong_times(&app, SITI, 5).await;
    waits(wrong(&app, SITI).await, 30);
    // A quiet time does the same, and the wait never gets longer than an hour.
    app.advance(Duration::minutes(16));
    wrong_times(&app, SITI, 4).await;
    for _ in 0..12 {
        wrong_times(&app, SITI, 1).await;
        let reply = wrong(&app, SITI).await;
        let wait: i64 = reply.header("retry-after").parse().unwrap();
        assert!(wait <= 3600, "{wait}");
        app.advance(Duration::seconds(wait));
    }
}

async fn a_forwarded_address_does_not_escape_the_throttle(app: TestApp) {
    siti(&app).await;
    let mut refused = 0;
    for n in 0..20 {
        let address = format!("198.51.100.{n}");
        let mut request = app.post("/v1/auth/login");
        for name in ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip"] {
            request = request.header(name, &address);
        }
        request = request.header("forwarded", &format!("for={address}"));
        let reply = request.json(json!({"login": SITI, "password": "salah salah"})).send().await;
        refused += u32::from(reply.status == 429);
    }
    assert_eq!(refused, 15);
}

async fn a_proxy_is_believed_for_one_hop_only(app: TestApp) {
    siti(&app).await;
    let mut refused = 0;
    for n in 0..20 {
        // The proxy appends the address it saw; what stands before it is what the client claims.
        let reply = from(&app, &format!("203.0.113.{n}, 198.51.100.7"), "salah salah").await;
        refused += u32::from(reply.status == 429);
    }
    assert_eq!(refused, 15);
    from(&app, "198.51.100.7, 203.0.113.1", PASSWORD).await.expect(200);
}

/// Reliability, row 49: no hash is left out for an account that is not there, and no statement.
async fn a_login_does_the_same_work_for_an_unknown_account(app: TestApp) {
    siti(&app).await;
    for n in 0..8 {
        let mut seen = Vec::new();
        for who in [SITI, "tidak.ada@contoh.id"] {
            let before = app.passwords.runs();
            let reply = wrong(&app, who).await;
            let work = (reply.statements, app.passwords.runs() - before);
            let mut problem = reply.problem();
            problem.as_object_mut().unwrap().remove("request_id");
            seen.push((reply.status, work, problem));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0].1.1, u64::from(n < 5), "attempt {n}");
    }
}

async fn from(app: &TestApp, address: &str, password: &str) -> Reply {
    let body = json!({"login": SITI, "password": password});
    app.post("/v1/auth/login").header("x-forwarded-for", address).json(body).send().await
}

/// Reliability, row 52: guesses from many networks count together, and the owner comes in from a known one.
async fn many_networks_do_not_lock_the_owner_out(app: TestApp) {
    let body = json!({"name": "Siti", "email": SITI, "password": PASSWORD});
    register(&app, body).await.expect(201);
    from(&app, "203.0.113.7", PASSWORD).await.expect(200);
    app.run_jobs().await;
    let before = all(&app, SITI).len();
    for n in 0..10 {
        from(&app, &format!("198.51.100.{n}"), "salah salah").await.expect_problem(401, "login-failed");
    }
    for n in 10..20 {
        let refused = from(&app, &format!("198.51.100.{n}"), PASSWORD).await;
        assert!(refused.header("ratelimit").starts_with("\"login-account\""));
        refused.expect_problem(429, "too-many-attempts");
    }
    // One notice, however long it goes on.
    for n in 0..5 {
        app.advance(Duration::seconds(30 << n));
        from(&app, "192.0.2.1", "salah salah").await.expect_problem(401, "login-failed");
    }
    app.run_jobs().await;
    assert_eq!(all(&app, SITI).len(), before + 1);
    let locked = audited(&app, "account.locked").await;
    assert_eq!(locked.len(), 1);
    assert!(locked[0].request_id.is_some());
    from(&app, "203.0.113.7", PASSWORD).await.expect(200);
    // And by that the account is free for everybody again.
    from(&app, "198.51.100.99", "salah salah").await.expect_problem(401, "login-failed");
}

async fn one_network_cannot_try_many_accounts(app: TestApp) {
    siti(&app).await;
    // Those who know their password cost a shared network nothing.
    for _ in 0..8 {
        login(&app, SITI, PASSWORD).await.expect(200);
    }
    for n in 0..4 {
        wrong_times(&app, &format!("orang{n}@contoh.id"), 1).await;
    }
    let refused = wrong(&app, "orang5@contoh.id").await;
    assert!(refused.header("ratelimit").starts_with("\"login-network\""));
    waits(refused, 30);
    app.advance(Duration::seconds(30));
    login(&app, SITI, PASSWORD).await.expect(200);
}

async fn fifty_guesses_at_once_are_five_guesses(app: TestApp) {
    siti(&app).await;
    let before = app.passwords.runs();
    let replies = join_all((0..50).map(|_| wrong(&app, SITI))).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(401), count(429)), (5, 45));
    assert_eq!(app.passwords.runs() - before, 5);
    app.run_jobs().await;
    assert_eq!(audited(&app, "account.locked").await.len(), 1);
}

async fn a_flood_of_logins_is_refused_without_hashing(app: TestApp) {
    siti(&app).await;
    wrong_times(&app, SITI, 5).await;
    let before = app.passwords.runs();
    let rows = throttles(&app).await;
    for reply in join_all((0..100).map(|_| wrong(&app, SITI))).await {
        assert_eq!(reply.statements, 1);
        reply.expect_problem(429, "too-many-attempts");
    }
    assert_eq!(app.passwords.runs(), before);
    assert_eq!(throttles(&app).await, rows, "a refused attempt costs a look and no write");
    app.get("/v1/products").send().await.expect(200);
}

async fn processes_count_together(app: TestApp) {
    siti(&app).await;
    let other = app.another_instance().await;
    wrong_times(&app, SITI, 3).await;
    wrong_times(&other, SITI, 2).await;
    for instance in [&app, &other] {
        wrong(instance, SITI).await.expect_problem(429, "too-many-attempts");
    }
    other.close().await;
}

async fn what_was_quiet_is_forgotten(app: TestApp) {
    siti(&app).await;
    wrong_times(&app, SITI, 5).await;
    let rows = throttles(&app).await;
    // Keys name nobody.
    assert!(rows.iter().all(|row| !row.key.contains("siti") && !row.key.contains("127.0")), "{rows:?}");
    app.advance(Duration::minutes(15));
    throttle::forget(&app).await.unwrap();
    assert_eq!(throttles(&app).await.len(), 1, "the account waited, and is remembered for longer");
    app.advance(Duration::seconds(31));
    assert_eq!(throttle::forget(&app).await.unwrap(), 1);
    assert!(throttles(&app).await.is_empty());
}

async fn one_network_makes_so_many_accounts(app: TestApp) {
    let body =
        |n: usize| json!({"name": "Siti", "email": format!("siti{n}@contoh.id"), "password": PASSWORD});
    register(&app, body(1)).await.expect(201);
    // Asking which addresses are taken counts as well.
    register(&app, body(1)).await.expect_problem(409, "account-exists");
    let before = app.passwords.runs();
    let refused = register(&app, body(2)).await;
    assert_eq!(refused.header("ratelimit-policy"), "\"registrations\";q=2;w=900");
    waits(refused, 30);
    assert_eq!(app.passwords.runs(), before);
}

async fn fifty_registrations_of_one_address_make_one_account(app: TestApp) {
    let forms =
        ["siti@contoh.id", "SITI@contoh.id", "Siti@Contoh.ID", "ｓｉｔｉ@contoh.id", " siti@contoh.id "];
    let work = (0..50).map(|n| {
        register(&app, json!({"name": "Siti", "email": forms[n % forms.len()], "password": PASSWORD}))
    });
    let replies = join_all(work).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(201), count(409)), (1, 49));
    login(&app, SITI, PASSWORD).await.expect(200);
}

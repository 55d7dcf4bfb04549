//! Keys of programs: what they may do, for how long, and how often.

use lapak::identity::entity::{api_key, user};
use lapak::identity::model::Login;
use lapak::identity::service::accounts;
use lapak::identity::service::api_keys::MOST_KEYS;
use lapak::web::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Reply, TestApp, both};

both![
    a_key_works_within_its_scopes,
    a_key_is_shown_once_and_kept_as_a_hash,
    a_key_never_touches_the_account,
    a_key_ends,
    a_key_goes_with_its_person,
    a_key_of_somebody_else_is_absent,
    all_faults_of_a_key_are_named,
    the_last_use_is_known_to_the_minute,
    a_person_has_so_many_keys,
    a_key_has_its_own_limit with "rate_limit.enabled = true",
];

async fn get(app: &TestApp, key: &Value, path: &str) -> Reply {
    app.get(path).bearer(key["key"].as_str().unwrap()).send().await
}

async fn a_key_works_within_its_scopes(app: TestApp) {
    let shop = app.vendor("Toko Program").await;
    let product = shop.product("Kotak").stock(5).create().await;
    let key = shop.owner.api_key(&["orders:read", "stock:write", "office:write"]).await;
    let orders = get(&app, &key, &format!("/v1/vendors/{}/orders", shop.id)).await.expect(200);
    // One statement for the caller and one more to note the use, once a minute.
    let again = get(&app, &key, &format!("/v1/vendors/{}/orders", shop.id)).await.expect(200);
    assert_eq!(again.statements + 1, orders.statements);
    assert_eq!(again.header("cache-control"), "private, no-store");

    let path = format!("/v1/vendors/{}/variants/{}/stock", shop.id, product.variant());
    let put = app.put(&path).bearer(key["key"].as_str().unwrap());
    put.json(json!({"on_hand": 9, "reason": "count"})).send().await.expect(200);
    assert_eq!(app.stock(product.variant()).await, (9, 0));

    get(&app, &key, "/v1/me").await.expect_problem(403, "scope-missing");
    // A scope is no role.
    let verify = format!("/v1/admin/vendors/{}/verify", shop.id);
    let request = app.post(&verify).bearer(key["key"].as_str().unwrap()).json(json!({}));
    request.send().await.expect_problem(403, "role-missing");
    let other = app.vendor("Toko Lain").await;
    let foreign = get(&app, &key, &format!("/v1/vendors/{}/orders", other.id)).await;
    foreign.expect_problem(404, "not-found");
}

async fn a_key_is_shown_once_and_kept_as_a_hash(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let made = ani.api_key(&["orders:read", "orders:read"]).await;
    let (key, prefix) = (text(&made["key"]), text(&made["prefix"]));
    assert!(key.starts_with(&format!("{prefix}_")) && prefix.starts_with("lpk_") && prefix.len() == 12);
    assert_eq!(key.len(), 12 + 1 + 43);
    assert_eq!(made["expires_at"], "2026-12-24T03:00:00Z");

    let listed = ani.get("/v1/me/api-keys").send().await.expect(200);
    assert_eq!(listed.statements, 2);
    assert!(!listed.text().contains(&key));
    let row = list(&listed.json()["items"])[0].clone();
    assert_eq!((&row["prefix"], &row["scopes"]), (&json!(prefix), &json!(["orders:read"])));
    assert_eq!((&row["last_used_at"], &row["per_minute"]), (&Value::Null, &json!(6000)));
    let stored = api_key::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert!(!key.contains(&stored.hash) && stored.hash == lapak::platform::random::digest(&key));
    let event = &app.audited("api_key.created").await[0];
    assert_eq!(event.object_id, stored.id.0);
    assert!(!event.detail.contains(&stored.hash));
}

async fn a_key_never_touches_the_account(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let every: Vec<String> =
        lapak::web::Area::ALL.iter().map(|area| format!("{}:write", area.name())).collect();
    let every: Vec<&str> = every.iter().map(String::as_str).collect();
    let made = ani.api_key(&every).await;
    let key = made["key"].as_str().unwrap();
    get(&app, &made, "/v1/me").await.expect(200);
    let body = json!({"name": "lagi", "scopes": ["orders:read"], "expires_in_days": 1});
    for request in [
        app.post("/v1/me/api-keys").json(body),
        app.get("/v1/me/api-keys"),
        app.delete(&format!("/v1/me/api-keys/{}", text(&made["id"]))),
        app.get("/v1/me/sessions"),
        app.delete("/v1/me/sessions"),
        app.post("/v1/me/second-factor"),
        app.post("/v1/auth/step-up").json(json!({"password": "x"})),
    ] {
        request.bearer(key).send().await.expect_problem(403, "scope-missing");
    }
    get(&app, &made, "/v1/me").await.expect(200);
}

async fn a_key_ends(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let (one, two) = (ani.api_key(&["account:read"]).await, ani.api_key(&["account:read"]).await);
    let path = format!("/v1/me/api-keys/{}", text(&one["id"]));
    ani.delete(&path).send().await.expect(204);
    ani.delete(&path).send().await.expect_problem(404, "not-found");
    assert_eq!(app.audited("api_key.revoked").await.len(), 1);
    app.advance(chrono::Duration::days(30) - chrono::Duration::seconds(1));
    get(&app, &two, "/v1/me").await.expect(200);
    app.advance(chrono::Duration::seconds(1));
    let tampered = json!({"key": format!("{}x", text(&two["key"]))});
    let short = json!({"key": two["prefix"]});
    // On public routes too, and whatever is wrong with it.
    for bad in [&one, &two, &tampered, &short, &json!({"key": "lpk_"})] {
        for path in ["/v1/me", "/v1/categories"] {
            let reply = get(&app, bad, path).await;
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
            reply.expect_problem(401, "unauthorized");
        }
    }
    let listed = ani.get("/v1/me/api-keys").send().await.expect(200).json();
    assert_eq!(list(&listed["items"]).len(), 1);
}

async fn a_key_goes_with_its_person(app: TestApp) {
    let shop = app.vendor("Toko Program").await;
    let helper = app.buyer("Budi").await;
    helper.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
    let key = helper.api_key(&["orders:read", "account:read"]).await;
    let path = format!("/v1/vendors/{}/orders", shop.id);
    get(&app, &key, &path).await.expect(200);

    // A lost role, a new password, a block: each holds at the next request.
    let txn = app.db.begin().await.unwrap();
    let place = shop.id.parse().unwrap();
    lapak::identity::service::roles::revoke(&txn, helper.id(), Role::VendorStaff, place, app.now())
        .await
        .unwrap();
    txn.commit().await.unwrap();
    get(&app, &key, &path).await.expect_problem(403, "role-missing");
    get(&app, &key, "/v1/me").await.expect(200);
    let ani = app.buyer("Ani").await;
    let other = ani.api_key(&["account:read"]).await;
    let who = Login::parse(ani.login()).unwrap();
    accounts::reset_password(&app, who, "kata sandi yang baru 1".into()).await.unwrap();
    get(&app, &other, "/v1/me").await.expect_problem(401, "unauthorized");
    let txn = app.db.begin().await.unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::Status, Expr::value(user::Status::Blocked))
        .filter(user::Column::Id.eq(helper.id()))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    get(&app, &key, "/v1/me").await.expect_problem(401, "unauthorized");
}

async fn a_key_of_somebody_else_is_absent(app: TestApp) {
    let (ani, budi) = (app.buyer("Ani").await, app.buyer("Budi").await);
    let made = ani.api_key(&["account:read"]).await;
    let foreign = budi.delete(&format!("/v1/me/api-keys/{}", text(&made["id"]))).send().await;
    foreign.expect_problem(404, "not-found");
    get(&app, &made, "/v1/me").await.expect(200);
    let listed = budi.get("/v1/me/api-keys").send().await.expect(200).json();
    assert!(list(&listed["items"]).is_empty());
}

async fn all_faults_of_a_key_are_named(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let body =
        json!({"name": "", "scopes": ["orders:read", "semua"], "expires_in_days": 366, "per_minute": 0});
    let problem = ani.post("/v1/me/api-keys").json(body).send().await.expect_problem(422, "invalid");
    let pointers: Vec<&Value> = list(&problem["errors"]).iter().map(|fault| &fault["pointer"]).collect();
    assert_eq!(pointers, ["/name", "/expires_in_days", "/per_minute", "/scopes/1"]);
    for member in ["user_id", "key", "prefix", "hash", "second_factor", "roles"] {
        let mut body = json!({"name": "kasir", "scopes": ["orders:read"], "expires_in_days": 1});
        body[member] = json!("x");
        ani.post("/v1/me/api-keys").json(body).send().await.expect_problem(422, "invalid");
    }
    assert!(api_key::Entity::find().all(app.db.read()).await.unwrap().is_empty());
}

async fn a_person_has_so_many_keys(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let body = json!({"name": "kasir", "scopes": ["account:read"], "expires_in_days": 30});
    let wishes = (0..MOST_KEYS + 3).map(|_| ani.post("/v1/me/api-keys").json(body.clone()).send());
    let replies = futures_util::future::join_all(wishes).await;
    let made: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(made.len() as u64, MOST_KEYS);
    ani.post("/v1/me/api-keys").json(body.clone()).send().await.expect_problem(409, "too-many-keys");
    let one = format!("/v1/me/api-keys/{}", text(&made[0].json()["id"]));
    ani.delete(&one).send().await.expect(204);
    ani.post("/v1/me/api-keys").json(body).send().await.expect(201);
    // The owner hears of each.
    app.run_jobs().await;
    let told = app.messenger.kept().into_iter().filter(|kept| kept.message.subject == "Kunci API baru");
    assert_eq!(told.count() as u64, MOST_KEYS + 1);
}

async fn the_last_use_is_known_to_the_minute(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let made = ani.api_key(&["account:read"]).await;
    let last_use = async || {
        let rows = ani.get("/v1/me/api-keys").send().await.expect(200).json();
        rows["items"][0]["last_used_at"].clone()
    };
    get(&app, &made, "/v1/me").await.expect(200);
    assert_eq!(last_use().await, "2026-11-24T03:00:00Z");
    app.advance(chrono::Duration::seconds(59));
    get(&app, &made, "/v1/me").await.expect(200);
    assert_eq!(last_use().await, "2026-11-24T03:00:00Z");
    app.advance(chrono::Duration::seconds(1));
    get(&app, &made, "/v1/me").await.expect(200);
    assert_eq!(last_use().await, "2026-11-24T03:01:00Z");
}

async fn a_key_has_its_own_limit(app: TestApp) {
    let ani = app.buyer("Ani").await;
    let body = json!({"name": "kasir", "scopes": ["account:read"], "expires_in_days": 1, "per_minute": 2});
    let make = async || ani.post("/v1/me/api-keys").json(body.clone()).send().await.expect(201).json();
    let (one, other) = (make().await, make().await);
    let first = get(&app, &one, "/v1/me").await.expect(200);
    let policies: Vec<&str> =
        first.headers.get_all("ratelimit-policy").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(policies, ["\"key\";q=2;w=60", "\"default\";q=200;w=20"]);
    get(&app, &one, "/v1/me").await.expect(200);
    let refused = get(&app, &one, "/v1/me").await;
    assert_eq!(refused.header("ratelimit-policy"), "\"key\";q=2;w=60");
    assert!(!refused.header("retry-after").is_empty());
    refused.expect_problem(429, "too-many-requests");
    get(&app, &other, "/v1/me").await.expect(200);
    ani.get("/v1/me").send().await.expect(200);
}

//! What happened to others: rows of the list of known failures that no other file is about.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::actors;
use super::objects::Objects;
use crate::support::openapi::operations;
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    public_answers_show_nothing_of_the_books,
    no_answer_carries_a_key_to_something_else,
    everybody_lists_only_what_is_theirs,
    a_method_that_is_not_offered_is_refused with "payments.qris = 'off'\npayments.virtual_account = 'off'",
    a_token_from_before_the_login_is_not_the_one_after,
    forwarded_headers_move_no_link,
];

/// What belongs to shop, office and books, and not to the public.
const PRIVATE: &[&str] = &[
    "cost",
    "margin",
    "commission",
    "on_hand",
    "reserved",
    "available",
    "nik",
    "npwp",
    "buyer_id",
    "owner_id",
    "user_id",
    "email",
    "payments",
    "orders",
    "created_by",
    "note",
];

/// What opens something.
const KEYS: &[&str] =
    &["secret", "token", "password", "password_hash", "hash", "refresh_token", "access_token", "cart_secret"];

/// The names of all members, however deep.
fn members(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                found.insert(name.clone());
                members(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        _ => {}
    }
}

fn named(value: &Value, names: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    members(value, &mut found);
    found.into_iter().filter(|name| names.contains(&name.as_str())).collect()
}

/// Saleor #3768, Dokan CVE-2026-119485: stock, cost and vendor-only fields on public routes.
async fn public_answers_show_nothing_of_the_books(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let cloth = shop.product("Batik tulis").create().await;
    app.sync_search().await;
    for path in [
        "/v1/products".to_owned(),
        format!("/v1/products/{}", cloth.id),
        "/v1/search?q=batik&facets=category,district,price".to_owned(),
        "/v1/vendors".to_owned(),
        format!("/v1/vendors/{}", shop.slug),
        "/v1/categories".to_owned(),
    ] {
        let answer = app.get(&path).send().await.expect(200).json();
        let shown = named(&answer, PRIVATE);
        assert!(shown.is_empty(), "{path} shows {shown:?}: {answer}");
    }
}

/// Sylius CVE-2021-32720, GHSA-55rf-8q29-4g43: a list or a child carried what opens the parent.
async fn no_answer_carries_a_key_to_something_else(app: TestApp) {
    let objects = Objects::make(&app).await;
    let everything = actors::everything(&objects).await;
    let (mut read, mut faults) = (0, Vec::new());
    for operation in operations().iter().filter(|operation| operation.method == axum::http::Method::GET) {
        let path = operation.fill(|before, name| objects.own(before, name));
        let reply = everything.send_as(app.get(&path)).send().await;
        if reply.status != 200 || !reply.header("content-type").starts_with("application/json") {
            continue;
        }
        read += 1;
        let carried: Vec<String> = named(&reply.json(), KEYS);
        // A cart that somebody signed in opens has a secret member, and it is null.
        if !carried.is_empty() && carried.iter().any(|name| text_of(&reply.json(), name)) {
            faults.push(format!("{path} carries {carried:?}"));
        }
    }
    assert!(read > 15, "only {read} answers");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// True if a member of this name has a value somewhere.
fn text_of(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(object) => {
            object.iter().any(|(member, value)| (member == name && !value.is_null()) || text_of(value, name))
        }
        Value::Array(items) => items.iter().any(|item| text_of(item, name)),
        _ => false,
    }
}

/// Spree CVE-2026-22589, Sylius CVE-2021-32720: lists with rows of others, or of nobody.
async fn everybody_lists_only_what_is_theirs(app: TestApp) {
    let (one, two) = (app.vendor("Toko Satu").await, app.vendor("Toko Dua").await);
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let (cloth, bag) = (one.product("Batik").create().await, two.product("Tas").create().await);
    // A cart of nobody lies around.
    app.post("/v1/carts").send().await.expect(201);
    let (of_ani, of_budi) = (ani.buy(&cloth).await, budi.buy(&bag).await);
    let ids = async |reply: crate::support::Reply| -> Vec<String> {
        list(&reply.expect(200).json()["items"]).iter().map(|order| text(&order["id"])).collect()
    };
    assert_eq!(ids(ani.get("/v1/orders").send().await).await, of_ani.orders);
    assert_eq!(ids(budi.get("/v1/orders").send().await).await, of_budi.orders);
    assert_eq!(ids(one.owner.get(&one.path("/orders")).send().await).await, of_ani.orders);
    assert_eq!(ids(one.owner.get("/v1/orders").send().await).await, Vec::<String>::new());
    // Asking for somebody else's by id narrows the own list, it does not widen it.
    let asked = format!("/v1/orders?ids={}", of_budi.orders[0]);
    assert_eq!(ids(ani.get(&asked).send().await).await, Vec::<String>::new());
    app.get("/v1/orders").send().await.expect_problem(401, "unauthorized");
}

/// Sylius PKSA-8ckb-ddkt-f3gz: a payment method that is not offered here was accepted.
async fn a_method_that_is_not_offered_is_refused(app: TestApp) {
    let (shop, ani) = (app.vendor("Toko Batik").await, app.buyer("ani").await);
    let cloth = shop.product("Batik tulis").create().await;
    for method in ["qris", "virtual_account", "treasury_ls", "gratis", ""] {
        let reply = ani.checkout().item(&cloth, 1).pay_by(method).send().await;
        let problem = reply.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], "/payment_method", "{method}: {problem}");
    }
    let mut body = ani.checkout().item(&cloth, 1).body().await;
    for delivery in ["drone", ""] {
        body["deliveries"][0]["method"] = delivery.into();
        let reply = ani.post("/v1/checkouts").key("kunci-drone").json(body.clone()).send().await;
        let pointer = text(&reply.expect(422).json()["errors"][0]["pointer"]);
        assert_eq!(pointer, "/deliveries/0/method", "{delivery}");
    }
}

/// OpenCart CVE-2021-47923: session fixation.
async fn a_token_from_before_the_login_is_not_the_one_after(app: TestApp) {
    let ani = app.buyer("ani").await;
    let body =
        json!({"login": ani.login(), "password": crate::support::people::PASSWORD, "session": "cookie"});
    let planted = "lapak_refresh=ditanam-oleh-penyerang";
    let reply = app.post("/v1/auth/login").header("cookie", planted).json(body).send().await.expect(200);
    let given = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(given.starts_with("lapak_refresh=") && given != planted, "{given}");
    let refused = app.post("/v1/auth/refresh").header("cookie", planted).json(json!({})).send().await;
    refused.expect_problem(401, "refresh-refused");
    let token = json!({"refresh_token": given.trim_start_matches("lapak_refresh=")});
    app.post("/v1/auth/refresh").json(token).send().await.expect(200);
}

/// Shopware GHSA-r64m-qchj-hrjp: links followed what a stranger said about the address.
async fn forwarded_headers_move_no_link(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let cloth = shop.product("Batik tulis").create().await;
    shop.picture(&cloth).await;
    for path in ["/v1/products?limit=1", "/openapi.json", "/docs", "/v1/vendors?limit=1", "/readyz"] {
        let plain = app.get(path).send().await;
        let mut hostile = app.get(path);
        for name in
            ["x-forwarded-host", "x-forwarded-prefix", "x-forwarded-server", "x-original-host", "host"]
        {
            hostile = hostile.header(name, "jahat.example");
        }
        let hostile = hostile.header("forwarded", "host=jahat.example;proto=http").send().await;
        assert_eq!(hostile.status, plain.status, "{path}");
        assert_eq!(hostile.body, plain.body, "{path}");
        let told =
            hostile.headers.values().any(|value| value.as_bytes().windows(5).any(|part| part == b"jahat"));
        assert!(!told, "{path}: {:?}", hostile.headers);
    }
}

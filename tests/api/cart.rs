//! Carts: whose they are, what they hold, and what they refuse.

use serde_json::json;

use crate::support::{TestApp, both, list, text};

both![
    a_guest_needs_the_secret,
    a_person_has_one_open_cart,
    lines_are_set_and_removed,
    quantities_are_checked,
    what_is_not_sold_cannot_be_added,
    reading_a_cart_takes_two_statements,
    a_full_cart_takes_no_more with "checkout.max_lines = 2",
];

async fn a_guest_needs_the_secret(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let batik = shop.product("Batik tulis").create().await;
    let opened = app.post("/v1/carts").send().await.expect(201).json();
    let (id, secret) = (text(&opened["id"]), text(&opened["secret"]));
    let path = format!("/v1/carts/{id}");
    let line = format!("{path}/lines/{}", batik.variant());

    let ani = app.buyer("ani").await;
    let wrong = secret.replace(char::is_alphanumeric, "x");
    for request in [
        app.get(&path),
        app.get(&path).header("x-cart-secret", ""),
        app.get(&path).header("x-cart-secret", &wrong),
        app.get(&path).header("x-cart-secret", &secret[1..]),
        ani.get(&path),
        app.put(&line).json(json!({"quantity": 1})),
        ani.put(&line).json(json!({"quantity": 1})),
    ] {
        request.send().await.expect_problem(404, "not-found");
    }
    let own =
        app.put(&line).header("x-cart-secret", &secret).json(json!({"quantity": 2, "note": "ukuran L"}));
    let cart = own.send().await.expect(200).json();
    assert_eq!(cart["lines"][0]["note"], "ukuran L");
    assert_eq!(cart["goods_total"], 100_000);
    assert_eq!(cart["groups"][0]["vendor"]["id"], shop.id.as_str());
    app.get(&path).header("x-cart-secret", &secret).send().await.expect(200);
}

async fn a_person_has_one_open_cart(app: TestApp) {
    let (ani, budi) = (app.buyer("ani").await, app.buyer("budi").await);
    let first = ani.post("/v1/carts").send().await.expect(201).json();
    assert!(first["secret"].is_null());
    let again = ani.post("/v1/carts").send().await.expect(201).json();
    assert_eq!(first["id"], again["id"]);
    let path = format!("/v1/carts/{}", text(&first["id"]));
    budi.get(&path).send().await.expect_problem(404, "not-found");
    app.get(&path).send().await.expect_problem(404, "not-found");
}

async fn lines_are_set_and_removed(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let batik = shop.product("Batik tulis").create().await;
    let ani = app.buyer("ani").await;
    let cart = text(&ani.post("/v1/carts").send().await.json()["id"]);
    let line = format!("/v1/carts/{cart}/lines/{}", batik.variant());
    for quantity in [3, 5] {
        let cart = ani.put(&line).json(json!({"quantity": quantity})).send().await.expect(200).json();
        assert_eq!(list(&cart["lines"]).len(), 1);
        assert_eq!(cart["lines"][0]["quantity"], quantity);
    }
    let cart = ani.put(&line).json(json!({"quantity": 0})).send().await.expect(200).json();
    assert!(list(&cart["lines"]).is_empty() && list(&cart["groups"]).is_empty());
    assert_eq!(cart["goods_total"], 0);
}

async fn quantities_are_checked(app: TestApp) {
    let shop = app.vendor("Katering Sari").await;
    let boxes = shop.product("Nasi kotak").with("min_order", json!(10)).create().await;
    let ani = app.buyer("ani").await;
    let cart = text(&ani.post("/v1/carts").send().await.json()["id"]);
    let line = format!("/v1/carts/{cart}/lines/{}", boxes.variant());
    let put = async |body: &str| ani.put(&line).body("application/json", body.to_owned()).send().await;

    for wrong in ["-1", "0.5", "\"1\"", "1e3", "2147483648", "9223372036854775808", "null", "true", "100001"]
    {
        let problem = put(&format!("{{\"quantity\":{wrong}}}")).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/quantity", "{wrong}");
    }
    for smuggled in ["price", "unit_price", "total", "discount", "vendor_id"] {
        put(&format!("{{\"quantity\":10,\"{smuggled}\":1}}")).await.expect_problem(422, "invalid");
    }
    let problem = put(r#"{"quantity":9}"#).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "below-minimum");
    put(r#"{"quantity":10}"#).await.expect(200);
    let long = json!({"quantity": 10, "note": "x".repeat(201)}).to_string();
    assert_eq!(put(&long).await.expect_problem(422, "invalid")["errors"][0]["pointer"], "/note");
}

async fn what_is_not_sold_cannot_be_added(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let draft = shop.product("Batik rahasia").draft().create().await;
    let ani = app.buyer("ani").await;
    let cart = text(&ani.post("/v1/carts").send().await.json()["id"]);
    let nowhere = "01932b5c-0000-7000-8000-0123456789ab";
    for variant in [draft.variant(), nowhere, "x"] {
        let path = format!("/v1/carts/{cart}/lines/{variant}");
        ani.put(&path).json(json!({"quantity": 1})).send().await.expect_problem(404, "not-found");
    }
}

async fn reading_a_cart_takes_two_statements(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let ani = app.buyer("ani").await;
    let cart = text(&ani.post("/v1/carts").send().await.json()["id"]);
    for title in ["Batik satu", "Batik dua", "Batik tiga"] {
        let batik = shop.product(title).create().await;
        let path = format!("/v1/carts/{cart}/lines/{}", batik.variant());
        ani.put(&path).json(json!({"quantity": 1})).send().await.expect(200);
        let read = ani.get(&format!("/v1/carts/{cart}")).send().await.expect(200);
        // One finds the caller, one the cart with all its lines.
        assert_eq!(read.statements, 2);
    }
}

async fn a_full_cart_takes_no_more(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let ani = app.buyer("ani").await;
    let cart = text(&ani.post("/v1/carts").send().await.json()["id"]);
    for (title, status) in [("Batik satu", 200), ("Batik dua", 200), ("Batik tiga", 422)] {
        let batik = shop.product(title).create().await;
        let path = format!("/v1/carts/{cart}/lines/{}", batik.variant());
        let reply = ani.put(&path).json(json!({"quantity": 1})).send().await;
        assert_eq!(reply.status, status);
    }
}

//! Carts are opened by their person or by their secret, and by nothing else.

use serde_json::{Value, json};

use super::objects::ABSENT;
use crate::support::shop::{Product, text};
use crate::support::{Person, Reply, Request, TestApp, both};

both![a_guest_cart_opens_with_its_secret_only, a_person_cart_opens_for_its_person_only,];

/// What somebody might try instead of the secret.
fn guesses(secret: &str) -> Vec<String> {
    let shorter = &secret[..secret.len() - 1];
    let flipped = secret.chars().map(|c| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    });
    let mut guesses: Vec<String> = ["", "null", "[]", "%00", "0", "undefined"].map(str::to_owned).into();
    guesses.extend([shorter.to_owned(), format!("{secret}x"), flipped.collect()]);
    guesses
}

async fn a_guest_cart_opens_with_its_secret_only(app: TestApp) {
    let shop = app.vendor("Toko Rahasia").await;
    let product = shop.product("Kotak").create().await;
    let made = app.post("/v1/carts").send().await.expect(201).json();
    let (cart, secret) = (text(&made["id"]), text(&made["secret"]));
    // 128 random bits are 22 characters in base 64.
    assert!(secret.len() >= 22, "{secret}");
    let mallory = app.buyer("Mallory").await;
    for request in attempts(&app, &mallory, &cart, &product) {
        assert_eq!(refused(request.send().await), absent(&app).await);
    }
    for guess in guesses(&secret) {
        for request in attempts(&app, &mallory, &cart, &product) {
            let reply = request.header("x-cart-secret", &guess).send().await;
            assert_eq!(refused(reply), absent(&app).await, "{guess:?}");
        }
    }
    let request = app.get(&format!("/v1/carts/{cart}")).header("x-cart-secret", &secret);
    assert_eq!(request.send().await.expect(200).json()["lines"], json!([]));
}

async fn a_person_cart_opens_for_its_person_only(app: TestApp) {
    let shop = app.vendor("Toko Rahasia").await;
    let product = shop.product("Kotak").create().await;
    let ani = app.buyer("Ani").await;
    let cart = text(&ani.post("/v1/carts").send().await.expect(201).json()["id"]);
    let mallory = app.buyer("Mallory").await;
    for request in attempts(&app, &mallory, &cart, &product) {
        assert_eq!(refused(request.send().await), absent(&app).await);
    }
    // An empty secret is the secret of no cart, also of those that have none.
    for request in attempts(&app, &mallory, &cart, &product) {
        let reply = request.header("x-cart-secret", "").send().await;
        assert_eq!(refused(reply), absent(&app).await);
    }
    let seen = ani.get(&format!("/v1/carts/{cart}")).send().await;
    assert_eq!(seen.expect(200).json()["lines"], json!([]));
}

/// Everything that names a cart, by nobody and by somebody else.
fn attempts(app: &TestApp, mallory: &Person, cart: &str, product: &Product) -> Vec<Request> {
    let path = format!("/v1/carts/{cart}");
    let line = format!("{path}/lines/{}", product.variant());
    let quote = mallory.checkout().item(product, 1).quote_body(cart);
    let mut order = quote.clone();
    order["payment_method"] = "sandbox".into();
    order["expected_total"] = 50_000.into();
    vec![
        app.get(&path),
        app.put(&line).json(json!({"quantity": 1})),
        app.post("/v1/checkouts/quote").json(quote.clone()),
        mallory.get(&path),
        mallory.put(&line).json(json!({"quantity": 1})),
        mallory.post("/v1/checkouts/quote").json(quote),
        mallory.post("/v1/checkouts").key("kunci-mallory").json(order),
    ]
}

fn refused(reply: Reply) -> Value {
    let mut problem = reply.expect_problem(404, "not-found");
    problem["request_id"] = Value::Null;
    problem
}

async fn absent(app: &TestApp) -> Value {
    refused(app.get(&format!("/v1/carts/{ABSENT}")).send().await)
}

//! A thousand buyers for a hundred pieces of each of three articles, in mixed quantities and orders: 200 clients at once on
//! SQLite, 1,000 on PostgreSQL.
//!
//! How many buyers there are is set by `LAPAK_TEST_CROWD`.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::support::run::RUN;
use crate::support::shop::{Product, Shop, address, text};
use crate::support::{Backend, Person, Reply, TestApp, both};

both![a_thousand_buyers_for_a_hundred_pieces];

const PIECES: i64 = 100;
const PRICE: i64 = 50_000;

async fn a_thousand_buyers_for_a_hundred_pieces(app: TestApp) {
    // Who has to queue waits; being sent away for that is no answer to count here.
    let patient = app.another_instance_with(|config| {
        config.database.acquire_timeout = Duration::from_secs(120);
        config.server.request_timeout = Duration::from_secs(150);
        // All of them come from one address here.
        config.server.max_connections_per_client = 2_000;
        config.server.max_requests = 2_000;
    });
    let app = patient.await;
    let shop = app.vendor("Toko Serbu").await;
    let mut products = Vec::new();
    for title in ["Sandal", "Tas", "Topi"] {
        products.push(shop.product(title).price(PRICE).stock(PIECES).create().await);
    }
    let buyers: Vec<usize> = (0..RUN.crowd).collect();
    let mut wishes = Vec::new();
    for some in buyers.chunks(16) {
        wishes.extend(join_all(some.iter().map(|turn| wish(&app, &shop, &products, *turn))).await);
    }
    let replies = rush(&app, &wishes).await;
    let mut left = [PIECES; 3];
    for ((_, wanted, _), reply) in wishes.iter().zip(&replies) {
        if reply.status == 201 {
            (0..3).for_each(|at| left[at] -= wanted[at]);
        } else {
            reply.clone().expect_problem(409, "out-of-stock");
        }
    }
    for ((_, wanted, _), _) in wishes.iter().zip(&replies).filter(|(_, reply)| reply.status != 201) {
        let short = (0..3).any(|at| wanted[at] > left[at]);
        assert!(short, "{wanted:?} was refused although {left:?} is left");
    }
    for (product, left) in products.iter().zip(left) {
        assert!(left >= 0, "{left}");
        assert_eq!(i64::from(app.stock(product.variant()).await.1), PIECES - left);
    }
    let sold = 3 * PIECES - left.iter().sum::<i64>();
    println!("{} buyers, {sold} of {} pieces sold", wishes.len(), 3 * PIECES);
    assert!(RUN.crowd < 500 || sold * 100 >= 3 * PIECES * 98, "only {sold} are sold");
    app.close().await;
}

/// A buyer, how many of each article are in the cart, and the checkout.
type Wish = (Person, [i64; 3], Value);

async fn wish(app: &TestApp, shop: &Shop, products: &[Product], turn: usize) -> Wish {
    let buyer = app.buyer("pembeli").await;
    let cart = text(&buyer.post("/v1/carts").send().await.expect(201).json()["id"]);
    let mut wanted = [0; 3];
    // One to three articles, each buyer begins with another one.
    for step in 0..=turn % 3 {
        let at = (turn / 3 + step) % 3;
        wanted[at] = 1 + i64::try_from((turn + step) % 4).unwrap();
        let path = format!("/v1/carts/{cart}/lines/{}", products[at].variant());
        buyer.put(&path).json(json!({"quantity": wanted[at]})).send().await.expect(200);
    }
    let body = json!({
        "cart_id": cart,
        "shipping_address": address(),
        "deliveries": [{"vendor_id": shop.id, "method": "pickup"}],
        "payment_method": "sandbox",
        "expected_total": PRICE * wanted.iter().sum::<i64>(),
    });
    (buyer, wanted, body)
}

/// So many clients at once as the database is to stand; each buys for one buyer after the other.
async fn rush(app: &TestApp, wishes: &[Wish]) -> Vec<Reply> {
    let clients = if app.backend() == Backend::Sqlite { 200 } else { 1_000 };
    let clients = Ord::min(clients, wishes.len());
    let server = app.serve().await;
    let barrier = Barrier::new(clients);
    let client = async |first: usize| {
        barrier.wait().await;
        let mut replies = Vec::new();
        for (turn, (buyer, _, body)) in wishes.iter().enumerate().skip(first).step_by(clients) {
            let request = server.post("/v1/checkouts").by(buyer).key("kunci-serbuan").json(body.clone());
            replies.push((turn, request.send().await));
        }
        replies
    };
    let mut replies: Vec<_> = join_all((0..clients).map(client)).await.into_iter().flatten().collect();
    replies.sort_by_key(|(turn, _)| *turn);
    replies.into_iter().map(|(_, reply)| reply).collect()
}

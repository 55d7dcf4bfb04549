//! Many at once, over real sockets: exactly as much is sold as there is, and of two that exclude each other one wins.

mod crowd;

use std::sync::Arc;

use axum::http::Method;
use chrono::Duration;
use futures_util::future::join_all;
use lapak::orders::entity::purchase;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::people::PASSWORD;
use crate::support::shop::{Product, Purchase, Shop, text};
use crate::support::{Person, Reply, Request, TestApp, both};

both![
    // Here nobody is sent away because others are busy on the same machine.
    two_hundred_buyers_for_fifty_pieces with "database.acquire_timeout = '25s'",
    two_instances_sell_what_one_could,
    mixed_carts_are_not_refused_without_need,
    twins_of_one_request_have_one_effect,
    finance_confirms_twice,
    a_cart_is_not_filled_behind_a_checkout,
    paying_and_expiring,
    paying_and_cancelling,
    receiving_twice,
    shop_and_buyer_disagree,
    one_address_is_registered_once,
    one_version_is_edited_once,
];

async fn two_hundred_buyers_for_fifty_pieces(app: TestApp) {
    let shop = app.vendor("Toko Laris").await;
    let product = shop.product("Sepatu kulit Cibaduyut").stock(50).create().await;
    let buyers = crowd(&app, 200).await;
    let server = app.serve().await;
    let mut requests = Vec::new();
    for buyer in &buyers {
        let checkout = buyer.checkout().item(&product, 1);
        let body = checkout.body().await;
        let request = server.post("/v1/checkouts").by(buyer).key("kunci-rebutan").json(body);
        requests.push(request);
    }
    let replies = all_at_once(requests).await;
    let (won, lost) = count(&replies);
    assert_eq!((won, lost), (50, 150));
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        reply.clone().expect_problem(409, "out-of-stock");
    }
    assert_eq!(app.stock(product.variant()).await, (50, 50));
    assert_eq!(purchases(&app).await, 50);
}

/// Half of the buyers ask one instance, half another one over the same database; both run jobs.
async fn two_instances_sell_what_one_could(app: TestApp) {
    let shop = app.vendor("Toko Kembar").await;
    let product = shop.product("Tas anyaman").stock(20).create().await;
    let buyers = crowd(&app, 60).await;
    let other = app.another_instance().await;
    let servers = [app.serve().await, other.serve().await];
    let mut requests = Vec::new();
    for (turn, buyer) in buyers.iter().enumerate() {
        let body = buyer.checkout().item(&product, 1).body().await;
        let request = servers[turn % 2].post("/v1/checkouts");
        requests.push(request.by(buyer).key("kunci-dua-server").json(body));
    }
    let (replies, (), ()) = tokio::join!(all_at_once(requests), app.run_jobs(), other.run_jobs());
    assert_eq!(count(&replies), (20, 40));
    assert_eq!(app.stock(product.variant()).await, (20, 20));
    // Every purchase expires once, although two instances look for due jobs.
    app.advance(Duration::hours(25));
    tokio::join!(app.run_jobs(), other.run_jobs());
    assert_eq!(app.stock(product.variant()).await, (20, 0));
    drop(servers);
    other.close().await;
}

/// Three articles in different order in every cart: no deadlock, no piece too many, and nobody is sent away without need.
async fn mixed_carts_are_not_refused_without_need(app: TestApp) {
    let shop = app.vendor("Toko Campur").await;
    let mut products = Vec::new();
    for title in ["Sandal", "Tas", "Topi"] {
        products.push(shop.product(title).stock(40).create().await);
    }
    let buyers = crowd(&app, 40).await;
    let server = app.serve().await;
    let wanted: Vec<[i64; 3]> = (0..40).map(|n| [1 + n % 5, 1 + (n / 2) % 4, 1 + (n / 3) % 3]).collect();
    let mut requests = Vec::new();
    for (turn, (buyer, wanted)) in buyers.iter().zip(&wanted).enumerate() {
        let mut checkout = buyer.checkout();
        for step in 0..3 {
            let at = (turn + step) % 3;
            checkout = checkout.item(&products[at], wanted[at]);
        }
        let body = checkout.body().await;
        requests.push(server.post("/v1/checkouts").by(buyer).key("kunci-campur").json(body));
    }
    let replies = all_at_once(requests).await;
    let mut left = [40; 3];
    for (reply, wanted) in replies.iter().zip(&wanted) {
        if reply.status == 201 {
            for at in 0..3 {
                left[at] -= wanted[at];
            }
        }
    }
    for (product, left) in products.iter().zip(left) {
        assert!(left >= 0);
        assert_eq!(i64::from(app.stock(product.variant()).await.1), 40 - left);
    }
    for (reply, wanted) in replies.iter().zip(&wanted).filter(|(reply, _)| reply.status != 201) {
        reply.clone().expect_problem(409, "out-of-stock");
        let short = (0..3).any(|at| wanted[at] > left[at]);
        assert!(short, "{wanted:?} was refused although {left:?} is left");
    }
}

async fn twins_of_one_request_have_one_effect(app: TestApp) {
    let (ani, _, chips) = stall(&app).await;
    let server = app.serve().await;
    let body = ani.checkout().item(&chips, 2).body().await;
    let twin = || server.post("/v1/checkouts").by(&ani).key("kunci-kembar").json(body.clone());
    let replies = all_at_once((0..100).map(|_| twin()).collect()).await;
    let first = replies.iter().find(|reply| reply.status == 201).unwrap();
    for reply in &replies {
        // A twin that waited too long is told so; every other answer is the same to the byte.
        if reply.status == 409 {
            reply.clone().expect_problem(409, "in-progress");
        } else {
            assert_eq!((reply.status, &reply.body), (first.status, &first.body));
        }
    }
    assert_eq!(twin().send().await.expect(201).body, first.body);
    assert_eq!(purchases(&app).await, 1);
    assert_eq!(app.stock(chips.variant()).await, (10, 2));
    let mut other = body.clone();
    other["shipping_address"]["line"] = "Jl. Lain 1".into();
    let reused = server.post("/v1/checkouts").by(&ani).key("kunci-kembar").json(other);
    reused.send().await.expect_problem(422, "key-reused");
    let budi = app.buyer("Budi").await;
    let independent = budi.checkout().item(&chips, 1).key("kunci-kembar").send().await;
    assert_ne!(independent.expect(201).body, first.body);
    assert_eq!(purchases(&app).await, 2);
}

/// Ten people in finance, each with a key of their own: the money comes in once.
/// What was put into the cart is either bought, or refused; it is never taken and forgotten.
async fn a_cart_is_not_filled_behind_a_checkout(app: TestApp) {
    let shop = app.vendor("Toko Keranjang").await;
    let product = shop.product("Topi bambu").stock(1_000).create().await;
    let server = app.serve().await;
    for buyer in crowd(&app, 20).await {
        let body = buyer.checkout().item(&product, 1).body().await;
        let path = format!("/v1/carts/{}/lines/{}", text(&body["cart_id"]), product.variant());
        let place = server.post("/v1/checkouts").by(&buyer).key("kunci-keranjang").json(body);
        let put = server.request(Method::PUT, &path).by(&buyer).json(json!({"quantity": 2}));
        let replies = all_at_once(vec![place, put]).await;
        let statuses = [replies[0].status.as_u16(), replies[1].status.as_u16()];
        assert!([[201, 404], [409, 200]].contains(&statuses), "{statuses:?}");
    }
}

async fn finance_confirms_twice(app: TestApp) {
    let (ani, _, chips) = stall(&app).await;
    let checkout = ani.checkout().item(&chips, 1).pay_by("manual_transfer");
    let purchase: Purchase = checkout.send().await.into();
    let server = app.serve().await;
    let path = format!("/v1/admin/payments/{}/confirm", purchase.payment_id);
    let mut requests = Vec::new();
    for turn in 0..10 {
        let finance = app.finance().await;
        let key = format!("konfirmasi-{turn}");
        requests.push(server.post(&path).by(&finance).key(&key).json(json!({})));
    }
    assert_eq!(count(&all_at_once(requests).await), (1, 9));
    assert_eq!(ani.order_status(&purchase.orders[0]).await, "paid");
}

async fn paying_and_expiring(app: TestApp) {
    let (ani, _, chips) = stall(&app).await;
    let purchases = several(&ani, &chips).await;
    app.advance(Duration::hours(24) + Duration::seconds(1));
    let server = app.serve().await;
    ani.token().await;
    let settle = settle_requests(&ani, &purchases, |path| server.post(path));
    let (replies, (), ()) = tokio::join!(all_at_once(settle), app.run_jobs(), app.run_jobs());
    for (purchase, reply) in purchases.iter().zip(replies) {
        let status = ani.order_status(&purchase.orders[0]).await;
        let paid = reply.status == 200 && reply.json()["status"] == "paid";
        let expected: &[&str] = if paid { &["paid"] } else { &["expired", "cancelled"] };
        assert!(expected.contains(&status.as_str()), "{} but {status}", reply.text());
        assert!(!reply.status.is_server_error());
    }
}

async fn paying_and_cancelling(app: TestApp) {
    let (ani, _, chips) = stall(&app).await;
    let purchases = several(&ani, &chips).await;
    let server = app.serve().await;
    let mut requests = settle_requests(&ani, &purchases, |path| server.post(path));
    for purchase in &purchases {
        let path = format!("/v1/orders/{}/cancel", purchase.orders[0]);
        requests.push(server.post(&path).by(&ani).json(json!({})));
    }
    let replies = all_at_once(requests).await;
    app.run_jobs().await;
    let (settled, cancelled) = replies.split_at(purchases.len());
    for ((purchase, settled), cancelled) in purchases.iter().zip(settled).zip(cancelled) {
        assert!(matches!(settled.status.as_u16(), 200 | 409), "{}", settled.text());
        assert!(matches!(cancelled.status.as_u16(), 200 | 409), "{}", cancelled.text());
        let order = ani.order_status(&purchase.orders[0]).await;
        let path = format!("/v1/payments/{}", purchase.payment_id);
        let payment = text(&ani.get(&path).send().await.expect(200).json()["status"]);
        let legal = [("paid", "paid"), ("cancelled", "refunded"), ("cancelled", "cancelled")];
        assert!(legal.contains(&(order.as_str(), payment.as_str())), "{order} and {payment}");
    }
}

async fn receiving_twice(app: TestApp) {
    let (ani, shop, chips) = stall(&app).await;
    let purchase = ani.buy(&chips).await;
    ani.settle(&purchase).await.expect(200);
    let order = &purchase.orders[0];
    shop.moves(order, "accept").await.expect(200);
    shop.moves(order, "ship").await.expect(200);
    let server = app.serve().await;
    let path = format!("/v1/orders/{order}/receive");
    let requests = (0..10).map(|_| server.post(&path).by(&ani).json(json!({})));
    let (won, lost) = count(&all_at_once(requests.collect()).await);
    assert_eq!((won, lost), (1, 9));
}

/// Accept, decline and cancel at the same moment: only legal paths, and money and stock follow.
async fn shop_and_buyer_disagree(app: TestApp) {
    let (ani, shop, chips) = stall(&app).await;
    let purchases = several(&ani, &chips).await;
    for purchase in &purchases {
        ani.settle(purchase).await.expect(200);
    }
    let server = app.serve().await;
    let mut requests = Vec::new();
    for purchase in &purchases {
        let order = &purchase.orders[0];
        for act in ["accept", "decline"] {
            let path = shop.path(&format!("/orders/{order}/{act}"));
            requests.push(server.post(&path).by(&shop.owner).json(json!({})));
        }
        let path = format!("/v1/orders/{order}/cancel");
        requests.push(server.post(&path).by(&ani).json(json!({})));
    }
    let replies = all_at_once(requests).await;
    for reply in &replies {
        assert!(matches!(reply.status.as_u16(), 200 | 409), "{}", reply.text());
    }
    for (purchase, replies) in purchases.iter().zip(replies.chunks(3)) {
        let done: Vec<bool> = replies.iter().map(|reply| reply.status == 200).collect();
        let status = ani.order_status(&purchase.orders[0]).await;
        let expected = match done[..] {
            [_, true, false] => "declined",
            [_, false, true] => "cancelled",
            [true, false, false] => "accepted",
            _ => panic!("{done:?} and {status}"),
        };
        assert_eq!(status, expected);
    }
}

async fn one_address_is_registered_once(app: TestApp) {
    let server = app.serve().await;
    let spellings = ["ani@contoh.id", "Ani@Contoh.ID", " ani@contoh.id ", "ANI@CONTOH.ID"];
    let requests = (0..20).map(|turn| {
        let body = json!({"name": "Ani", "email": spellings[turn % 4], "password": PASSWORD});
        server.post("/v1/auth/register").json(body)
    });
    let replies = all_at_once(requests.collect()).await;
    assert_eq!(count(&replies), (1, 19));
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        reply.expect_problem(409, "account-exists");
    }
}

async fn one_version_is_edited_once(app: TestApp) {
    let (_, shop, chips) = stall(&app).await;
    let path = shop.path(&format!("/products/{}", chips.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    let server = app.serve().await;
    let requests = (0..20).map(|turn| {
        let body = json!({"title": format!("Keripik {turn}")});
        let request = server.request(Method::PATCH, &path);
        request.by(&shop.owner).if_match(&seen).json(body)
    });
    let replies = all_at_once(requests.collect()).await;
    let edited: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    let stale = replies.iter().filter(|reply| reply.status == 412).count();
    assert_eq!((edited.len(), stale), (1, 19));
    let now = shop.owner.get(&path).send().await.expect(200);
    assert_eq!(now.header("etag"), edited[0].header("etag"));
    assert_eq!(now.json()["title"], edited[0].json()["title"]);
}

/// Sends requests from tasks of their own, all released at the same moment.
pub async fn all_at_once(requests: Vec<Request>) -> Vec<Reply> {
    let barrier = Arc::new(Barrier::new(requests.len()));
    let tasks = requests.into_iter().map(|request| {
        let barrier = barrier.clone();
        tokio::spawn(async move {
            barrier.wait().await;
            request.send().await
        })
    });
    let replies: Vec<Reply> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    for reply in &replies {
        assert!(!reply.status.is_server_error(), "{}: {}", reply.status, reply.text());
    }
    replies
}

/// Good answers and others.
fn count(replies: &[Reply]) -> (usize, usize) {
    let good = replies.iter().filter(|reply| reply.status.is_success()).count();
    (good, replies.len() - good)
}

async fn crowd(app: &TestApp, size: usize) -> Vec<Person> {
    let mut buyers = Vec::new();
    for _ in 0..size {
        let buyer = app.buyer("pembeli").await;
        // Signing in is no part of the race.
        buyer.token().await;
        buyers.push(buyer);
    }
    buyers
}

async fn stall(app: &TestApp) -> (Person, Shop, Product) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let chips = shop.product("Keripik singkong").stock(10).create().await;
    (app.buyer("Ani").await, shop, chips)
}

async fn several(buyer: &Person, product: &Product) -> Vec<Purchase> {
    let mut purchases = Vec::new();
    for _ in 0..8 {
        purchases.push(buyer.buy(product).await);
    }
    purchases
}

fn settle_requests(buyer: &Person, purchases: &[Purchase], post: impl Fn(&str) -> Request) -> Vec<Request> {
    let path = |purchase: &Purchase| format!("/v1/sandbox/payments/{}/settle", purchase.payment_id);
    purchases.iter().map(|purchase| post(&path(purchase)).by(buyer)).collect()
}

async fn purchases(app: &TestApp) -> u64 {
    purchase::Entity::find().count(app.db.read()).await.unwrap()
}

//! `kill -9` in the middle of checkouts: what was acknowledged is there, once, and everything adds up.

mod client;
mod money;
mod process;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use lapak::catalog::entity::stock;
use lapak::orders::entity::purchase;
use lapak::platform::db::Db;
use sea_orm::{EntityTrait, FromQueryResult, PaginatorTrait, Statement};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::support::database::{Place, settings};
use crate::support::run::with_database;
use crate::support::shop::{Product, list};
use crate::support::{Backend, TestApp, invariants};
use client::{Client, Order};
use process::Process;

const CLIENTS: usize = 8;
const ORDERS: usize = 25;
const PRODUCTS: usize = 5;
/// How many of all orders are acknowledged when the server is killed.
const KILLS: &[usize] = &[20, 60, 110, 160];

mod nothing_acknowledged_is_lost {
    use super::*;

    #[test]
    fn sqlite() {
        with_database(Backend::Sqlite, module_path!(), |place| crash(place, Backend::Sqlite));
    }

    #[test]
    fn postgres() {
        with_database(Backend::Postgres, module_path!(), |place| crash(place, Backend::Postgres));
    }
}

/// What the clients know: every order they sent, and the answer if one came.
type Log = Arc<Mutex<Vec<Order>>>;

async fn crash(place: Place, backend: Backend) {
    let (products, people) = prepare(&place, backend).await;
    let mut process = Process::start(&place).await;
    let log: Log = Log::default();
    let clients: Vec<_> = people
        .into_iter()
        .map(|login| {
            let client = Client::new(process.base(), login);
            tokio::spawn(client.order_until_done(products.clone(), log.clone(), ORDERS))
        })
        .collect();
    for kill in KILLS {
        while acknowledged(&log).await < *kill {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        process.kill();
        process = process.restart(&place).await;
    }
    for client in join_all(clients).await {
        client.unwrap();
    }
    let orders = std::mem::take(&mut *log.lock().await);
    assert_eq!(orders.len(), CLIENTS * ORDERS);
    every_order_is_there(&orders).await;
    search_converges(&process, &place, products.len()).await;
    process.kill();
    everything_adds_up(&place, backend, orders.len()).await;
}

async fn acknowledged(log: &Log) -> usize {
    let log = log.lock().await;
    log.iter().filter(|order| order.answer.is_some()).count()
}

/// A shop with products and people with accounts, made before the program runs.
async fn prepare(place: &Place, backend: Backend) -> (Vec<Product>, Vec<String>) {
    let app = TestApp::start(place, backend, "").await;
    let shop = app.vendor("Toko Tahan Banting").await;
    let mut products = Vec::new();
    for number in 0..PRODUCTS {
        // The last one sells out on the way.
        let stock = if number + 1 == PRODUCTS { CLIENTS } else { 1_000 };
        let product = shop.product(&format!("Piring keramik {number}")).stock(i64::try_from(stock).unwrap());
        products.push(product.create().await);
    }
    let mut people = Vec::new();
    for _ in 0..CLIENTS {
        people.push(app.buyer("pembeli").await.login().to_owned());
    }
    app.close().await;
    (products, people)
}

/// Asks for every acknowledged purchase, and sends every request once more.
async fn every_order_is_there(orders: &[Order]) {
    for order in orders {
        let answer = order.answer.as_ref().unwrap();
        let purchase: Value = serde_json::from_slice(answer).unwrap();
        let id = purchase["purchase_id"].as_str().unwrap();
        let found = order.client.get(&format!("/v1/purchases/{id}")).await;
        assert_eq!(found["total"], purchase["total"], "{found}");
        let again = order.client.send(order).await.unwrap();
        assert_eq!(again, *answer, "the replay differs");
    }
}

/// The index says of every product what the database says.
async fn search_converges(process: &Process, place: &Place, products: usize) {
    // The index belongs to the running program; only the database is shared.
    let config = settings(place, "");
    let db = Db::connect(&place.url, &config.database).await.unwrap();
    let available: Vec<bool> =
        stock::Entity::find().all(db.read()).await.unwrap().iter().map(|row| row.available() > 0).collect();
    let in_stock = available.iter().filter(|available| **available).count();
    db.close().await.unwrap();
    for _ in 0..600 {
        let found = process.get("/v1/search?q=piring&limit=50").await;
        let items = list(&found["items"]);
        let count = items.iter().filter(|item| item["in_stock"] == true).count();
        let by_index = found["degraded"] == false;
        if by_index && (items.len(), count) == (products, in_stock) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("search does not agree with the database after a minute");
}

async fn everything_adds_up(place: &Place, backend: Backend, orders: usize) {
    #[derive(FromQueryResult)]
    struct Check {
        integrity_check: String,
    }
    let app = TestApp::start(place, backend, "").await;
    let purchases = purchase::Entity::find().count(app.db.read()).await.unwrap();
    assert_eq!(usize::try_from(purchases).unwrap(), orders);
    invariants::check(&app).await;
    if backend == Backend::Sqlite {
        let check = Statement::from_string(app.db.backend(), "PRAGMA integrity_check");
        let check = Check::find_by_statement(check).one(app.db.read()).await.unwrap();
        assert_eq!(check.unwrap().integrity_check, "ok");
    }
    app.close().await;
}

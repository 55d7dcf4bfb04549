//! Every pair of moves that are possible at the same time, made at the same time, on one purchase over two shops.
//!
//! Whatever wins: no deadlock, no failure, only legal paths, and stock and money follow (the harness checks the invariants).

use serde_json::json;

use crate::support::shop::{Product, Purchase, Shop};
use crate::support::{Person, Reply, Request, Served, TestApp, both};

both![unpaid_purchases, paid_orders, orders_under_way, cash_on_delivery,];

/// What is done to a purchase: to its payment, or to its first or second order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Settle,
    Fail,
    Buyer(usize, &'static str),
    Shop(usize, &'static str),
}

use Act::{Buyer, Fail, Settle, Shop as ByShop};

/// Two shops with a product each, and somebody who buys from both.
struct Street {
    app: TestApp,
    server: Served,
    shops: [Shop; 2],
    products: [Product; 2],
    buyer: Person,
}

async fn unpaid_purchases(app: TestApp) {
    let street = Street::open(app).await;
    let acts = [Settle, Fail, Buyer(0, "cancel"), Buyer(1, "cancel")];
    street.all_pairs("sandbox", &[], &acts).await;
}

async fn paid_orders(app: TestApp) {
    let street = Street::open(app).await;
    let acts = [
        Buyer(0, "cancel"),
        Buyer(1, "cancel"),
        ByShop(0, "accept"),
        ByShop(1, "accept"),
        ByShop(0, "decline"),
        ByShop(1, "decline"),
    ];
    street.all_pairs("sandbox", &[Settle], &acts).await;
}

async fn orders_under_way(app: TestApp) {
    let street = Street::open(app).await;
    let accepted = [Settle, ByShop(0, "accept"), ByShop(1, "accept")];
    let acts = [Buyer(0, "cancel"), Buyer(1, "cancel"), ByShop(0, "ship"), ByShop(1, "ship")];
    street.all_pairs("sandbox", &accepted, &acts).await;
    let shipped = [&accepted[..], &[ByShop(0, "ship"), ByShop(1, "ship")]].concat();
    street.all_pairs("sandbox", &shipped, &at_the_door()).await;
}

async fn cash_on_delivery(app: TestApp) {
    let street = Street::open(app).await;
    let acts = [
        Buyer(0, "cancel"),
        Buyer(1, "cancel"),
        ByShop(0, "accept"),
        ByShop(0, "decline"),
        ByShop(1, "decline"),
    ];
    street.all_pairs("cod", &[], &acts).await;
    // One order is on its way while the other can still end early.
    let half = [ByShop(0, "accept"), ByShop(0, "ship")];
    let acts = [ByShop(0, "deliver"), Buyer(0, "receive"), Buyer(1, "cancel"), ByShop(1, "decline")];
    street.all_pairs("cod", &half, &acts).await;
    let both = [&half[..], &[ByShop(1, "accept"), ByShop(1, "ship")]].concat();
    street.all_pairs("cod", &both, &at_the_door()).await;
}

fn at_the_door() -> [Act; 4] {
    [ByShop(0, "deliver"), ByShop(1, "deliver"), Buyer(0, "receive"), Buyer(1, "receive")]
}

impl Street {
    async fn open(app: TestApp) -> Self {
        let shops = [app.vendor("Toko Kiri").await, app.vendor("Toko Kanan").await];
        let products = [
            shops[0].product("Cobek batu").stock(1_000).create().await,
            shops[1].product("Ulekan batu").stock(1_000).create().await,
        ];
        let buyer = app.buyer("Ani").await;
        let server = app.serve().await;
        Self { app, server, shops, products, buyer }
    }

    /// Makes a purchase in the wanted state for every pair of acts, and lets both happen at once while jobs run.
    async fn all_pairs(&self, method: &str, before: &[Act], acts: &[Act]) {
        for (at, one) in acts.iter().enumerate() {
            for other in &acts[at..] {
                let purchase = self.purchase(method, before).await;
                let first = tokio::spawn(self.request(&purchase, *one).send());
                let second = tokio::spawn(self.request(&purchase, *other).send());
                let (first, second, ()) = tokio::join!(first, second, self.app.run_jobs());
                let (first, second) = (first.unwrap(), second.unwrap());
                for reply in [&first, &second] {
                    assert!(is_orderly(reply), "{one:?} and {other:?}: {}", reply.text());
                }
                let somebody_won = first.status == 200 || second.status == 200;
                assert!(somebody_won, "{one:?} and {other:?}: both were refused");
            }
        }
    }

    async fn purchase(&self, method: &str, before: &[Act]) -> Purchase {
        let checkout = self.buyer.checkout().pay_by(method);
        let checkout = checkout.item(&self.products[0], 1).item(&self.products[1], 2);
        let purchase: Purchase = checkout.send().await.into();
        for act in before {
            self.request(&purchase, *act).send().await.expect(200);
        }
        purchase
    }

    fn request(&self, purchase: &Purchase, act: Act) -> Request {
        let order = |shop: usize| purchase.order_of(&self.shops[shop]);
        let payment = &purchase.payment_id;
        match act {
            Settle => {
                let path = format!("/v1/sandbox/payments/{payment}/settle");
                self.server.post(&path).by(&self.buyer)
            }
            Fail => {
                let path = format!("/v1/sandbox/payments/{payment}/fail");
                self.server.post(&path).by(&self.buyer)
            }
            Buyer(shop, act) => {
                let path = format!("/v1/orders/{}/{act}", order(shop));
                self.server.post(&path).by(&self.buyer).json(json!({}))
            }
            ByShop(shop, act) => {
                let path = self.shops[shop].path(&format!("/orders/{}/{act}", order(shop)));
                self.server.post(&path).by(&self.shops[shop].owner).json(json!({}))
            }
        }
    }
}

/// Done, or refused because of the state.
fn is_orderly(reply: &Reply) -> bool {
    matches!(reply.status.as_u16(), 200 | 409)
}

//! A walk: random steps, made by the service and by the model.

use std::collections::BTreeMap;

use chrono::Duration;
use lapak::catalog::entity::stock;
use lapak::kernel::VariantId;
use lapak::worker;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::books::{Act, At, Books, Purse, Shelf};
use crate::settlement::{after_the_wait, balance, paid_shop};
use crate::support::shop::{Product, Purchase, list, text};
use crate::support::{Person, Reply, Shop, TestApp};

/// Shops, and articles of each.
const SHOPS: usize = 3;
const ARTICLES: usize = 3;
const BUYERS: usize = 3;
/// Steps between two looks at everything.
const LOOK_EVERY: usize = 200;
/// Orders that are still acted on; older ones are left alone.
const LIVELY: usize = 40;
/// The least that is paid out, as the settings have it.
const LEAST: i64 = 10_000;

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..of`.
    fn below(&mut self, of: usize) -> usize {
        usize::try_from(self.next() % of as u64).unwrap()
    }
}

/// The service beside the model.
pub struct Walk {
    app: TestApp,
    dice: Dice,
    books: Books,
    shops: Vec<(Shop, Vec<Product>)>,
    buyers: Vec<Person>,
    finance: Person,
    /// Buyer and answer of each purchase, in the order of the model.
    bought: Vec<(usize, Purchase)>,
    /// Id of each order, in the order of the model.
    orders: Vec<String>,
}

impl Walk {
    pub async fn begin(app: &TestApp, seed: u64) -> Self {
        let mut shops = Vec::new();
        let mut books = Books::default();
        for at in 0..SHOPS {
            let (shop, first) = paid_shop(app, &format!("Toko {at}"), 7_000).await;
            let mut articles = vec![first];
            for more in 1..ARTICLES {
                let price = 3_000 + 1_777 * i64::try_from(more).unwrap();
                articles.push(shop.product(&format!("Barang {more}")).price(price).stock(60).create().await);
            }
            books.shelves.push(Shelf { on_hand: 500, reserved: 0 });
            books.shelves.extend([Shelf { on_hand: 60, reserved: 0 }; ARTICLES - 1]);
            books.purses.push(Purse::default());
            shops.push((shop, articles));
        }
        after_the_wait(app);
        let mut buyers = Vec::new();
        for at in 0..BUYERS {
            buyers.push(app.buyer(&format!("pembeli {at}")).await);
        }
        let (finance, dice) = (app.finance().await, Dice(seed));
        Self { app: app.clone(), dice, books, shops, buyers, finance, bought: Vec::new(), orders: Vec::new() }
    }

    /// Takes so many steps; every difference names the seed and the step.
    pub async fn steps(&mut self, count: usize, seed: u64) {
        for step in 0..count {
            let told = self.step().await;
            if let Err(difference) = told {
                panic!("seed {seed}, step {step}: {difference}");
            }
            if step % LOOK_EVERY == LOOK_EVERY - 1 {
                self.app.run_jobs().await;
                if let Err(difference) = self.look().await {
                    panic!("seed {seed}, after step {step}: {difference}");
                }
            }
        }
    }

    async fn step(&mut self) -> Result<(), String> {
        match self.dice.below(100) {
            _ if self.orders.is_empty() => self.buy().await,
            0..18 => self.buy().await,
            18..34 => self.pay().await,
            34..37 => self.fail().await,
            37..84 => self.act().await,
            84..96 => self.give_back().await,
            96..97 => self.pay_out().await,
            97..98 => self.wait().await,
            _ => self.restock().await,
        }
    }

    async fn buy(&mut self) -> Result<(), String> {
        let buyer = self.dice.below(BUYERS);
        let is_cash = self.dice.below(3) == 0;
        let delivered = self.dice.below(4) == 0;
        let mut checkout = self.buyers[buyer].checkout().pay_by(if is_cash { "cod" } else { "sandbox" });
        if delivered {
            checkout = checkout.deliver_by("own_courier");
        }
        let mut wanted: BTreeMap<usize, i64> = BTreeMap::new();
        for _ in 0..=self.dice.below(3) {
            let article = self.dice.below(SHOPS * ARTICLES);
            wanted.insert(article, 1 + i64::try_from(self.dice.below(4)).unwrap());
        }
        let lines: Vec<(usize, i64)> = wanted.into_iter().collect();
        // A quote already says that something is gone; the model is asked first.
        if !self.books.has(&lines) {
            return Ok(());
        }
        for (article, pieces) in &lines {
            checkout = checkout.item(&self.shops[article / ARTICLES].1[article % ARTICLES], *pieces);
        }
        let purchase: Purchase = checkout.send().await.into();
        let mut parts: BTreeMap<usize, (Vec<(usize, i64)>, i64)> = BTreeMap::new();
        for (article, pieces) in lines {
            parts.entry(article / ARTICLES).or_default().0.push((article, pieces));
        }
        for (shop, part) in &mut parts {
            let id = purchase.order_of(&self.shops[*shop].0).to_owned();
            let row = list(&purchase.answer["orders"]).iter().find(|row| row["id"] == id.as_str()).cloned();
            part.1 = row.unwrap()["total"].as_i64().unwrap();
            self.orders.push(id);
        }
        self.books.buy(is_cash, parts);
        self.bought.push((buyer, purchase));
        Ok(())
    }

    /// One of the last purchases or orders.
    fn lately(&mut self, of: usize) -> usize {
        let among = of.min(LIVELY);
        of - 1 - self.dice.below(among)
    }

    async fn pay(&mut self) -> Result<(), String> {
        let at = self.lately(self.bought.len());
        let given_back =
            self.books.purchases[at].orders.iter().any(|order| self.books.orders[*order].back > 0);
        // Where a part is on its way back, the answer depends on how far it is.
        if given_back {
            return Ok(());
        }
        let (buyer, purchase) = &self.bought[at];
        let reply = self.buyers[*buyer].settle(purchase).await;
        let done = self.books.pay(at);
        same(&reply, done, "pay")
    }

    async fn fail(&mut self) -> Result<(), String> {
        let at = self.lately(self.bought.len());
        let (buyer, purchase) = &self.bought[at];
        let path = format!("/v1/sandbox/payments/{}/fail", purchase.payment_id);
        let reply = self.buyers[*buyer].post(&path).send().await;
        let done = self.books.fail(at);
        same(&reply, done, "fail")
    }

    async fn act(&mut self) -> Result<(), String> {
        let order = self.lately(self.orders.len());
        let of_purchase = self.books.orders[order].purchase;
        let from = self.books.orders[order].at;
        let (act, name) = self.wish(from);
        let reply = match act {
            Act::Cancel | Act::Receive => {
                self.buyers[self.bought[of_purchase].0].moves(&self.orders[order], name).await
            }
            _ => self.shops[self.books.orders[order].shop].0.moves(&self.orders[order], name).await,
        };
        let done = self.books.act(order, act);
        same(&reply, done, &format!("{name} from {from:?}"))
    }

    /// Mostly what comes next, sometimes anything.
    fn wish(&mut self, from: At) -> (Act, &'static str) {
        let any = [
            (Act::Cancel, "cancel"),
            (Act::Decline, "decline"),
            (Act::Accept, "accept"),
            (Act::Ship, "ship"),
            (Act::Deliver, "deliver"),
            (Act::Receive, "receive"),
        ];
        let dice = self.dice.below(24);
        match from {
            _ if dice < any.len() => any[dice],
            At::Accepted => (Act::Ship, "ship"),
            At::Shipped if dice.is_multiple_of(2) => (Act::Deliver, "deliver"),
            At::Shipped | At::Delivered => (Act::Receive, "receive"),
            _ => (Act::Accept, "accept"),
        }
    }

    async fn give_back(&mut self) -> Result<(), String> {
        let order = self.lately(self.orders.len());
        let row = self.books.orders[order].clone();
        let left = row.total - row.back;
        let (body, amount) = match self.dice.below(3) {
            0 => (json!({"reason": "model"}), left),
            _ => {
                let amount =
                    1 + i64::try_from(self.dice.below(usize::try_from(row.total).unwrap() + 500)).unwrap();
                (json!({"amount": amount, "reason": "model"}), amount)
            }
        };
        let key = format!("langkah-model-{}", self.app.next());
        let path = format!("/v1/admin/orders/{}/refunds", self.orders[order]);
        let reply = self.finance.post(&path).key(&key).json(body).send().await;
        let done = self.books.give_back(order, amount);
        same(&reply, done, &format!("give back {amount} of {left} from {:?}", row.at))
    }

    /// A batch goes out; the bank pays some and sends others back.
    async fn pay_out(&mut self) -> Result<(), String> {
        let finance = self.app.finance().await;
        let batch =
            crate::settlement::batch(&self.app, &finance, &format!("langkah-model-{}", self.app.next()))
                .await;
        let claimed = self.books.claim(LEAST);
        let mut expected: Vec<(String, i64)> =
            claimed.iter().map(|(shop, amount)| (self.shops[*shop].0.id.clone(), *amount)).collect();
        let payouts: Vec<Value> = list(&batch["payouts"]).to_vec();
        let mut found: Vec<(String, i64)> =
            payouts.iter().map(|row| (text(&row["vendor_id"]), row["amount"].as_i64().unwrap())).collect();
        expected.sort();
        found.sort();
        if expected != found {
            return Err(format!("pay out: the model has {expected:?}, the service {found:?}"));
        }
        let path = format!("/v1/admin/payout-batches/{}/send", text(&batch["id"]));
        finance.post(&path).key(&format!("kirim-model-{}", self.app.next())).send().await.expect(200);
        for row in payouts {
            let failed = self.dice.below(3) == 0;
            let outcome = if failed { "failed" } else { "paid" };
            let path = format!("/v1/admin/payouts/{}/settle", text(&row["id"]));
            let key = format!("hasil-model-{}", self.app.next());
            let body = json!({"outcome": outcome, "note": "model"});
            finance.post(&path).key(&key).json(body).send().await.expect(200);
            let shop = self.shops.iter().position(|(shop, _)| row["vendor_id"] == shop.id.as_str()).unwrap();
            if failed {
                self.books.purses[shop].payable += row["amount"].as_i64().unwrap();
            }
        }
        Ok(())
    }

    /// The time to pay runs out for everything that is open.
    async fn wait(&mut self) -> Result<(), String> {
        self.app.run_jobs().await;
        self.app.advance(Duration::hours(25));
        self.app.run_jobs().await;
        worker::worker(&self.app).run_periodic().await;
        self.app.run_jobs().await;
        self.books.expire();
        self.finance = self.app.finance().await;
        Ok(())
    }

    /// A shelf is filled up.
    async fn restock(&mut self) -> Result<(), String> {
        let article = self.dice.below(SHOPS * ARTICLES);
        let (shop, articles) = &self.shops[article / ARTICLES];
        let wanted = self.books.shelves[article].reserved + 60;
        let path = shop.path(&format!("/variants/{}/stock", articles[article % ARTICLES].variant()));
        let body = json!({"on_hand": wanted, "reason": "receipt"});
        shop.owner.put(&path).json(body).send().await.expect(200);
        self.books.shelves[article].on_hand = wanted;
        Ok(())
    }

    /// Compares everything.
    pub async fn look(&self) -> Result<(), String> {
        for (at, (shop, articles)) in self.shops.iter().enumerate() {
            let (held, payable, debt) = balance(shop).await;
            let purse = self.books.purses[at];
            if (Purse { held, payable, debt }) != purse {
                return Err(format!("shop {at} has {:?}, the model {purse:?}", (held, payable, debt)));
            }
            for (of_shop, article) in articles.iter().enumerate() {
                let id: VariantId = article.variant().parse().unwrap();
                let row = stock::Entity::find_by_id(id).one(self.app.db.read()).await.unwrap().unwrap();
                let found = Shelf { on_hand: row.on_hand.into(), reserved: row.reserved.into() };
                let shelf = self.books.shelves[at * ARTICLES + of_shop];
                if found != shelf {
                    return Err(format!("article {of_shop} of shop {at} has {found:?}, the model {shelf:?}"));
                }
            }
        }
        let first = self.orders.len().saturating_sub(LIVELY);
        for (order, id) in self.orders.iter().enumerate().skip(first) {
            let row = &self.books.orders[order];
            let found = self.buyers[self.bought[row.purchase].0].order_status(id).await;
            if found != row.at.name() {
                return Err(format!("order {order} is {found}, in the model {:?}", row.at));
            }
        }
        Ok(())
    }

    /// How many orders came to which end, so that a walk that goes nowhere is seen.
    pub fn ends(&self) -> BTreeMap<&'static str, usize> {
        let mut ends = BTreeMap::new();
        for order in &self.books.orders {
            *ends.entry(order.at.name()).or_default() += 1;
        }
        ends
    }

    /// True if orders came to every end there is.
    pub fn went_everywhere(&self) -> bool {
        let ends = [At::Completed, At::Expired, At::Declined, At::Cancelled];
        ends.iter().all(|end| self.books.orders.iter().any(|order| order.at == *end))
            && self.books.orders.iter().any(|order| order.at == At::Completed && order.back > 0)
    }
}

/// The service did it, or refused it as a matter of state; nothing else.
fn same(reply: &Reply, done: bool, what: &str) -> Result<(), String> {
    let status = reply.status.as_u16();
    let agrees = if done { (200..300).contains(&status) } else { matches!(status, 409 | 422) };
    if agrees {
        Ok(())
    } else {
        Err(format!("{what}: the model says {done}, the service {status} {}", reply.text()))
    }
}

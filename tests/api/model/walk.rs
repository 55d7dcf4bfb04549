//! A walk: random steps, made by the service and by the model.

use std::collections::BTreeMap;

use lapak::catalog::entity::stock;
use lapak::kernel::{OrderId, VariantId};
use lapak::orders::entity::order;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::to_value;

use super::books::{At, Books, Order, Purse, Shelf, Way};
use crate::settlement::{after_the_wait, balance, paid_shop};
use crate::support::gateway::FakeGateway;
use crate::support::shop::{Product, Purchase};
use crate::support::{Person, Reply, Shop, TestApp};

/// Shops, and articles of each.
pub const SHOPS: usize = 3;
pub const ARTICLES: usize = 3;
pub const BUYERS: usize = 3;
/// Steps between two looks at everything.
const LOOK_EVERY: usize = 250;
/// Orders that are still acted on; older ones are left alone.
const LIVELY: usize = 40;

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..of`.
    pub fn below(&mut self, of: usize) -> usize {
        usize::try_from(self.next() % of as u64).unwrap()
    }

    /// One of `1..=most`.
    pub fn upto(&mut self, most: i64) -> i64 {
        1 + i64::try_from(self.below(usize::try_from(most).unwrap())).unwrap()
    }
}

/// What a buyer has put together: when and what, and how much. The service keeps lines in that order.
#[derive(Default)]
pub struct Cart {
    pub id: Option<String>,
    pub lines: BTreeMap<(usize, usize), i64>,
}

/// Names of an order and of what belongs to it, in the order of the model.
#[derive(Default)]
pub struct Names {
    pub id: String,
    pub lines: Vec<String>,
    pub returns: Vec<String>,
    pub dispute: String,
}

/// The service beside the model.
pub struct Walk {
    pub app: TestApp,
    pub gateway: FakeGateway,
    pub dice: Dice,
    pub books: Books,
    pub shops: Vec<(Shop, Vec<Product>)>,
    pub buyers: Vec<Person>,
    pub carts: Vec<Cart>,
    pub finance: Person,
    pub officer: Person,
    /// Buyer and answer of each purchase, in the order of the model.
    pub bought: Vec<(usize, Purchase)>,
    pub orders: Vec<Names>,
    /// How often time has passed.
    pub days: usize,
    /// How often something was done, and refused.
    pub(super) counts: BTreeMap<&'static str, (usize, usize)>,
}

/// What an article costs.
pub fn price(article: usize) -> i64 {
    [7_000, 3_777, 4_999][article % ARTICLES]
}

impl Walk {
    pub async fn begin(app: &TestApp, gateway: FakeGateway, seed: u64) -> Self {
        let mut shops = Vec::new();
        let mut books = Books::default();
        for at in 0..SHOPS {
            let (shop, first) = paid_shop(app, &format!("Toko {at}"), price(0)).await;
            let mut articles = vec![first];
            for more in 1..ARTICLES {
                let article = shop.product(&format!("Barang {more}")).price(price(more)).stock(60);
                articles.push(article.create().await);
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
        let (finance, officer) = (app.finance().await, app.platform("officer").await);
        Self {
            app: app.clone(),
            gateway,
            dice: Dice(seed),
            books,
            shops,
            buyers,
            carts: (0..BUYERS).map(|_| Cart::default()).collect(),
            finance,
            officer,
            bought: Vec::new(),
            orders: Vec::new(),
            days: 0,
            counts: BTreeMap::new(),
        }
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
        match self.dice.below(200) {
            0..46 => self.fill_cart().await,
            46..54 => self.quote().await,
            _ if self.orders.is_empty() => self.buy().await,
            54..80 => self.buy().await,
            80..108 => self.pay().await,
            108..112 => self.fail().await,
            112..152 => self.act().await,
            152..162 => self.give_back().await,
            162..168 => self.ask().await,
            168..180 => self.answer().await,
            180..183 => self.quarrel().await,
            183..190 => self.rule().await,
            190..193 => self.pay_out().await,
            193..195 => self.wait().await,
            _ => self.restock().await,
        }
    }

    /// One of the last purchases or orders.
    pub fn lately(&mut self, of: usize) -> usize {
        let among = of.min(LIVELY);
        of - 1 - self.dice.below(among)
    }

    /// One of the last orders of which this is true; sometimes any, and any if there is none.
    pub fn lively(&mut self, fits: impl Fn(&Order) -> bool) -> usize {
        let first = self.orders.len().saturating_sub(LIVELY);
        let fitting: Vec<usize> =
            (first..self.orders.len()).filter(|order| fits(&self.books.orders[*order])).collect();
        if fitting.is_empty() || self.dice.below(8) == 0 {
            return self.lately(self.orders.len());
        }
        fitting[self.dice.below(fitting.len())]
    }

    /// One of the last purchases that waits for its money; sometimes any, and any if there is none.
    pub fn unpaid(&mut self, fits: impl Fn(Way) -> bool) -> usize {
        let first = self.bought.len().saturating_sub(LIVELY);
        let fitting: Vec<usize> = (first..self.bought.len())
            .filter(|at| fits(self.books.purchases[*at].way) && self.books.is_open(*at))
            .collect();
        if fitting.is_empty() || self.dice.below(4) == 0 {
            return self.lately(self.bought.len());
        }
        fitting[self.dice.below(fitting.len())]
    }

    pub fn buyer_of(&self, order: usize) -> &Person {
        &self.buyers[self.bought[self.books.orders[order].purchase].0]
    }

    pub fn shop_of(&self, order: usize) -> &Shop {
        &self.shops[self.books.orders[order].shop].0
    }

    /// The service did it, or refused it as a matter of state; nothing else.
    pub fn same(
        &mut self,
        reply: &Reply,
        done: bool,
        (kind, what): (&'static str, &str),
    ) -> Result<(), String> {
        let count = self.counts.entry(kind).or_default();
        *(if done { &mut count.0 } else { &mut count.1 }) += 1;
        let status = reply.status.as_u16();
        let agrees = if done { (200..300).contains(&status) } else { matches!(status, 409 | 422) };
        if agrees {
            Ok(())
        } else {
            Err(format!("{kind} {what}: the model says {done}, the service {status} {}", reply.text()))
        }
    }

    /// Counts what has no answer that could be compared.
    pub fn note(&mut self, kind: &'static str) {
        self.counts.entry(kind).or_default().0 += 1;
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
        self.look_at_orders().await
    }

    async fn look_at_orders(&self) -> Result<(), String> {
        let first = self.orders.len().saturating_sub(2 * LIVELY);
        let id_of = |order: usize| -> OrderId { self.orders[order].id.parse().unwrap() };
        let ids = (first..self.orders.len()).map(id_of);
        let rows = order::Entity::find().filter(order::Column::Id.is_in(ids)).all(self.app.db.read()).await;
        let rows: BTreeMap<OrderId, order::Model> =
            rows.unwrap().into_iter().map(|row| (row.id, row)).collect();
        for at in first..self.orders.len() {
            let (row, order) = (&rows[&id_of(at)], &self.books.orders[at]);
            let found = (to_value(row.status).unwrap(), row.total.get(), row.refunded.get());
            let claimed = row.open_returns > 0 || row.open_disputes > 0;
            let expected = (order.at.name().into(), order.total(), order.back());
            if found != expected || claimed != self.books.has_claims(at) {
                return Err(format!("order {at} is {found:?} ({claimed}), in the model {order:?}"));
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

    /// How often something was done, and refused.
    pub fn counts(&self) -> &BTreeMap<&'static str, (usize, usize)> {
        &self.counts
    }

    /// True if orders came to every end there is, by everything that can be done.
    pub fn went_everywhere(&self) -> bool {
        let ends = [At::Completed, At::Expired, At::Declined, At::Cancelled, At::Returned];
        ends.iter().all(|end| self.books.orders.iter().any(|order| order.at == *end))
            && self.counts.values().all(|(done, _)| *done > 0)
            && self.counts.len() >= KINDS
            && self.books.clawed_back > 0
    }
}

/// Kinds of steps that are counted.
const KINDS: usize = 30;

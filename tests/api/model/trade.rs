//! Steps of buying and selling: carts, checkouts, money by hand, moves of orders, payouts, and time.

use std::collections::BTreeMap;

use chrono::Duration;
use lapak::worker;
use serde_json::{Value, json};

use super::books::{Act, At, Line, Way};
use super::walk::{ARTICLES, BUYERS, Names, SHOPS, Walk, price};
use crate::support::Product;
use crate::support::shop::{Purchase, address, list, text};

/// What the shop's own courier costs, and the least that is paid out, as the settings have it.
const COURIER: i64 = 10_000;
const LEAST: i64 = 10_000;

impl Walk {
    fn article(&self, at: usize) -> &Product {
        &self.shops[at / ARTICLES].1[at % ARTICLES]
    }

    /// Opens a cart, or puts an article in, changes how many, takes it out.
    pub(super) async fn fill_cart(&mut self) -> Result<(), String> {
        let buyer = self.dice.below(BUYERS);
        let Some(id) = self.carts[buyer].id.clone() else {
            let reply = self.buyers[buyer].post("/v1/carts").send().await;
            self.carts[buyer].id = reply.json()["id"].as_str().map(str::to_owned);
            return self.same(&reply, true, ("cart", "open"));
        };
        let at = self.dice.below(SHOPS * ARTICLES);
        let pieces = i64::try_from(self.dice.below(6)).unwrap();
        let path = format!("/v1/carts/{id}/lines/{}", self.article(at).variant());
        let reply = self.buyers[buyer].put(&path).json(json!({"quantity": pieces})).send().await;
        let lines = &mut self.carts[buyer].lines;
        let known = lines.keys().find(|(_, article)| *article == at).copied();
        let place = known.unwrap_or((self.days, at));
        if pieces == 0 {
            lines.remove(&place);
        } else {
            lines.insert(place, pieces);
        }
        self.same(&reply, true, ("cart", "line"))?;
        let mut found: Vec<(String, i64)> = list(&reply.json()["lines"])
            .iter()
            .map(|line| (text(&line["variant_id"]), line["quantity"].as_i64().unwrap()))
            .collect();
        let lines = &self.carts[buyer].lines;
        let mut expected: Vec<(String, i64)> = lines
            .iter()
            .map(|((_, article), pieces)| (self.article(*article).variant().to_owned(), *pieces))
            .collect();
        found.sort();
        expected.sort();
        if found == expected { Ok(()) } else { Err(format!("the cart has {found:?}, not {expected:?}")) }
    }

    /// The orders that a cart would become, and what all of it costs.
    fn parts(&self, buyer: usize, shipping: i64) -> (BTreeMap<usize, (Vec<Line>, i64)>, i64) {
        let mut parts: BTreeMap<usize, (Vec<Line>, i64)> = BTreeMap::new();
        for ((_, article), pieces) in &self.carts[buyer].lines {
            let paid = price(*article) * pieces;
            let line =
                Line { article: *article, pieces: *pieces, paid, back: 0, back_pieces: 0, returned: 0 };
            parts.entry(article / ARTICLES).or_insert((Vec::new(), shipping)).0.push(line);
        }
        let of_part =
            |(lines, shipping): &(Vec<Line>, i64)| shipping + lines.iter().map(|line| line.paid).sum::<i64>();
        let total = parts.values().map(of_part).sum();
        (parts, total)
    }

    fn wish(&self, buyer: usize, shops: impl Iterator<Item = usize>, delivery: &str) -> Value {
        let delivery = |shop: usize| json!({"vendor_id": self.shops[shop].0.id, "method": delivery});
        json!({
            "cart_id": self.carts[buyer].id,
            "shipping_address": address(),
            "deliveries": shops.map(delivery).collect::<Vec<_>>(),
        })
    }

    fn delivery(&mut self) -> (&'static str, i64) {
        if self.dice.below(4) == 0 { ("own_courier", COURIER) } else { ("pickup", 0) }
    }

    fn can_buy(&self, buyer: usize) -> bool {
        let lines = &self.carts[buyer].lines;
        !lines.is_empty() && self.books.has(lines.iter().map(|((_, article), pieces)| (*article, *pieces)))
    }

    /// Mostly one who has something in the cart.
    fn a_buyer(&mut self) -> usize {
        let full: Vec<usize> = (0..BUYERS).filter(|buyer| !self.carts[*buyer].lines.is_empty()).collect();
        if full.is_empty() || self.dice.below(8) == 0 {
            return self.dice.below(BUYERS);
        }
        full[self.dice.below(full.len())]
    }

    pub(super) async fn quote(&mut self) -> Result<(), String> {
        let buyer = self.a_buyer();
        let (delivery, fee) = self.delivery();
        let (parts, total) = self.parts(buyer, fee);
        if self.carts[buyer].id.is_none() {
            return Ok(());
        }
        let wish = self.wish(buyer, parts.keys().copied(), delivery);
        let reply = self.buyers[buyer].post("/v1/checkouts/quote").json(wish).send().await;
        // Whether it is there is asked by the checkout only: the shelf may fill up again.
        let can = !self.carts[buyer].lines.is_empty();
        self.same(&reply, can, ("quote", ""))?;
        if can && reply.json()["total"] != total {
            return Err(format!("quote: {} and not {total}", reply.text()));
        }
        Ok(())
    }

    pub(super) async fn buy(&mut self) -> Result<(), String> {
        let buyer = self.a_buyer();
        let (way, method) =
            [(Way::Cash, "cod"), (Way::Sandbox, "sandbox"), (Way::Gateway, "qris")][self.dice.below(3)];
        let (delivery, fee) = self.delivery();
        let (parts, total) = self.parts(buyer, fee);
        if self.carts[buyer].id.is_none() {
            return Ok(());
        }
        let mut wish = self.wish(buyer, parts.keys().copied(), delivery);
        wish["payment_method"] = method.into();
        wish["expected_total"] = total.into();
        let key = format!("beli-model-{}", self.app.next());
        let reply = self.buyers[buyer].post("/v1/checkouts").key(&key).json(wish).send().await;
        let can = self.can_buy(buyer);
        self.same(&reply, can, ("buy", method))?;
        if !can {
            return Ok(());
        }
        let purchase: Purchase = reply.into();
        for shop in parts.keys() {
            let id = purchase.order_of(&self.shops[*shop].0).to_owned();
            self.orders.push(Names { id, ..Names::default() });
        }
        self.books.buy(way, parts);
        self.bought.push((buyer, purchase));
        self.carts[buyer] = super::walk::Cart::default();
        if way == Way::Gateway { self.charge().await } else { Ok(()) }
    }

    pub(super) async fn pay(&mut self) -> Result<(), String> {
        let at = self.unpaid(|way| way != Way::Cash);
        if self.books.purchases[at].way == Way::Gateway {
            return self.message(at).await;
        }
        let orders = &self.books.purchases[at].orders;
        // Where a part is on its way back, the answer depends on how far it is.
        if orders.iter().any(|order| self.books.orders[*order].back() > 0) {
            return Ok(());
        }
        let (buyer, purchase) = &self.bought[at];
        let reply = self.buyers[*buyer].settle(purchase).await;
        let done = self.books.pay(at);
        self.same(&reply, done, ("pay", ""))
    }

    pub(super) async fn fail(&mut self) -> Result<(), String> {
        let at = self.unpaid(|way| way == Way::Sandbox);
        let (buyer, purchase) = &self.bought[at];
        let path = format!("/v1/sandbox/payments/{}/fail", purchase.payment_id);
        let reply = self.buyers[*buyer].post(&path).send().await;
        let done = self.books.fail(at);
        self.same(&reply, done, ("fail", ""))
    }

    pub(super) async fn act(&mut self) -> Result<(), String> {
        let open =
            |at: At| !matches!(at, At::Completed | At::Expired | At::Declined | At::Cancelled | At::Returned);
        let order = self.lively(|order| open(order.at));
        let from = self.books.orders[order].at;
        let (act, name) = self.next_act(from);
        let id = &self.orders[order].id;
        let reply = match act {
            Act::Cancel | Act::Receive => self.buyer_of(order).moves(id, name).await,
            _ => self.shop_of(order).moves(id, name).await,
        };
        let done = self.books.act(order, act);
        self.same(&reply, done, (name, &format!("{order} from {from:?}")))
    }

    /// Mostly what comes next, sometimes anything.
    fn next_act(&mut self, from: At) -> (Act, &'static str) {
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

    /// A batch goes out; the bank pays some and sends others back.
    pub(super) async fn pay_out(&mut self) -> Result<(), String> {
        let key = format!("langkah-model-{}", self.app.next());
        let batch = crate::settlement::batch(&self.app, &self.finance, &key).await;
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
        let key = format!("kirim-model-{}", self.app.next());
        self.finance.post(&path).key(&key).send().await.expect(200);
        self.note("batch");
        for row in payouts {
            // Few are paid out in a short walk; one of them comes back in any case.
            let failed = !self.counts.contains_key("payout sent back") || self.dice.below(3) == 0;
            let outcome = if failed { "failed" } else { "paid" };
            let path = format!("/v1/admin/payouts/{}/settle", text(&row["id"]));
            let key = format!("hasil-model-{}", self.app.next());
            let body = json!({"outcome": outcome, "note": "model"});
            self.finance.post(&path).key(&key).json(body).send().await.expect(200);
            let shop = self.shops.iter().position(|(shop, _)| row["vendor_id"] == shop.id.as_str()).unwrap();
            if failed {
                self.books.purses[shop].payable += row["amount"].as_i64().unwrap();
            }
            self.note(if failed { "payout sent back" } else { "payout" });
        }
        Ok(())
    }

    /// The time to pay runs out for everything that is open.
    pub(super) async fn wait(&mut self) -> Result<(), String> {
        self.app.run_jobs().await;
        self.app.advance(Duration::hours(25));
        self.app.run_jobs().await;
        worker::worker(&self.app).run_periodic().await;
        self.app.run_jobs().await;
        self.books.expire();
        self.days += 1;
        (self.finance, self.officer) = (self.app.finance().await, self.app.platform("officer").await);
        self.note("wait");
        Ok(())
    }

    /// A shelf is filled up.
    pub(super) async fn restock(&mut self) -> Result<(), String> {
        let article = self.dice.below(SHOPS * ARTICLES);
        let (shop, articles) = &self.shops[article / ARTICLES];
        let wanted = self.books.shelves[article].reserved + 60;
        let path = shop.path(&format!("/variants/{}/stock", articles[article % ARTICLES].variant()));
        let body = json!({"on_hand": wanted, "reason": "receipt"});
        let reply = shop.owner.put(&path).json(body).send().await;
        self.books.shelves[article].on_hand = wanted;
        self.same(&reply, true, ("restock", ""))
    }
}

//! Steps after the sale: refunds, returns and quarrels.

use serde_json::{Value, json};

use super::books::At;
use super::claims::{Answer, Ruling};
use super::walk::Walk;
use crate::support::shop::{list, text};

impl Walk {
    pub(super) async fn give_back(&mut self) -> Result<(), String> {
        let order = self.lively(|order| order.was_held && order.left() > 0);
        let row = &self.books.orders[order];
        let (total, left, from) = (row.total(), row.left(), row.at);
        let amount = match self.dice.below(3) {
            0 => None,
            1 => Some(self.dice.upto(total / 3)),
            _ => Some(self.dice.upto(total + 500)),
        };
        let mut body = json!({"reason": "model"});
        if let Some(amount) = amount {
            body["amount"] = amount.into();
        }
        let key = format!("langkah-model-{}", self.app.next());
        let path = format!("/v1/admin/orders/{}/refunds", self.orders[order].id);
        let reply = self.finance.post(&path).key(&key).json(body).send().await;
        let done = self.books.give_back(order, amount);
        self.same(&reply, done, ("refund", &format!("{amount:?} of {left} from {from:?}")))
    }

    /// Learns the names of the lines; their order is the model's.
    async fn learn_lines(&mut self, order: usize) {
        if !self.orders[order].lines.is_empty() {
            return;
        }
        let path = format!("/v1/orders/{}", self.orders[order].id);
        let seen = self.buyer_of(order).get(&path).send().await.expect(200).json();
        let lines = list(&seen["lines"]);
        let expected: Vec<i64> = self.books.orders[order].lines.iter().map(|line| line.paid).collect();
        let found: Vec<i64> = lines.iter().map(|line| line["line_total"].as_i64().unwrap()).collect();
        assert_eq!(found, expected, "order {order}");
        self.orders[order].lines = lines.iter().map(|line| text(&line["id"])).collect();
    }

    /// A buyer wants to give something back.
    pub(super) async fn ask(&mut self) -> Result<(), String> {
        let there = |order: &super::books::Order| order.lines.iter().any(|line| line.returned < line.pieces);
        let order = self.lively(|order| {
            matches!(order.at, At::Delivered | At::Completed) && order.dispute.is_none() && there(order)
        });
        self.learn_lines(order).await;
        let everything = self.dice.below(2) == 0;
        let mut lines = Vec::new();
        for (at, line) in self.books.orders[order].lines.clone().into_iter().enumerate() {
            let left = line.pieces - line.returned;
            let pieces = if everything { left } else { self.dice.upto(line.pieces) };
            if pieces > 0 && (everything || lines.is_empty()) {
                lines.push((at, pieces));
            }
        }
        if lines.is_empty() {
            lines.push((0, 1));
        }
        let blames_shop = self.dice.below(2) == 0;
        let reason = if blames_shop { "damaged" } else { "changed_mind" };
        let names = &self.orders[order];
        let line = |(at, pieces): &(usize, i64)| json!({"line_id": names.lines[*at], "quantity": pieces, "reason": reason});
        let body = json!({"lines": lines.iter().map(line).collect::<Vec<_>>(), "note": "model"});
        let path = format!("/v1/orders/{}/returns", names.id);
        let reply = self.buyer_of(order).post(&path).json(body).send().await;
        let done = self.books.ask(order, &lines, blames_shop);
        if done && reply.status == 201 {
            self.orders[order].returns.push(text(&reply.json()["id"]));
        }
        self.same(
            &reply,
            done,
            ("ask for return", &format!("{lines:?} of {:?}", self.books.orders[order].clone())),
        )
    }

    /// Somebody does something about a return.
    pub(super) async fn answer(&mut self) -> Result<(), String> {
        let order = self.lively(|order| order.returns.iter().any(super::claims::Return::is_open));
        let count = self.books.orders[order].returns.len();
        if count == 0 {
            return Ok(());
        }
        let claim = count - 1 - self.dice.below(count.min(2));
        let id = self.orders[order].returns[claim].clone();
        let (answer, act) = match self.dice.below(10) {
            0..4 => (Answer::Approve, "approve"),
            4 => (Answer::Refuse, "refuse"),
            5 => (Answer::Withdraw, "withdraw"),
            6 => (Answer::ShipBack, "ship"),
            _ => return self.take_back(order, claim, &id).await,
        };
        let reply = match answer {
            Answer::Approve | Answer::Refuse => {
                let path = format!("/orders/{}/returns/{id}/{act}", self.orders[order].id);
                let shop = self.shop_of(order);
                shop.owner.post(&shop.path(&path)).json(json!({"note": "menurut model"})).send().await
            }
            Answer::Withdraw | Answer::ShipBack => {
                let path = format!("/v1/orders/{}/returns/{id}/{act}", self.orders[order].id);
                self.buyer_of(order).post(&path).send().await
            }
        };
        let from = self.books.orders[order].returns[claim].at;
        let done = self.books.answer(order, claim, answer);
        let kind = match answer {
            Answer::Approve => "approve return",
            Answer::Refuse => "refuse return",
            Answer::Withdraw => "withdraw return",
            Answer::ShipBack => "ship back",
        };
        self.same(&reply, done, (kind, &format!("from {from:?}")))
    }

    async fn take_back(&mut self, order: usize, claim: usize, id: &str) -> Result<(), String> {
        let are_good = self.dice.below(3) > 0;
        let names = &self.orders[order];
        let lost = |(at, pieces): &(usize, i64)| json!({"line_id": names.lines[*at], "restocked": 0, "lost": pieces});
        let body = match are_good {
            true => json!({}),
            false => {
                let lines = self.books.orders[order].returns[claim].lines.iter().map(lost);
                json!({"lines": lines.collect::<Vec<_>>()})
            }
        };
        let shop = self.shop_of(order);
        let path = shop.path(&format!("/orders/{}/returns/{id}/receive", names.id));
        let key = format!("terima-model-{}", self.app.next());
        let reply = shop.owner.post(&path).key(&key).json(body).send().await;
        let given = self.books.receive(order, claim, are_good);
        self.same(&reply, given.is_some(), ("receive return", &format!("{order}")))?;
        agrees(&reply.json()["refund"], given)
    }

    /// One side asks the office, or thinks better of it.
    pub(super) async fn quarrel(&mut self) -> Result<(), String> {
        let order =
            self.lively(|order| matches!(order.at, At::Shipped | At::Delivered) && order.dispute.is_none());
        let by_shop = self.dice.below(3) == 0;
        let (who, path) = if by_shop {
            let shop = self.shop_of(order);
            (shop.owner.clone(), shop.path(&format!("/orders/{}/disputes", self.orders[order].id)))
        } else {
            let path = format!("/v1/orders/{}/disputes", self.orders[order].id);
            (self.buyer_of(order).clone(), path)
        };
        let body = json!({"reason": "other", "text": "Menurut model."});
        let reply = who.post(&path).json(body).send().await;
        let done = self.books.quarrel(order, by_shop);
        if done && reply.status == 201 {
            self.orders[order].dispute = text(&reply.json()["id"]);
        }
        self.same(
            &reply,
            done,
            ("quarrel", &format!("by shop {by_shop} about {:?}", self.books.orders[order].clone())),
        )
    }

    /// The office decides, or one side withdraws.
    pub(super) async fn rule(&mut self) -> Result<(), String> {
        let order = self.lively(|order| order.dispute.is_some());
        let dispute = self.orders[order].dispute.clone();
        if dispute.is_empty() {
            return Ok(());
        }
        let total = self.books.orders[order].total();
        let (ruling, body) = match self.dice.below(8) {
            0 => return self.make_up(order, &dispute).await,
            1 | 2 => (Ruling::Nothing, json!({"outcome": "none"})),
            3..6 => {
                let amount = self.dice.upto(total);
                (Ruling::Part(amount), json!({"outcome": "refund_part", "amount": amount}))
            }
            dice => (Ruling::Full(dice == 6), json!({"outcome": "refund_full", "restock": dice == 6})),
        };
        let mut body = body;
        body["ruling"] = "Diputus menurut model.".into();
        let path = format!("/v1/admin/disputes/{dispute}/rule");
        let key = format!("putusan-model-{}", self.app.next());
        let reply = self.officer.post(&path).key(&key).json(body).send().await;
        let row = format!("{ruling:?} of {:?}", self.books.orders[order]);
        let given = self.books.rule(order, ruling);
        self.same(&reply, given.is_some(), ("ruling", &row))?;
        agrees(&reply.json()["amount"], given)
    }

    async fn make_up(&mut self, order: usize, dispute: &str) -> Result<(), String> {
        let by_shop = self.dice.below(2) == 0;
        let rest = format!("orders/{}/disputes/{dispute}/withdraw", self.orders[order].id);
        let shop = self.shop_of(order);
        let reply = match by_shop {
            true => shop.owner.post(&shop.path(&format!("/{rest}"))).send().await,
            false => self.buyer_of(order).post(&format!("/v1/{rest}")).send().await,
        };
        let done = self.books.make_up(order, by_shop);
        self.same(&reply, done, ("withdraw quarrel", ""))
    }
}

/// What goes back is what the model says, to the rupiah.
fn agrees(found: &Value, given: Option<i64>) -> Result<(), String> {
    match given {
        Some(given) if *found != given => Err(format!("{found} goes back, and not {given}")),
        _ => Ok(()),
    }
}

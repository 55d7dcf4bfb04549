//! The small model: what anybody with a pencil would write down about sales, stock and money. It shares no line with the service.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::{Give, Return};

/// What an article has on its shelf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    pub on_hand: i64,
    pub reserved: i64,
}

/// What a shop has at the platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purse {
    pub held: i64,
    pub payable: i64,
    pub debt: i64,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    #[default]
    AwaitingPayment,
    Placed,
    Paid,
    Accepted,
    Shipped,
    Delivered,
    Completed,
    Expired,
    Declined,
    Cancelled,
    Returned,
}

use At::{
    Accepted, AwaitingPayment, Cancelled, Completed, Declined, Delivered, Expired, Paid, Placed, Returned,
    Shipped,
};

impl At {
    /// As the service writes it.
    pub fn name(self) -> &'static str {
        match self {
            AwaitingPayment => "awaiting_payment",
            Placed => "placed",
            Paid => "paid",
            Accepted => "accepted",
            Shipped => "shipped",
            Delivered => "delivered",
            Completed => "completed",
            Expired => "expired",
            Declined => "declined",
            Cancelled => "cancelled",
            Returned => "returned",
        }
    }
}

/// An article of an order.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub article: usize,
    pub pieces: i64,
    /// What was paid for it, and what of that went back.
    pub paid: i64,
    pub back: i64,
    /// Pieces for which money went back.
    pub back_pieces: i64,
    /// Pieces that came back, or are about to.
    pub returned: i64,
}

/// One order.
#[derive(Clone, Debug, Default)]
pub struct Order {
    pub purchase: usize,
    pub shop: usize,
    pub lines: Vec<Line>,
    pub shipping: i64,
    pub shipping_back: i64,
    pub at: At,
    /// Its money was held for the shop once, and is not any more.
    pub was_held: bool,
    pub was_released: bool,
    /// The shop has the buyer's cash, and it is not yet set off.
    pub cash_due: bool,
    pub returns: Vec<Return>,
    /// True for one of the shop's.
    pub dispute: Option<bool>,
}

impl Order {
    pub fn total(&self) -> i64 {
        self.shipping + self.lines.iter().map(|line| line.paid).sum::<i64>()
    }

    /// What is owed or was given back.
    pub fn back(&self) -> i64 {
        self.shipping_back + self.lines.iter().map(|line| line.back).sum::<i64>()
    }

    pub fn left(&self) -> i64 {
        self.total() - self.back()
    }

    fn all_back(&mut self) {
        self.shipping_back = self.shipping;
        self.lines.iter_mut().for_each(|line| line.back = line.paid);
    }
}

/// How a purchase is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Cash,
    Sandbox,
    Gateway,
}

/// One purchase.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub way: Way,
    /// The money came in advance.
    pub came: bool,
    pub orders: Vec<usize>,
    /// The gateway has the money, whether anybody knows or not.
    pub at_gateway: bool,
    /// It came while the gateway was still looked after, so that somebody asks once the time is over.
    pub is_watched: bool,
    /// What the gateway said; said again it is no news.
    pub heard: BTreeSet<&'static str>,
}

/// What a buyer, a shop or finance does with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Cancel,
    Accept,
    Decline,
    Ship,
    Deliver,
    Receive,
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct Books {
    pub shelves: Vec<Shelf>,
    pub purses: Vec<Purse>,
    pub purchases: Vec<Purchase>,
    pub orders: Vec<Order>,
    /// What shops came to owe because it went back after they had been paid.
    pub clawed_back: i64,
}

impl Books {
    /// True if so many pieces can be promised.
    pub fn has(&self, wanted: impl IntoIterator<Item = (usize, i64)>) -> bool {
        let free = |article: usize| self.shelves[article].on_hand - self.shelves[article].reserved;
        wanted.into_iter().all(|(article, pieces)| free(article) >= pieces)
    }

    /// One order for each shop: its lines, and what the shipping costs.
    pub fn buy(&mut self, way: Way, parts: BTreeMap<usize, (Vec<Line>, i64)>) -> usize {
        let purchase = self.purchases.len();
        let mut orders = Vec::new();
        for (shop, (lines, shipping)) in parts {
            for line in &lines {
                self.shelves[line.article].reserved += line.pieces;
            }
            orders.push(self.orders.len());
            let at = if way == Way::Cash { Placed } else { AwaitingPayment };
            self.orders.push(Order { purchase, shop, lines, shipping, at, ..Order::default() });
        }
        let (at_gateway, is_watched, heard) = (false, false, BTreeSet::new());
        self.purchases.push(Purchase { way, came: false, orders, at_gateway, is_watched, heard });
        purchase
    }

    /// The money of a purchase comes; false if the service must say no.
    pub fn pay(&mut self, purchase: usize) -> bool {
        let Purchase { way, came, orders, .. } = self.purchases[purchase].clone();
        if way == Way::Cash {
            return false;
        }
        if came {
            return true;
        }
        self.purchases[purchase].came = true;
        let lines = orders.iter().flat_map(|order| self.orders[*order].lines.clone());
        let all: Vec<(usize, i64)> = lines.map(|line| (line.article, line.pieces)).collect();
        let expired = orders.iter().all(|order| self.orders[*order].at == Expired);
        let open = orders.iter().all(|order| self.orders[*order].at == AwaitingPayment);
        if !(open || (expired && self.has(all.iter().copied()))) {
            // Too late: all of it goes back.
            orders.into_iter().for_each(|order| self.orders[order].all_back());
            return true;
        }
        for (article, pieces) in all {
            self.shelves[article].on_hand -= pieces;
            self.shelves[article].reserved -= if open { pieces } else { 0 };
        }
        for order in orders {
            self.orders[order].at = Paid;
            self.hold(order);
        }
        true
    }

    /// The gateway says something about a purchase. It is believed only in that somebody asks: what it says to that counts.
    pub fn hear(&mut self, purchase: usize, said: &'static str) {
        let news = self.purchases[purchase].heard.insert(said);
        if news && self.purchases[purchase].at_gateway {
            self.pay(purchase);
        }
    }

    /// The buyer pays at the gateway.
    pub fn reach_gateway(&mut self, purchase: usize) {
        let is_open = self.is_open(purchase);
        let row = &mut self.purchases[purchase];
        row.is_watched |= is_open && !row.at_gateway;
        row.at_gateway = true;
    }

    pub fn is_open(&self, purchase: usize) -> bool {
        self.purchases[purchase].orders.iter().all(|order| self.orders[*order].at == AwaitingPayment)
    }

    /// Somebody asks what became of the money that nobody spoke of.
    pub fn look_after(&mut self) {
        if let Some(waiting) = self.waiting().filter(|waiting| self.purchases[*waiting].is_watched) {
            self.pay(waiting);
        }
    }

    /// A purchase whose money the gateway has, and nobody knows.
    pub fn waiting(&self) -> Option<usize> {
        self.purchases.iter().position(|purchase| purchase.at_gateway && !purchase.came)
    }

    /// The payment fails; false if the service must say no.
    pub fn fail(&mut self, purchase: usize) -> bool {
        let Purchase { way, orders, .. } = self.purchases[purchase].clone();
        let open = orders.iter().all(|order| self.orders[*order].at == AwaitingPayment);
        if way != Way::Sandbox || !open {
            return false;
        }
        orders.into_iter().for_each(|order| self.end(order, Cancelled));
        true
    }

    /// The time to pay is over; then everybody is asked what became of the money, and cash is set off.
    pub fn expire(&mut self) {
        for order in 0..self.orders.len() {
            if self.orders[order].at == AwaitingPayment {
                self.end(order, Expired);
            }
        }
        self.look_after();
        (0..self.purses.len()).for_each(|shop| self.square(shop));
    }

    /// Somebody acts on an order; false if the service must say no.
    pub fn act(&mut self, order: usize, act: Act) -> bool {
        let at = self.orders[order].at;
        match (act, at) {
            (Act::Cancel, AwaitingPayment) => {
                let all = self.purchases[self.orders[order].purchase].orders.clone();
                all.into_iter().for_each(|order| self.end(order, Cancelled));
            }
            (Act::Cancel, Placed | Paid | Accepted) => self.end(order, Cancelled),
            (Act::Decline, Placed | Paid) => self.end(order, Declined),
            (Act::Accept, Placed) => {
                for line in self.orders[order].lines.clone() {
                    self.shelves[line.article].on_hand -= line.pieces;
                    self.shelves[line.article].reserved -= line.pieces;
                }
                self.orders[order].at = Accepted;
            }
            (Act::Accept, Paid) => self.orders[order].at = Accepted,
            (Act::Ship, Accepted) => self.orders[order].at = Shipped,
            (Act::Deliver, Shipped) => {
                self.collect(order);
                self.orders[order].at = Delivered;
            }
            (Act::Receive, Shipped | Delivered) if !self.has_claims(order) => {
                if at == Shipped {
                    self.collect(order);
                }
                self.orders[order].at = Completed;
                self.release(order);
            }
            _ => return false,
        }
        true
    }

    /// Cash changes hands with the goods.
    fn collect(&mut self, order: usize) {
        if self.is_cash(order) {
            self.hold(order);
        }
    }

    fn hold(&mut self, order: usize) {
        let row = &mut self.orders[order];
        row.was_held = true;
        self.purses[row.shop].held += row.total();
    }

    pub fn is_cash(&self, order: usize) -> bool {
        self.purchases[self.orders[order].purchase].way == Way::Cash
    }

    /// What is left is the shop's.
    pub fn release(&mut self, order: usize) {
        let is_cash = self.is_cash(order);
        let row = &mut self.orders[order];
        row.was_released = true;
        row.cash_due = is_cash;
        let left = row.left();
        let purse = &mut self.purses[row.shop];
        purse.held -= left;
        // A debt is paid out of what the platform has; cash the shop has already.
        let netted = if is_cash { 0 } else { left.min(purse.debt) };
        purse.payable += left - netted;
        purse.debt -= netted;
    }

    /// An order ends without a sale: goods and money go back.
    fn end(&mut self, order: usize, to: At) {
        let row = &mut self.orders[order];
        let reserved = matches!(row.at, AwaitingPayment | Placed);
        for line in &row.lines {
            match reserved {
                true => self.shelves[line.article].reserved -= line.pieces,
                false => self.shelves[line.article].on_hand += line.pieces,
            }
        }
        if self.purchases[row.purchase].came {
            self.purses[row.shop].held -= row.left();
            row.all_back();
        }
        row.at = to;
    }

    /// Finance gives back a part, or all that is left; false if the service must say no.
    pub fn give_back(&mut self, order: usize, amount: Option<i64>) -> bool {
        let give = amount.map_or(Give::Whole, Give::Amount);
        self.give(order, &give).is_some_and(|given| given > 0)
    }

    /// Cash that a shop has is set against what it is owed.
    fn square(&mut self, shop: usize) {
        for order in self.orders.iter_mut().filter(|order| order.cash_due && order.shop == shop) {
            order.cash_due = false;
            let purse = &mut self.purses[shop];
            let from_payable = order.total().min(purse.payable);
            purse.payable -= from_payable;
            purse.debt += order.total() - from_payable;
        }
    }

    /// What buyers of a shop may still get back of money that is here: a return or a quarrel is open.
    fn contested(&self, shop: usize) -> i64 {
        let is_open = |order: &&Order| order.dispute.is_some() || order.returns.iter().any(Return::is_open);
        let is_here = |order: &&Order| self.purchases[order.purchase].way != Way::Cash;
        let done = self.orders.iter().filter(|order| order.shop == shop && order.at == Completed);
        done.filter(is_open).filter(is_here).map(Order::left).sum()
    }

    /// What a batch claims of each shop, by the least that is paid out.
    pub fn claim(&mut self, least: i64) -> Vec<(usize, i64)> {
        let mut claimed = Vec::new();
        for shop in 0..self.purses.len() {
            // Only who is owed something is looked at.
            if self.purses[shop].payable == 0 {
                continue;
            }
            self.square(shop);
            let contested = self.contested(shop);
            let purse = &mut self.purses[shop];
            let netted = purse.payable.min(purse.debt);
            let amount = purse.payable - netted - contested;
            if amount >= least {
                purse.payable = contested;
                purse.debt -= netted;
                claimed.push((shop, amount));
            }
        }
        claimed
    }
}

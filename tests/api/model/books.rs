//! The small model: what anybody with a pencil would write down about sales, stock and money. It shares no line with the service.

use std::collections::BTreeMap;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
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
}

use At::{
    Accepted, AwaitingPayment, Cancelled, Completed, Declined, Delivered, Expired, Paid, Placed, Shipped,
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
        }
    }
}

/// One order.
#[derive(Clone, Debug)]
pub struct Order {
    pub purchase: usize,
    pub shop: usize,
    /// Article and pieces.
    pub lines: Vec<(usize, i64)>,
    pub total: i64,
    pub at: At,
    /// What is owed or was given back.
    pub back: i64,
    /// The shop has the buyer's cash, and it is not yet set off.
    pub cash_due: bool,
}

/// One purchase.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub is_cash: bool,
    /// The money came in advance.
    pub came: bool,
    pub orders: Vec<usize>,
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
}

impl Books {
    /// True if so many pieces can be promised.
    pub fn has(&self, lines: &[(usize, i64)]) -> bool {
        let free = |article: usize| self.shelves[article].on_hand - self.shelves[article].reserved;
        lines.iter().all(|(article, pieces)| free(*article) >= *pieces)
    }

    /// Orders by shop, with what each costs.
    pub fn buy(&mut self, is_cash: bool, parts: BTreeMap<usize, (Vec<(usize, i64)>, i64)>) -> usize {
        let purchase = self.purchases.len();
        let mut orders = Vec::new();
        for (shop, (lines, total)) in parts {
            for (article, pieces) in &lines {
                self.shelves[*article].reserved += pieces;
            }
            orders.push(self.orders.len());
            let at = if is_cash { Placed } else { AwaitingPayment };
            self.orders.push(Order { purchase, shop, lines, total, at, back: 0, cash_due: false });
        }
        self.purchases.push(Purchase { is_cash, came: false, orders });
        purchase
    }

    /// The money of a purchase comes; false if the service must say no.
    pub fn pay(&mut self, purchase: usize) -> bool {
        let Purchase { is_cash, came, orders } = self.purchases[purchase].clone();
        if is_cash {
            return false;
        }
        if came {
            return true;
        }
        self.purchases[purchase].came = true;
        let all: Vec<(usize, i64)> =
            orders.iter().flat_map(|order| self.orders[*order].lines.clone()).collect();
        let expired = orders.iter().all(|order| self.orders[*order].at == Expired);
        let open = orders.iter().all(|order| self.orders[*order].at == AwaitingPayment);
        let in_time = open || (expired && self.has(&all));
        if !in_time {
            // Too late: all of it goes back.
            for order in orders {
                self.orders[order].back = self.orders[order].total;
            }
            return true;
        }
        for order in orders {
            let Order { shop, lines, total, .. } = self.orders[order].clone();
            for (article, pieces) in lines {
                self.shelves[article].on_hand -= pieces;
                self.shelves[article].reserved -= if open { pieces } else { 0 };
            }
            self.orders[order].at = Paid;
            self.purses[shop].held += total;
        }
        true
    }

    /// The payment fails; false if the service must say no.
    pub fn fail(&mut self, purchase: usize) -> bool {
        let Purchase { is_cash, orders, .. } = self.purchases[purchase].clone();
        let open = orders.iter().all(|order| self.orders[*order].at == AwaitingPayment);
        if is_cash || !open {
            return false;
        }
        orders.into_iter().for_each(|order| self.end(order, Cancelled));
        true
    }

    /// The time to pay is over.
    pub fn expire(&mut self) {
        for order in 0..self.orders.len() {
            if self.orders[order].at == AwaitingPayment {
                self.end(order, Expired);
            }
        }
        self.square();
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
                for (article, pieces) in self.orders[order].lines.clone() {
                    self.shelves[article].on_hand -= pieces;
                    self.shelves[article].reserved -= pieces;
                }
                self.orders[order].at = Accepted;
            }
            (Act::Accept, Paid) => self.orders[order].at = Accepted,
            (Act::Ship, Accepted) => self.orders[order].at = Shipped,
            (Act::Deliver, Shipped) => {
                self.collect(order);
                self.orders[order].at = Delivered;
            }
            (Act::Receive, Shipped | Delivered) => {
                if at == Shipped {
                    self.collect(order);
                }
                self.complete(order);
            }
            _ => return false,
        }
        true
    }

    /// Cash changes hands with the goods.
    fn collect(&mut self, order: usize) {
        if self.is_cash(order) {
            let Order { shop, total, .. } = self.orders[order];
            self.purses[shop].held += total;
        }
    }

    fn is_cash(&self, order: usize) -> bool {
        self.purchases[self.orders[order].purchase].is_cash
    }

    fn complete(&mut self, order: usize) {
        let is_cash = self.is_cash(order);
        let row = &mut self.orders[order];
        row.at = Completed;
        row.cash_due = is_cash;
        let left = row.total - row.back;
        let purse = &mut self.purses[row.shop];
        purse.held -= left;
        // A debt is paid out of what the platform has; cash the shop has already.
        let netted = if is_cash { 0 } else { left.min(purse.debt) };
        purse.payable += left - netted;
        purse.debt -= netted;
    }

    /// An order ends without a sale: goods and money go back.
    fn end(&mut self, order: usize, to: At) {
        let row = self.orders[order].clone();
        let reserved = matches!(row.at, AwaitingPayment | Placed);
        for (article, pieces) in row.lines {
            match reserved {
                true => self.shelves[article].reserved -= pieces,
                false => self.shelves[article].on_hand += pieces,
            }
        }
        if self.purchases[row.purchase].came {
            self.purses[row.shop].held -= row.total - row.back;
            self.orders[order].back = row.total;
        }
        self.orders[order].at = to;
    }

    /// Finance gives back a part; false if the service must say no.
    pub fn give_back(&mut self, order: usize, amount: i64) -> bool {
        let row = &mut self.orders[order];
        if amount <= 0 || row.back + amount > row.total {
            return false;
        }
        let is_cash = self.purchases[row.purchase].is_cash;
        let purse = &mut self.purses[row.shop];
        match row.at {
            Paid | Accepted | Shipped if !is_cash => purse.held -= amount,
            Delivered => purse.held -= amount,
            Completed => {
                let from_payable = amount.min(purse.payable);
                purse.payable -= from_payable;
                purse.debt += amount - from_payable;
            }
            _ => return false,
        }
        row.back += amount;
        true
    }

    /// Cash that shops have is set against what they are owed.
    pub fn square(&mut self) {
        (0..self.purses.len()).for_each(|shop| self.square_one(shop));
    }

    fn square_one(&mut self, shop: usize) {
        for order in self.orders.iter_mut().filter(|order| order.cash_due && order.shop == shop) {
            order.cash_due = false;
            let purse = &mut self.purses[order.shop];
            let from_payable = order.total.min(purse.payable);
            purse.payable -= from_payable;
            purse.debt += order.total - from_payable;
        }
    }

    /// What a batch claims of each shop, by the least that is paid out.
    pub fn claim(&mut self, least: i64) -> Vec<(usize, i64)> {
        let mut claimed = Vec::new();
        for shop in 0..self.purses.len() {
            // Only who is owed something is looked at.
            if self.purses[shop].payable == 0 {
                continue;
            }
            self.square_one(shop);
            let purse = &mut self.purses[shop];
            let netted = purse.payable.min(purse.debt);
            let amount = purse.payable - netted;
            if amount >= least {
                purse.payable = 0;
                purse.debt -= netted;
                claimed.push((shop, amount));
            }
        }
        claimed
    }
}

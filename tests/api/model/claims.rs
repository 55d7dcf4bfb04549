//! The model's half about claims: refunds, returns and quarrels.

use super::books::{At, Books, Order};

/// What is to go back of an order.
#[derive(Clone, Debug)]
pub enum Give {
    Whole,
    Amount(i64),
    /// Pieces of lines, and whether the shipping goes with them.
    Returned(Vec<(usize, i64)>, bool),
}

/// Where a return stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnAt {
    Requested,
    Approved,
    ShippedBack,
    Received,
    GivenUp,
}

/// Goods on their way back.
#[derive(Clone, Debug)]
pub struct Return {
    /// Line of the order, and pieces.
    pub lines: Vec<(usize, i64)>,
    pub at: ReturnAt,
    /// The shop is to blame, so that it pays for the shipping, too.
    pub blames_shop: bool,
}

impl Return {
    pub fn is_open(&self) -> bool {
        matches!(self.at, ReturnAt::Requested | ReturnAt::Approved | ReturnAt::ShippedBack)
    }
}

/// What one side says about a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Approve,
    Refuse,
    Withdraw,
    ShipBack,
}

/// What the office decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Nothing,
    Part(i64),
    /// Whether the goods can be sold again.
    Full(bool),
}

/// Shares of an amount by weight, the largest remainders first, of those the earlier ones.
fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
    let all: i64 = weights.iter().sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i64> = weights.iter().map(|weight| amount * weight / all).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| (-(amount * weights[*at] % all), *at));
    let missing = amount - parts.iter().sum::<i64>();
    for at in order.into_iter().take(usize::try_from(missing).unwrap()) {
        parts[at] += 1;
    }
    parts
}

impl Order {
    fn open_returns(&self) -> usize {
        self.returns.iter().filter(|claim| claim.is_open()).count()
    }

    fn nothing_is_left(&self) -> bool {
        self.lines.iter().all(|line| line.returned == line.pieces)
    }

    /// Money and pieces for each line, then for the shipping; nothing if it is more than is left.
    fn shares(&self, give: &Give) -> Option<Vec<(i64, i64)>> {
        let mut left: Vec<i64> = self.lines.iter().map(|line| line.paid - line.back).collect();
        left.push(self.shipping - self.shipping_back);
        match give {
            Give::Whole => {
                let pieces = self.lines.iter().map(|line| line.pieces - line.back_pieces).chain([0]);
                Some(left.into_iter().zip(pieces).collect())
            }
            Give::Amount(amount) if *amount > left.iter().sum() => None,
            Give::Amount(amount) => Some(split(*amount, &left).into_iter().map(|part| (part, 0)).collect()),
            Give::Returned(lines, shipping) => {
                let mut shares = vec![(0, 0); left.len()];
                for (at, pieces) in lines {
                    let line = &self.lines[*at];
                    let pieces = *pieces.min(&(line.pieces - line.back_pieces));
                    if pieces > 0 {
                        // All pieces together are worth what was paid, to the rupiah.
                        let gone = line.paid * (line.back_pieces + pieces) / line.pieces;
                        shares[*at] = ((gone - line.back).clamp(0, left[*at]), pieces);
                    }
                }
                if *shipping {
                    shares[self.lines.len()] = (left[self.lines.len()], 0);
                }
                Some(shares)
            }
        }
    }
}

impl Books {
    pub fn has_claims(&self, order: usize) -> bool {
        self.orders[order].dispute.is_some() || self.orders[order].open_returns() > 0
    }

    /// Gives back; how much, or nothing if the service must say no.
    pub fn give(&mut self, order: usize, give: &Give) -> Option<i64> {
        let row = &mut self.orders[order];
        let shares = row.shares(give)?;
        let amount: i64 = shares.iter().map(|(amount, _)| amount).sum();
        if amount == 0 {
            return Some(0);
        }
        if !row.was_held {
            return None;
        }
        let purse = &mut self.purses[row.shop];
        if row.was_released {
            let from_payable = amount.min(purse.payable);
            purse.payable -= from_payable;
            purse.debt += amount - from_payable;
            self.clawed_back += amount - from_payable;
        } else {
            purse.held -= amount;
        }
        row.shipping_back += shares[row.lines.len()].0;
        for (line, (amount, pieces)) in row.lines.iter_mut().zip(shares) {
            line.back += amount;
            line.back_pieces += pieces;
        }
        Some(amount)
    }

    /// The buyer wants to give pieces back.
    pub fn ask(&mut self, order: usize, lines: &[(usize, i64)], blames_shop: bool) -> bool {
        let row = &mut self.orders[order];
        let there = |(at, pieces): &(usize, i64)| {
            *pieces > 0 && row.lines[*at].returned + pieces <= row.lines[*at].pieces
        };
        if !matches!(row.at, At::Delivered | At::Completed)
            || row.dispute.is_some()
            || !lines.iter().all(there)
        {
            return false;
        }
        lines.iter().for_each(|(at, pieces)| row.lines[*at].returned += pieces);
        row.returns.push(Return { lines: lines.to_vec(), at: ReturnAt::Requested, blames_shop });
        true
    }

    /// One side answers.
    pub fn answer(&mut self, order: usize, claim: usize, answer: Answer) -> bool {
        let row = &mut self.orders[order];
        let to = match (answer, row.returns[claim].at) {
            (Answer::Approve, ReturnAt::Requested) => ReturnAt::Approved,
            (Answer::Refuse, ReturnAt::Requested)
            | (Answer::Withdraw, ReturnAt::Requested | ReturnAt::Approved) => ReturnAt::GivenUp,
            (Answer::ShipBack, ReturnAt::Approved) => ReturnAt::ShippedBack,
            _ => return false,
        };
        if to == ReturnAt::GivenUp {
            give_up(row, claim);
        }
        row.returns[claim].at = to;
        true
    }

    /// The shop has the pieces; how much goes back for them.
    pub fn receive(&mut self, order: usize, claim: usize, are_good: bool) -> Option<i64> {
        let Return { lines, at, blames_shop } = self.orders[order].returns[claim].clone();
        if !matches!(at, ReturnAt::Approved | ReturnAt::ShippedBack) {
            return None;
        }
        for (line, pieces) in lines.iter().filter(|_| are_good) {
            self.shelves[self.orders[order].lines[*line].article].on_hand += pieces;
        }
        let row = &self.orders[order];
        let shipping = row.nothing_is_left() && blames_shop && row.open_returns() == 1;
        let given = self.give(order, &Give::Returned(lines, shipping));
        self.orders[order].returns[claim].at = ReturnAt::Received;
        if self.orders[order].nothing_is_left() && !self.has_claims(order) {
            self.come_back(order, true);
        }
        given
    }

    /// Nothing of it is left with the buyer.
    fn come_back(&mut self, order: usize, is_paid: bool) {
        self.orders[order].at = At::Returned;
        if is_paid && !self.orders[order].was_released {
            self.release(order);
        }
    }

    /// One side asks the office.
    pub fn quarrel(&mut self, order: usize, by_shop: bool) -> bool {
        let row = &mut self.orders[order];
        let may = row.dispute.is_none() && matches!(row.at, At::Shipped | At::Delivered | At::Completed);
        if may {
            row.dispute = Some(by_shop);
        }
        may
    }

    /// Whoever asked thinks better of it.
    pub fn make_up(&mut self, order: usize, by_shop: bool) -> bool {
        let may = self.orders[order].dispute == Some(by_shop);
        if may {
            self.orders[order].dispute = None;
        }
        may
    }

    /// The office decides; how much goes back.
    pub fn rule(&mut self, order: usize, ruling: Ruling) -> Option<i64> {
        self.orders[order].dispute?;
        // Cash that nobody took cannot go back.
        let is_paid = self.orders[order].was_held;
        let given = match ruling {
            Ruling::Part(amount) if is_paid => self.give(order, &Give::Amount(amount))?,
            Ruling::Full(_) if is_paid => self.give(order, &Give::Whole)?,
            _ => 0,
        };
        let row = &mut self.orders[order];
        row.dispute = None;
        for claim in 0..row.returns.len() {
            if row.returns[claim].is_open() {
                give_up(row, claim);
            }
        }
        let is_cash = self.is_cash(order);
        let row = &mut self.orders[order];
        if let Ruling::Full(are_good) = ruling {
            for line in row.lines.iter().filter(|_| are_good) {
                self.shelves[line.article].on_hand += line.pieces - line.returned;
            }
            self.come_back(order, is_paid);
        } else if row.at == At::Shipped && !is_cash {
            // Decided as if it came.
            row.at = At::Delivered;
        }
        Some(given)
    }
}

fn give_up(row: &mut Order, claim: usize) {
    row.returns[claim].at = ReturnAt::GivenUp;
    for (at, pieces) in row.returns[claim].lines.clone() {
        row.lines[at].returned -= pieces;
    }
}

//! How much of an order goes back, and for which of its lines: pure rules.

use crate::kernel::{MoneyError, OrderLineId, Rupiah};

/// What is to go back of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Give {
    /// Everything that has not gone back yet.
    Whole,
    /// Pieces of lines, and a part of the shipping.
    Lines {
        /// Which, and how many pieces.
        lines: Vec<(OrderLineId, i32)>,
        /// Of what was paid for shipping.
        shipping: Rupiah,
    },
    /// Pieces that came back, as far as nothing went back for them before.
    Returned {
        /// Which, and how many pieces.
        lines: Vec<(OrderLineId, i32)>,
        /// With what is left of the shipping.
        shipping: bool,
    },
    /// An amount, spread over everything that is left.
    Amount(Rupiah),
}

/// A line of an order, or its shipping, with what went back of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `None` for the shipping.
    pub line_id: Option<OrderLineId>,
    /// Pieces; 1 for the shipping.
    pub quantity: i32,
    /// What the buyer paid for it, discounts and taxes included.
    pub paid: Rupiah,
    /// Pieces that went back.
    pub back_quantity: i32,
    /// Money that went back.
    pub back: Rupiah,
}

/// What goes back for one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// `None` for the shipping.
    pub line_id: Option<OrderLineId>,
    /// Pieces; 0 where only money goes back.
    pub quantity: i32,
    /// How much.
    pub amount: Rupiah,
}

/// Why it cannot go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundFault {
    /// More than is left.
    TooMuch,
    /// The order has no such line.
    UnknownLine,
    /// The amounts cannot be.
    Money(MoneyError),
}

impl From<MoneyError> for RefundFault {
    fn from(error: MoneyError) -> Self {
        Self::Money(error)
    }
}

impl Row {
    fn left(&self) -> Rupiah {
        self.paid.minus(self.back).unwrap_or(Rupiah::ZERO)
    }

    /// The money for the next `quantity` pieces: all pieces together are always worth exactly what was paid.
    fn worth(&self, quantity: i32) -> Result<Rupiah, RefundFault> {
        let gone = self.back_quantity.checked_add(quantity).ok_or(RefundFault::TooMuch)?;
        if quantity <= 0 || gone > self.quantity {
            return Err(RefundFault::TooMuch);
        }
        let all = i128::from(self.paid.get()) * i128::from(gone) / i128::from(self.quantity.max(1));
        let all = i64::try_from(all).map_err(|_| MoneyError::Overflow)?;
        let next = (all - self.back.get()).max(0);
        Ok(Rupiah::new(next)?.min(self.left()))
    }
}

/// What goes back for which row; rows for which nothing goes back are left out.
pub fn shares(rows: &[Row], give: &Give) -> Result<Vec<Share>, RefundFault> {
    let shares = match give {
        Give::Whole => rows.iter().map(whole).collect(),
        Give::Lines { lines, shipping } => of_lines(rows, lines, *shipping)?,
        Give::Returned { lines, shipping } => of_returned(rows, lines, *shipping)?,
        Give::Amount(amount) => of_amount(rows, *amount)?,
    };
    Ok(shares.into_iter().filter(|share| !share.amount.is_zero() || share.quantity > 0).collect())
}

fn whole(row: &Row) -> Share {
    let quantity = if row.line_id.is_some() { row.quantity - row.back_quantity } else { 0 };
    Share { line_id: row.line_id, quantity, amount: row.left() }
}

fn of_lines(rows: &[Row], lines: &[(OrderLineId, i32)], shipping: Rupiah) -> Result<Vec<Share>, RefundFault> {
    let mut shares = Vec::with_capacity(lines.len() + 1);
    for (line_id, quantity) in lines {
        let row = rows.iter().find(|row| row.line_id == Some(*line_id)).ok_or(RefundFault::UnknownLine)?;
        shares.push(Share { line_id: row.line_id, quantity: *quantity, amount: row.worth(*quantity)? });
    }
    if !shipping.is_zero() {
        let row = rows.iter().find(|row| row.line_id.is_none()).ok_or(RefundFault::TooMuch)?;
        if shipping > row.left() {
            return Err(RefundFault::TooMuch);
        }
        shares.push(Share { line_id: None, quantity: 0, amount: shipping });
    }
    Ok(shares)
}

/// Pieces that were paid back by hand before they came are not paid back again, and keep nobody from receiving them.
fn of_returned(
    rows: &[Row],
    lines: &[(OrderLineId, i32)],
    shipping: bool,
) -> Result<Vec<Share>, RefundFault> {
    let mut shares = Vec::with_capacity(lines.len() + 1);
    for (line_id, quantity) in lines {
        let row = rows.iter().find(|row| row.line_id == Some(*line_id)).ok_or(RefundFault::UnknownLine)?;
        let quantity = (*quantity).min(row.quantity - row.back_quantity);
        if quantity > 0 {
            shares.push(Share { line_id: row.line_id, quantity, amount: row.worth(quantity)? });
        }
    }
    if shipping {
        let left = rows.iter().filter(|row| row.line_id.is_none());
        shares.extend(left.map(|row| Share { line_id: None, quantity: 0, amount: row.left() }));
    }
    Ok(shares)
}

fn of_amount(rows: &[Row], amount: Rupiah) -> Result<Vec<Share>, RefundFault> {
    let left: Vec<i64> = rows.iter().map(|row| row.left().get()).collect();
    if amount.get() > left.iter().sum() {
        return Err(RefundFault::TooMuch);
    }
    let amounts = amount.split(&left);
    let share = |(row, amount): (&Row, Rupiah)| Share { line_id: row.line_id, quantity: 0, amount };
    Ok(rows.iter().zip(amounts).map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rp(amount: i64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    fn row(paid: i64, quantity: i32) -> Row {
        let line_id = Some(OrderLineId::generate());
        Row { line_id, quantity, paid: rp(paid), back_quantity: 0, back: Rupiah::ZERO }
    }

    fn apply(rows: &mut [Row], shares: &[Share]) {
        for share in shares {
            let row = rows.iter_mut().find(|row| row.line_id == share.line_id).unwrap();
            row.back = row.back.plus(share.amount).unwrap();
            row.back_quantity += share.quantity;
        }
    }

    #[test]
    fn pieces_one_by_one_are_worth_the_whole_line() {
        let mut rows = vec![row(10_000, 3), Row { line_id: None, ..row(5_000, 1) }];
        let line = rows[0].line_id.unwrap();
        let mut amounts = Vec::new();
        for _ in 0..3 {
            let one = Give::Lines { lines: vec![(line, 1)], shipping: Rupiah::ZERO };
            let given = shares(&rows, &one).unwrap();
            amounts.push(given[0].amount.get());
            apply(&mut rows, &given);
        }
        assert_eq!(amounts, [3_333, 3_333, 3_334]);
        let more = Give::Lines { lines: vec![(line, 1)], shipping: Rupiah::ZERO };
        assert_eq!(shares(&rows, &more), Err(RefundFault::TooMuch));
        assert_eq!(shares(&rows, &Give::Amount(rp(5_001))), Err(RefundFault::TooMuch));
        assert_eq!(shares(&rows, &Give::Whole).unwrap().len(), 1);
    }

    #[test]
    fn a_line_of_another_order_is_unknown() {
        let give = Give::Lines { lines: vec![(OrderLineId::generate(), 1)], shipping: Rupiah::ZERO };
        assert_eq!(shares(&[row(10, 1)], &give), Err(RefundFault::UnknownLine));
    }

    #[test]
    fn what_came_back_is_paid_back_once() {
        let mut rows = vec![row(9_000, 3), Row { line_id: None, ..row(5_000, 1) }];
        let line = rows[0].line_id.unwrap();
        let by_hand = Give::Lines { lines: vec![(line, 2)], shipping: rp(2_000) };
        let given = shares(&rows, &by_hand).unwrap();
        apply(&mut rows, &given);
        let returned = |shipping| Give::Returned { lines: vec![(line, 3)], shipping };
        let given = shares(&rows, &returned(true)).unwrap();
        let rest: Vec<_> = given.iter().map(|share| (share.quantity, share.amount.get())).collect();
        assert_eq!(rest, [(1, 3_000), (0, 3_000)]);
        apply(&mut rows, &given);
        assert_eq!(shares(&rows, &returned(true)), Ok(Vec::new()));
        let foreign = Give::Returned { lines: vec![(OrderLineId::generate(), 1)], shipping: false };
        assert_eq!(shares(&rows, &foreign), Err(RefundFault::UnknownLine));
    }

    proptest! {
        #[test]
        fn what_goes_back_never_exceeds_what_was_paid(
            paid in prop::collection::vec((0..5_000_000i64, 1..20i32), 1..8),
            steps in prop::collection::vec((0..4u8, 0..8usize, 1..5i32, 0..2_000_000i64), 0..30),
        ) {
            let mut rows: Vec<Row> = paid.iter().map(|(paid, quantity)| row(*paid, *quantity)).collect();
            let total: i64 = paid.iter().map(|(paid, _)| paid).sum();
            for (kind, at, quantity, amount) in steps {
                let pieces = vec![(rows[at % rows.len()].line_id.unwrap(), quantity)];
                let give = match kind {
                    0 => Give::Amount(rp(amount)),
                    1 => Give::Lines { lines: pieces, shipping: rp(0) },
                    2 => Give::Returned { lines: pieces, shipping: true },
                    _ => continue,
                };
                let never_refused = matches!(give, Give::Returned { .. });
                let given = shares(&rows, &give);
                prop_assert!(!never_refused || given.is_ok());
                if let Ok(given) = given {
                    if let Give::Amount(amount) = give {
                        prop_assert_eq!(given.iter().map(|share| share.amount.get()).sum::<i64>(), amount.get());
                    }
                    apply(&mut rows, &given);
                }
                for row in &rows {
                    prop_assert!(row.back <= row.paid && row.back_quantity <= row.quantity);
                }
            }
            let rest = shares(&rows, &Give::Whole).unwrap();
            apply(&mut rows, &rest);
            prop_assert_eq!(rows.iter().map(|row| row.back.get()).sum::<i64>(), total);
        }
    }
}

//! Pure rules of commissions and payouts.

mod commission;

use super::entity::payout::Status;

pub use commission::{Charge, Goods, Parents, Rule, charges, kept};

/// Every legal move of a payout.
const MOVES: &[(Status, Status)] = &[
    (Status::Pending, Status::Sent),
    (Status::Sent, Status::Paid),
    (Status::Sent, Status::Failed),
    (Status::Sent, Status::Unknown),
    (Status::Unknown, Status::Paid),
    (Status::Unknown, Status::Failed),
];

impl Status {
    /// True if a payout may move from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        MOVES.contains(&(self, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    #[test]
    fn what_was_handed_to_the_bank_is_never_handed_again() {
        for from in Status::iter().filter(|from| *from != Status::Pending) {
            assert!(!from.may_become(Status::Sent) && !from.may_become(Status::Pending), "{from:?}");
        }
        for end in [Status::Paid, Status::Failed] {
            assert!(Status::iter().all(|next| !end.may_become(next)), "{end:?}");
        }
    }
}

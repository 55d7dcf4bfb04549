//! The life of a product page: every legal move and who may make it.

use crate::catalog::entity::product::Status;
use crate::config::Moderation;

use Mover::{Clock, Office, Shop};
use Status::{Archived, Draft, InReview, OnHold, Published, Scheduled};

/// Who moves a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mover {
    /// A member of the shop.
    Shop,
    /// An officer.
    Office,
    /// The clock.
    Clock,
}

/// Every legal move. There is no other list.
const MOVES: &[(Status, Status, &[Mover])] = &[
    (Draft, Published, &[Shop]),
    (Draft, Scheduled, &[Shop]),
    (Draft, InReview, &[Shop]),
    (Draft, Archived, &[Shop]),
    (InReview, Published, &[Office]),
    // Approved before its time has come.
    (InReview, Scheduled, &[Office]),
    (InReview, Draft, &[Office, Shop]),
    (InReview, Archived, &[Shop]),
    (Scheduled, Published, &[Clock, Shop]),
    // Changed after it was looked at.
    (Scheduled, InReview, &[Shop]),
    // The clock gives it back when the shop may not sell by then.
    (Scheduled, Draft, &[Shop, Clock]),
    (Scheduled, Archived, &[Shop]),
    (Published, Draft, &[Shop, Office]),
    (Published, Archived, &[Shop]),
    // A paper is missing, or came.
    (Published, OnHold, &[Clock, Office]),
    (OnHold, Published, &[Clock, Office]),
    (OnHold, Draft, &[Shop, Office]),
    (OnHold, Archived, &[Shop]),
    (Archived, Draft, &[Shop]),
    (Archived, Published, &[Shop]),
    (Archived, Scheduled, &[Shop]),
    (Archived, InReview, &[Shop]),
];

impl Status {
    /// True if `mover` may move a product from here to `next`.
    pub fn may_become(self, next: Self, mover: Mover) -> bool {
        MOVES.iter().any(|(from, to, movers)| *from == self && *to == next && movers.contains(&mover))
    }

    /// True if only the shop knows of it, and nobody else soon will.
    pub const fn is_hidden(self) -> bool {
        matches!(self, Draft | Archived)
    }

    /// True if the public sees it, or did until a paper was missing.
    pub const fn was_shown(self) -> bool {
        matches!(self, Published | OnHold)
    }
}

impl Moderation {
    /// True if an officer looks at a product before the public does. `before`: the public has seen it before.
    pub fn holds_back(self, before: bool) -> bool {
        match self {
            Self::Off => false,
            Self::New => !before,
            Self::All => true,
        }
    }

    /// True if an edit of what the public sees waits.
    pub fn holds_edits(self, status: Status) -> bool {
        self == Self::All && status.was_shown()
    }

    /// True if a product was looked at before its time has come, so that it is looked at again when it changes.
    pub fn looks_again(self, status: Status) -> bool {
        self != Self::Off && status == Scheduled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    #[test]
    fn only_the_office_lets_pass_what_is_in_review() {
        for next in [Published, Scheduled] {
            assert!(InReview.may_become(next, Office));
            assert!(!InReview.may_become(next, Shop) && !InReview.may_become(next, Clock));
        }
        assert!(Status::iter().all(|status| !status.may_become(status, Shop)));
    }

    #[test]
    fn a_shop_finds_its_way_back_from_everywhere() {
        for status in [InReview, Scheduled, Published, Archived] {
            assert!(status.may_become(Draft, Shop), "{status:?}");
        }
    }

    #[test]
    fn what_is_hidden_was_not_shown() {
        assert!(Status::iter().all(|status| !(status.is_hidden() && status.was_shown())));
        let between: Vec<Status> =
            Status::iter().filter(|status| !status.is_hidden() && !status.was_shown()).collect();
        assert_eq!(between, [InReview, Scheduled]);
    }

    #[test]
    fn new_means_never_seen_before() {
        assert!(!Moderation::Off.holds_back(false));
        assert!(Moderation::New.holds_back(false) && !Moderation::New.holds_back(true));
        assert!(Moderation::All.holds_back(true) && Moderation::All.holds_edits(Published));
        assert!(!Moderation::New.holds_edits(Published) && !Moderation::All.holds_edits(Draft));
    }
}

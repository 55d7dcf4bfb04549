//! The state machine of returns: pure rules.

use serde::Serialize;
use utoipa::ToSchema;

use crate::orders::entity::event::Actor::{self, Buyer, Officer, System, Vendor};
use crate::orders::entity::returns::Status::{
    self, Approved, Lapsed, Received, Refused, Requested, ShippedBack, Withdrawn,
};

/// Every legal move and who may make it. There is no other list.
const MOVES: &[(Status, Status, &[Actor])] = &[
    // Who does not answer in time agrees.
    (Requested, Approved, &[Vendor, System]),
    (Requested, Refused, &[Vendor]),
    (Requested, Withdrawn, &[Buyer, Officer]),
    (Approved, ShippedBack, &[Buyer]),
    // Brought back by hand.
    (Approved, Received, &[Vendor]),
    (Approved, Withdrawn, &[Buyer, Officer]),
    (Approved, Lapsed, &[System]),
    (ShippedBack, Received, &[Vendor]),
    // A ruling took its place.
    (ShippedBack, Withdrawn, &[Officer]),
];

impl Status {
    /// True if `actor` may move a return from here to `next`.
    pub fn may_become(self, next: Self, actor: Actor) -> bool {
        MOVES.iter().any(|(from, to, actors)| *from == self && *to == next && actors.contains(&actor))
    }

    /// True while somebody has to do something.
    pub fn is_open(self) -> bool {
        MOVES.iter().any(|(from, ..)| *from == self)
    }

    /// True if the pieces do not go back after all.
    pub fn gives_up(self) -> bool {
        matches!(self, Refused | Withdrawn | Lapsed)
    }

    /// What `actor` may do next, as names of operations.
    pub fn allowed_actions(self, actor: Actor) -> Vec<ReturnAction> {
        let mine = ACTIONS.iter().filter(|(_, of, to)| *of == actor && self.may_become(*to, actor));
        mine.map(|(action, ..)| *action).collect()
    }
}

/// What a person can do with a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnAction {
    /// Keep the goods after all.
    Withdraw,
    /// Send them back.
    ShipBack,
    /// Agree.
    Approve,
    /// Disagree.
    Refuse,
    /// Say that they came back.
    Receive,
}

const ACTIONS: &[(ReturnAction, Actor, Status)] = &[
    (ReturnAction::Withdraw, Buyer, Withdrawn),
    (ReturnAction::ShipBack, Buyer, ShippedBack),
    (ReturnAction::Approve, Vendor, Approved),
    (ReturnAction::Refuse, Vendor, Refused),
    (ReturnAction::Receive, Vendor, Received),
];

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    #[test]
    fn what_is_received_or_given_up_stays_so() {
        for end in [Received, Refused, Withdrawn, Lapsed] {
            assert!(!end.is_open(), "{end:?}");
        }
        assert!([Requested, Approved, ShippedBack].into_iter().all(Status::is_open));
        assert!(Status::iter().filter(|status| status.gives_up()).all(|status| !status.is_open()));
    }

    #[test]
    fn only_the_shop_says_that_goods_came_back() {
        for actor in [Buyer, Officer, System] {
            assert!(Status::iter().all(|from| !from.may_become(Received, actor)), "{actor:?}");
        }
    }

    #[test]
    fn people_see_what_they_may_do() {
        use ReturnAction::{Approve, Receive, Refuse, ShipBack, Withdraw};
        assert_eq!(Requested.allowed_actions(Buyer), [Withdraw]);
        assert_eq!(Requested.allowed_actions(Vendor), [Approve, Refuse]);
        assert_eq!(Approved.allowed_actions(Buyer), [Withdraw, ShipBack]);
        assert_eq!(Approved.allowed_actions(Vendor), [Receive]);
        assert_eq!(ShippedBack.allowed_actions(Buyer), []);
        assert_eq!(ShippedBack.allowed_actions(Vendor), [Receive]);
        assert_eq!(Received.allowed_actions(Vendor), []);
    }
}

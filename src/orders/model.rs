//! The state machine of orders, and order numbers: pure rules.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::entity::event::Actor;
use super::entity::order::{DeliveryMethod, Status};
use super::entity::purchase::PaymentMethod;
use crate::kernel::OrderId;
pub use crate::kernel::ShippingAddress;

use Actor::{Buyer, Officer, System, Vendor};
use Status::{
    Accepted, AwaitingPayment, Cancelled, Completed, Declined, Delivered, Expired, Paid, Placed, Returned,
    Shipped,
};

/// Every legal move and who may make it. There is no other list.
const MOVES: &[(Status, Status, &[Actor])] = &[
    (AwaitingPayment, Paid, &[System, Officer]),
    (AwaitingPayment, Expired, &[System]),
    (AwaitingPayment, Cancelled, &[Buyer, System]),
    // A payment that comes after the deadline revives the order if the goods are still there.
    (Expired, Paid, &[System, Officer]),
    (Placed, Accepted, &[Vendor]),
    (Placed, Declined, &[Vendor]),
    (Placed, Cancelled, &[Buyer]),
    (Placed, Expired, &[System]),
    (Paid, Accepted, &[Vendor]),
    (Paid, Declined, &[Vendor]),
    (Paid, Cancelled, &[Buyer]),
    (Accepted, Shipped, &[Vendor]),
    (Accepted, Cancelled, &[Buyer]),
    (Shipped, Delivered, &[Vendor]),
    (Shipped, Completed, &[Buyer]),
    (Delivered, Completed, &[Buyer]),
    (Delivered, Returned, &[Officer]),
    // A shop takes back only what it sold itself, over the counter; the use case sees to that.
    (Completed, Returned, &[Officer, Vendor]),
];

impl Status {
    /// True if `actor` may move an order from here to `next`.
    pub fn may_become(self, next: Self, actor: Actor) -> bool {
        MOVES.iter().any(|(from, to, actors)| *from == self && *to == next && actors.contains(&actor))
    }

    /// True if the move is in the table at all.
    pub fn is_legal(self, next: Self) -> bool {
        MOVES.iter().any(|(from, to, _)| *from == self && *to == next)
    }

    /// What `actor` may do next, as names of operations.
    pub fn allowed_actions(self, actor: Actor) -> Vec<Action> {
        Action::ALL
            .into_iter()
            .filter(|action| action.actor() == actor && self.may_become(action.target(), actor))
            .collect()
    }

    /// True if the order has ended without a sale.
    pub fn is_void(self) -> bool {
        matches!(self, Expired | Declined | Cancelled | Returned)
    }
}

/// What a person can do with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Call it off.
    Cancel,
    /// Confirm that it came.
    Receive,
    /// Take it on.
    Accept,
    /// Refuse it.
    Decline,
    /// Send it.
    Ship,
    /// Hand it over.
    Deliver,
}

impl Action {
    const ALL: [Self; 6] =
        [Self::Cancel, Self::Receive, Self::Accept, Self::Decline, Self::Ship, Self::Deliver];

    fn actor(self) -> Actor {
        match self {
            Self::Cancel | Self::Receive => Buyer,
            _ => Vendor,
        }
    }

    fn target(self) -> Status {
        match self {
            Self::Cancel => Cancelled,
            Self::Receive => Completed,
            Self::Accept => Accepted,
            Self::Decline => Declined,
            Self::Ship => Shipped,
            Self::Deliver => Delivered,
        }
    }
}

impl PaymentMethod {
    /// Where an order that is paid this way begins.
    pub fn first_status(self) -> Status {
        match self {
            Self::Sandbox | Self::ManualTransfer => AwaitingPayment,
            Self::Cod => Placed,
            // What is paid and handed over begins where others end.
            Self::Cash => Completed,
        }
    }
}

/// The number people use for an order, e.g. `LPK-261124-7F3K9QXB`: the day in Jakarta and 40 random bits of the id.
///
/// It is not a gapless legal number; those are drawn when a document is issued.
pub fn order_number(id: OrderId, at: DateTime<Utc>) -> String {
    // Crockford's base 32: no letters that are mistaken for digits.
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let random = id.0.as_u128();
    let code: String =
        (0..8).rev().map(|place| char::from(DIGITS[((random >> (place * 5)) & 31) as usize])).collect();
    format!("LPK-{}-{code}", crate::kernel::clock::business_date(at).format("%y%m%d"))
}

/// How one shop's part of a purchase is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub method: DeliveryMethod,
    pub date: Option<chrono::NaiveDate>,
    pub window: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sea_orm::Iterable;

    #[test]
    fn nothing_leaves_a_final_state_but_returns_and_late_payments() {
        for end in [Declined, Cancelled, Returned] {
            assert!(Status::iter().all(|next| !end.is_legal(next)), "{end:?}");
        }
        assert_eq!(Status::iter().filter(|next| Completed.is_legal(*next)).collect::<Vec<_>>(), [Returned]);
        assert_eq!(Status::iter().filter(|next| Expired.is_legal(*next)).collect::<Vec<_>>(), [Paid]);
    }

    #[test]
    fn nothing_is_cancelled_once_it_is_shipped() {
        for from in [Shipped, Delivered, Completed] {
            assert!(!from.is_legal(Cancelled) && !from.is_legal(Declined), "{from:?}");
        }
    }

    #[test]
    fn people_see_what_they_may_do() {
        use Action::{Accept, Cancel, Decline, Deliver, Receive, Ship};
        assert_eq!(AwaitingPayment.allowed_actions(Buyer), [Cancel]);
        assert_eq!(AwaitingPayment.allowed_actions(Vendor), []);
        assert_eq!(Placed.allowed_actions(Vendor), [Accept, Decline]);
        assert_eq!(Paid.allowed_actions(Vendor), [Accept, Decline]);
        assert_eq!(Accepted.allowed_actions(Buyer), [Cancel]);
        assert_eq!(Accepted.allowed_actions(Vendor), [Ship]);
        assert_eq!(Shipped.allowed_actions(Buyer), [Receive]);
        assert_eq!(Shipped.allowed_actions(Vendor), [Deliver]);
        assert_eq!(Delivered.allowed_actions(Buyer), [Receive]);
        assert_eq!(Completed.allowed_actions(Buyer), []);
    }

    #[test]
    fn an_order_number_is_the_day_in_jakarta_and_a_code() {
        let id = OrderId("01932b5c-0000-7000-8000-0123456789ab".parse().unwrap());
        let late_evening_utc = "2026-11-23T18:00:00Z".parse().unwrap();
        let number = order_number(id, late_evening_utc);
        assert!(number.starts_with("LPK-261124-"), "{number}");
        assert_eq!(number.len(), 19);
    }

    proptest! {
        #[test]
        fn every_walk_ends(steps in prop::collection::vec(0..20usize, 0..30)) {
            // However people act, an order makes at most seven moves: the machine has no cycle.
            let mut at = AwaitingPayment;
            let mut moves = 0;
            for step in steps {
                let next: Vec<Status> = Status::iter().filter(|next| at.is_legal(*next)).collect();
                if next.is_empty() { break; }
                at = next[step % next.len()];
                moves += 1;
            }
            prop_assert!(moves <= 7);
        }
    }
}

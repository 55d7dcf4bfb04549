//! The state machine of orders, and order numbers: pure rules.

pub mod action;
pub mod deadline;
pub mod parcel;
pub mod returns;

use chrono::{DateTime, Utc};

use super::entity::event::Actor;
use super::entity::order::{DeliveryMethod, EndReason, Status};
use super::entity::purchase::PaymentMethod;
use crate::kernel::OrderId;
pub use crate::kernel::ShippingAddress;
pub use action::{Action, allowed_actions};

use Actor::{Buyer, Officer, System, Vendor};
use Status::{
    Accepted, AwaitingPayment, Cancelled, Completed, Declined, Delivered, Expired, Paid, Placed, Returned,
    Shipped,
};

/// Every legal move and who may make it. There is no other list.
const MOVES: &[(Status, Status, &[Actor])] = &[
    // The shop, where the buyer pays the shop; the use case sees to that.
    (AwaitingPayment, Paid, &[System, Officer, Vendor]),
    (AwaitingPayment, Expired, &[System]),
    (AwaitingPayment, Cancelled, &[Buyer, System]),
    // A payment that comes after the deadline revives the order if the goods are still there.
    (Expired, Paid, &[System, Officer, Vendor]),
    (Placed, Accepted, &[Vendor]),
    (Placed, Declined, &[Vendor]),
    (Placed, Cancelled, &[Buyer]),
    (Placed, Expired, &[System]),
    (Paid, Accepted, &[Vendor]),
    // The shop did not answer in time, and the money goes back.
    (Paid, Declined, &[Vendor, System]),
    (Paid, Cancelled, &[Buyer]),
    (Accepted, Shipped, &[Vendor]),
    // Only while no parcel has left.
    (Accepted, Cancelled, &[Buyer, Vendor]),
    // A ruling sends all of the money back, whatever has left.
    (Accepted, Returned, &[Officer]),
    // The buyer counted the last parcel before the shop said that it came, or the office ruled that it did.
    (Shipped, Delivered, &[Vendor, Buyer, Officer]),
    (Shipped, Completed, &[Buyer]),
    (Shipped, Returned, &[Officer]),
    (Delivered, Completed, &[Buyer, System]),
    // The shop has everything back.
    (Delivered, Returned, &[Officer, Vendor]),
    // The same after the end, or a sale over the counter that is undone; the use cases see to that.
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

    /// True if the order has ended without a sale.
    pub fn is_void(self) -> bool {
        matches!(self, Expired | Declined | Cancelled | Returned)
    }
}

impl EndReason {
    /// True if this is a reason of that side's.
    pub fn is_of(self, actor: Actor) -> bool {
        use EndReason::{
            Agreed, CannotDeliver, ChangedMind, FoundElsewhere, OrderedByMistake, Other, OutOfStock,
            ShopClosed, Suspicious, TooSlow, WrongAddress, WrongPrice,
        };
        match self {
            Agreed | Other => matches!(actor, Buyer | Vendor),
            ChangedMind | OrderedByMistake | FoundElsewhere | TooSlow | WrongAddress => actor == Buyer,
            OutOfStock | WrongPrice | CannotDeliver | ShopClosed | Suspicious => actor == Vendor,
            EndReason::NotAccepted | EndReason::NotPaid => actor == System,
        }
    }
}

impl PaymentMethod {
    /// Where an order that is paid this way begins.
    pub fn first_status(self) -> Status {
        match self {
            Self::Sandbox
            | Self::ManualTransfer
            | Self::Qris
            | Self::VirtualAccount
            | Self::DirectToVendor => AwaitingPayment,
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
    fn the_clock_ends_only_what_waits_for_somebody() {
        let by_clock = |from: Status| Status::iter().filter(move |to| from.may_become(*to, System));
        for from in [Accepted, Shipped, Completed] {
            assert_eq!(by_clock(from).count(), 0, "{from:?}");
        }
        assert_eq!(by_clock(Delivered).collect::<Vec<_>>(), [Completed]);
        assert_eq!(by_clock(Paid).collect::<Vec<_>>(), [Declined]);
    }

    #[test]
    fn every_reason_is_of_one_side_at_least() {
        for reason in EndReason::iter() {
            let sides = [Buyer, Vendor, System].into_iter().filter(|actor| reason.is_of(*actor)).count();
            let shared = matches!(reason, EndReason::Agreed | EndReason::Other);
            assert_eq!(sides, if shared { 2 } else { 1 }, "{reason:?}");
        }
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

//! The life of a shop.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vendors::entity::vendor::Status;
use crate::web::Role;

/// What moves a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The owner asks the office to look.
    Submit,
    /// An officer begins to look.
    Review,
    /// The office finds it in order.
    Verify,
    /// The office names what is to be put right.
    NeedsFix,
    /// The office sends it back as a whole.
    Reject,
    /// The office stops it.
    Suspend,
    /// The office lets it sell again.
    Reinstate,
    /// The owner closes it for a while.
    Deactivate,
    /// The owner opens it again.
    Reactivate,
    /// The owner gives it up.
    Withdraw,
    /// Its owner is known now, and goes on filling it in.
    Claim,
    /// Who claimed it was not its owner.
    Unclaim,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldReason {
    /// JSON pointer into the shop, e.g. `/nib`.
    #[schema(example = "/nib")]
    pub pointer: String,
    /// What is wrong; the owner reads it.
    pub reason: String,
}

/// One move of one shop.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What is done.
    pub act: Act,
    /// Why; the owner reads it.
    pub note: Option<String>,
    /// Why, field by field.
    pub reasons: Vec<FieldReason>,
}

impl Decision {
    /// A move without a word.
    pub const fn to(act: Act) -> Self {
        Self { act, note: None, reasons: Vec::new() }
    }
}

use Status::{Active, Draft, InReview, Inactive, NeedsFix, Submitted, Suspended, Unclaimed, Withdrawn};

/// Every move there is; there is no other list.
const MOVES: &[(Act, &[Status], Status)] = &[
    (Act::Submit, &[Draft, NeedsFix], Submitted),
    (Act::Review, &[Submitted], InReview),
    (Act::Verify, &[Submitted, InReview], Active),
    (Act::NeedsFix, &[Submitted, InReview], NeedsFix),
    (Act::Reject, &[Submitted, InReview], Draft),
    (Act::Suspend, &[Active, Inactive, Unclaimed], Suspended),
    (Act::Reinstate, &[Suspended], Active),
    (Act::Deactivate, &[Active], Inactive),
    (Act::Reactivate, &[Inactive], Active),
    // Who was stopped cannot slip away from what is being looked into.
    (Act::Withdraw, &[Draft, Submitted, InReview, NeedsFix, Active, Inactive], Withdrawn),
    (Act::Claim, &[Unclaimed], Draft),
    (Act::Unclaim, &[Draft, Submitted, InReview, NeedsFix, Active, Inactive, Suspended], Unclaimed),
];

impl Act {
    /// Every act.
    pub const ALL: [Self; 12] = [
        Self::Submit,
        Self::Review,
        Self::Verify,
        Self::NeedsFix,
        Self::Reject,
        Self::Suspend,
        Self::Reinstate,
        Self::Deactivate,
        Self::Reactivate,
        Self::Withdraw,
        Self::Claim,
        Self::Unclaim,
    ];

    /// Where the act leads from a status, if it is possible there.
    pub fn leads(self, from: Status) -> Option<Status> {
        let row = MOVES.iter().find(|(act, ..)| *act == self)?;
        row.1.contains(&from).then_some(row.2)
    }

    /// The same for a shop that is or is not verified: one that was stopped before it had an owner waits for one again.
    pub fn leads_for(self, from: Status, verified: bool) -> Option<Status> {
        let to = self.leads(from)?;
        Some(if self == Self::Reinstate && !verified { Unclaimed } else { to })
    }

    /// Its name in the audit trail.
    pub const fn deed(self) -> &'static str {
        match self {
            Self::Submit => "vendor.submitted",
            Self::Review => "vendor.review_begun",
            Self::Verify => "vendor.verified",
            Self::NeedsFix => "vendor.fix_asked",
            Self::Reject => "vendor.rejected",
            Self::Suspend => "vendor.suspended",
            Self::Reinstate => "vendor.reinstated",
            Self::Deactivate => "vendor.deactivated",
            Self::Reactivate => "vendor.reactivated",
            Self::Withdraw => "vendor.withdrawn",
            Self::Claim => "vendor.claimed",
            Self::Unclaim => "vendor.unclaimed",
        }
    }

    /// True for the acts of those who run the shop; the others are the office's.
    pub const fn is_owners(self) -> bool {
        matches!(self, Self::Submit | Self::Deactivate | Self::Reactivate | Self::Withdraw)
    }

    /// True if somebody with the role may do it.
    pub const fn is_for(self, role: Role) -> bool {
        match (self, role) {
            // With a code, or by an officer who names the owner; and back by a route of its own.
            (Self::Claim | Self::Unclaim, _) => false,
            (Self::Withdraw, _) => matches!(role, Role::VendorOwner),
            (_, Role::VendorOwner | Role::VendorManager) => self.is_owners(),
            (_, Role::Officer) => !self.is_owners(),
            _ => false,
        }
    }
}

impl Status {
    /// True if some act leads from here to there.
    pub fn may_become(self, next: Self) -> bool {
        // What its owner had closed before the office stopped it is reinstated closed.
        Act::ALL.iter().any(|act| act.leads(self) == Some(next)) || (self, next) == (Suspended, Inactive)
    }

    /// True if everybody can see the shop.
    pub const fn is_public(self) -> bool {
        matches!(self, Active | Unclaimed)
    }

    /// True if the shop can be ordered from.
    pub const fn sells(self) -> bool {
        matches!(self, Active)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn these_are_all_the_moves() {
        let moves =
            |from: Status| -> Vec<Status> { Status::iter().filter(|to| from.may_become(*to)).collect() };
        assert_eq!(moves(Draft), [Submitted, Withdrawn, Unclaimed]);
        assert_eq!(moves(Submitted), [Draft, InReview, NeedsFix, Active, Withdrawn, Unclaimed]);
        assert_eq!(moves(InReview), [Draft, NeedsFix, Active, Withdrawn, Unclaimed]);
        assert_eq!(moves(NeedsFix), [Submitted, Withdrawn, Unclaimed]);
        assert_eq!(moves(Active), [Suspended, Inactive, Withdrawn, Unclaimed]);
        assert_eq!(moves(Suspended), [Active, Inactive, Unclaimed]);
        assert_eq!(moves(Inactive), [Active, Suspended, Withdrawn, Unclaimed]);
        assert_eq!(moves(Withdrawn), []);
        assert_eq!(moves(Unclaimed), [Draft, Suspended]);
    }

    #[test]
    fn each_act_has_one_row_and_belongs_to_one_side() {
        for act in Act::ALL {
            assert_eq!(MOVES.iter().filter(|(row, ..)| *row == act).count(), 1, "{act:?}");
            let sides = [Role::VendorOwner, Role::Officer].map(|role| act.is_for(role));
            assert_eq!(sides.contains(&true), !matches!(act, Act::Claim | Act::Unclaim), "{act:?}");
            assert_ne!(sides, [true, true], "{act:?}");
            assert!(!act.is_for(Role::VendorStaff) && !act.is_for(Role::Buyer), "{act:?}");
        }
        assert!(!Act::Withdraw.is_for(Role::VendorManager));
    }

    proptest! {
        #[test]
        fn no_shop_sells_that_the_office_has_not_verified(acts in proptest::collection::vec(0_usize..12, 0..40)) {
            let (mut status, mut verified, mut stopped) = (Draft, false, false);
            for act in acts.into_iter().map(|at| Act::ALL[at]) {
                let Some(next) = act.leads_for(status, verified) else { continue };
                match act {
                    Act::Verify => verified = true,
                    Act::Suspend => stopped = true,
                    Act::Reinstate => stopped = false,
                    Act::Unclaim => (verified, stopped) = (false, false),
                    _ => {}
                }
                prop_assert!(status != Withdrawn, "nothing follows a withdrawal");
                status = next;
                prop_assert!(!status.sells() || (verified && !stopped));
            }
        }

        #[test]
        fn the_owner_alone_never_gets_out_of_a_stop(acts in proptest::collection::vec(0_usize..12, 0..40)) {
            let mut status = Suspended;
            for act in acts.into_iter().map(|at| Act::ALL[at]).filter(|act| act.is_owners()) {
                status = act.leads(status).unwrap_or(status);
            }
            prop_assert_eq!(status, Suspended);
        }
    }
}

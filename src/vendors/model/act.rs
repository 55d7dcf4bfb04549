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
    /// The office finds it in order.
    Verify,
    /// The office sends it back.
    Reject,
    /// The office stops it.
    Suspend,
    /// The office lets it sell again.
    Reinstate,
    /// Its owner is known now, and goes on filling it in.
    Claim,
}

/// One move of one shop.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What is done.
    pub act: Act,
    /// Why; the owner reads it.
    pub note: Option<String>,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 6] =
        [Self::Submit, Self::Verify, Self::Reject, Self::Suspend, Self::Reinstate, Self::Claim];

    /// Where the act leads from a status, if it is possible there: the only list of moves.
    pub const fn leads(self, from: Status) -> Option<Status> {
        use Status::{Active, Draft, Submitted, Suspended, Unclaimed};
        match (self, from) {
            (Self::Submit, Draft) => Some(Submitted),
            (Self::Verify, Submitted | Unclaimed) | (Self::Reinstate, Suspended) => Some(Active),
            (Self::Reject, Submitted) | (Self::Claim, Unclaimed) => Some(Draft),
            (Self::Suspend, Active | Unclaimed) => Some(Suspended),
            _ => None,
        }
    }

    /// Its name in the audit trail.
    pub const fn deed(self) -> &'static str {
        match self {
            Self::Submit => "vendor.submitted",
            Self::Verify => "vendor.verified",
            Self::Reject => "vendor.rejected",
            Self::Suspend => "vendor.suspended",
            Self::Reinstate => "vendor.reinstated",
            Self::Claim => "vendor.claimed",
        }
    }

    /// True for the acts of those who run the shop; the others are the office's.
    pub const fn is_for(self, role: Role) -> bool {
        match self {
            Self::Submit => matches!(role, Role::VendorOwner | Role::VendorManager),
            // With a code, or by an officer who names the owner.
            Self::Claim => false,
            _ => matches!(role, Role::Officer),
        }
    }
}

impl Status {
    /// True if some act leads from here to there.
    pub fn may_become(self, next: Self) -> bool {
        Act::ALL.iter().any(|act| act.leads(self) == Some(next))
    }

    /// True if everybody can see the shop.
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Active | Self::Unclaimed)
    }

    /// True if the shop can be ordered from.
    pub const fn sells(self) -> bool {
        matches!(self, Self::Active)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn these_are_all_the_moves() {
        let moves: Vec<(Status, Status)> = Status::iter()
            .flat_map(|from| Status::iter().map(move |to| (from, to)))
            .filter(|(from, to)| from.may_become(*to))
            .collect();
        use Status::{Active, Draft, Submitted, Suspended, Unclaimed};
        assert_eq!(
            moves,
            [
                (Draft, Submitted),
                (Submitted, Draft),
                (Submitted, Active),
                (Active, Suspended),
                (Suspended, Active),
                (Unclaimed, Draft),
                (Unclaimed, Active),
                (Unclaimed, Suspended),
            ]
        );
    }

    #[test]
    fn only_verification_and_reinstatement_open_a_shop() {
        for act in Act::ALL {
            for from in Status::iter() {
                if act.leads(from).is_some_and(Status::sells) {
                    assert!(act.is_for(Role::Officer) && !act.is_for(Role::VendorOwner));
                }
            }
        }
    }
}

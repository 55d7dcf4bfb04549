//! What people agree to, or not.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::fields::{Fault, text};

/// What somebody agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// The terms of use.
    Terms,
    /// The privacy notice.
    Privacy,
    /// Being told about offers.
    Marketing,
}

impl ConsentKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Terms, Self::Privacy, Self::Marketing];

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
            Self::Marketing => "marketing",
        }
    }
}

impl std::str::FromStr for ConsentKind {
    type Err = Fault;

    fn from_str(name: &str) -> Result<Self, Fault> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| {
            Fault::new("unknown", "Jenis persetujuan tidak dikenal.", "Unknown kind of consent.")
        })
    }
}

/// Edition of what somebody was shown.
pub fn edition(version: &str) -> Result<String, Fault> {
    text(version, 1, 40, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for kind in ConsentKind::ALL {
            assert_eq!(kind.name().parse::<ConsentKind>().unwrap(), kind);
        }
        assert!("cookies".parse::<ConsentKind>().is_err());
    }
}

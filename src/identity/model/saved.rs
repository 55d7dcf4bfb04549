//! Addresses that a person saves for the next order.

use crate::identity::entity::address;
use crate::kernel::fields::text;
use crate::kernel::{Fields, Problem, ShippingAddress};

/// An address with the name that its person knows it by.
#[derive(Clone, Debug)]
pub struct Saved {
    /// "Rumah", "Kantor".
    pub label: String,
    /// In its stored form.
    pub address: ShippingAddress,
    /// The one that is offered first.
    pub is_default: bool,
}

/// What is to be different. A member that is left out stays; nothing within `Some` takes the value away.
#[derive(Debug, Default)]
pub struct SavedChanges {
    pub label: Option<String>,
    pub recipient: Option<String>,
    pub phone: Option<String>,
    pub line: Option<String>,
    pub district_code: Option<String>,
    pub village_code: Option<Option<String>>,
    pub post_code: Option<Option<String>>,
    pub note: Option<Option<String>>,
    pub is_default: Option<bool>,
}

impl Saved {
    /// Checks the parts by the rules of the checkout; the problem names all faults.
    pub fn parse(label: &str, address: &ShippingAddress, is_default: bool) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let label = fields.take("/label", text(label, 1, 40, false));
        let address = address.check(&mut fields, "");
        match (label, address) {
            (Some(label), Some(address)) if !fields.any() => Ok(Self { label, address, is_default }),
            _ => Err(fields.into_problem()),
        }
    }
}

impl SavedChanges {
    /// The whole address after the changes, checked as a whole: a village must be of the district that it then has.
    pub fn apply(self, row: &address::Model) -> Result<Saved, Problem> {
        let or = |new: Option<String>, old: &str| new.unwrap_or_else(|| old.to_owned());
        let address = ShippingAddress {
            recipient: or(self.recipient, &row.recipient),
            phone: or(self.phone, &row.phone),
            line: or(self.line, &row.line),
            district_code: or(self.district_code, &row.district_code),
            village_code: self.village_code.unwrap_or_else(|| row.village_code.clone()),
            post_code: self.post_code.unwrap_or_else(|| row.post_code.clone()),
            note: self.note.unwrap_or_else(|| row.note.clone()),
        };
        let is_default = self.is_default.unwrap_or(row.is_default);
        Saved::parse(&or(self.label, &row.label), &address, is_default)
    }
}

//! Where goods go: the address of an order, and of a person who saves one for the next order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{Fields, text};
use super::region::{RegionCode, post_code};
use super::{Phone, UserId};

/// Stands where the name of a person stood who was erased.
pub const ERASED_NAME: &str = "Pengguna terhapus";

/// Where an order goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShippingAddress {
    pub recipient: String,
    /// Indonesian mobile number.
    pub phone: String,
    pub line: String,
    /// Kecamatan, e.g. `32.16.09`.
    pub district_code: String,
    /// Desa or kelurahan of that kecamatan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
    /// Landmark, e.g. "opposite the mosque".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl ShippingAddress {
    /// The address in its stored form; faults are pushed under the pointer `at`.
    pub fn check(&self, fields: &mut Fields, at: &str) -> Option<Self> {
        let under = |name: &str| format!("{at}/{name}");
        let recipient = fields.take(&under("recipient"), text(&self.recipient, 2, 100, false));
        let phone = fields.take(&under("phone"), Phone::parse(&self.phone));
        let line = fields.take(&under("line"), text(&self.line, 5, 300, true));
        let district = fields.take(&under("district_code"), RegionCode::district(&self.district_code));
        let village = match (district, &self.village_code) {
            (Some(district), Some(code)) => {
                fields.take(&under("village_code"), district.village(code)).map(Some)
            }
            _ => Some(None),
        };
        let post_code = fields.take_opt(&under("post_code"), self.post_code.as_deref().map(post_code));
        let note = self.note.as_deref().map(|note| text(note, 0, 300, true));
        let note = fields.take_opt(&under("note"), note);
        Some(Self {
            recipient: recipient?,
            phone: phone?.as_str().to_owned(),
            line: line?,
            district_code: district?.as_str().to_owned(),
            village_code: village?.map(|village| village.as_str().to_owned()),
            post_code: post_code?,
            note: note?.filter(|note| !note.is_empty()),
        })
    }

    /// What is left of an address when its person is erased: the district, for statistics.
    #[must_use]
    pub fn erased(district_code: &str) -> Self {
        Self {
            recipient: ERASED_NAME.to_owned(),
            phone: "-".to_owned(),
            line: "-".to_owned(),
            district_code: district_code.to_owned(),
            village_code: None,
            post_code: None,
            note: None,
        }
    }
}

/// The e-mail address of a person who was erased: nobody's, and different for each.
#[must_use]
pub fn erased_email(id: UserId) -> String {
    // No mail ever leaves for `.invalid` (RFC 2606).
    format!("erased-{id}@erased.invalid")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> ShippingAddress {
        ShippingAddress {
            recipient: " Ani ".into(),
            phone: "0812-3456-7890".into(),
            line: "Jl. Melati 5".into(),
            district_code: "32.16.01".into(),
            village_code: Some("32.16.01.1007".into()),
            post_code: Some(" 17210".into()),
            note: Some(" ".into()),
        }
    }

    #[test]
    fn an_address_is_stored_in_one_form() {
        let checked = address().check(&mut Fields::new(), "").unwrap();
        assert_eq!((checked.recipient.as_str(), checked.phone.as_str()), ("Ani", "+6281234567890"));
        assert_eq!((checked.post_code.as_deref(), checked.note), (Some("17210"), None));
    }

    #[test]
    fn every_fault_is_named_where_it_is() {
        let mut fields = Fields::new();
        let wrong = ShippingAddress { phone: "1".into(), district_code: "32.16.09".into(), ..address() };
        assert!(wrong.check(&mut fields, "/to").is_none());
        let pointers: Vec<_> = fields.into_errors().into_iter().map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/to/phone", "/to/village_code"]);
    }
}

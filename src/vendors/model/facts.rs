//! What an owner says about a shop.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::numbers::{Nib, Nik, Npwp};
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::region::{post_code, post_code_of};
use crate::kernel::{Phone, RegionCode};
use crate::vendors::entity::vendor::LegalForm;
use crate::vendors::error::two_people;

/// Where a shop is, in Kabupaten Bekasi.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressIn {
    /// Street, number, RT/RW.
    pub line: String,
    /// Ministry of Home Affairs code of the kecamatan.
    #[schema(example = "32.16.09")]
    pub district_code: String,
    /// The same of the desa or kelurahan.
    pub village_code: Option<String>,
    /// Taken from the village or district where that has one.
    pub post_code: Option<String>,
}

/// A checked address.
#[derive(Clone, Debug)]
pub struct Address {
    /// Street, number, RT/RW.
    pub line: String,
    /// Kecamatan.
    pub district: RegionCode,
    /// Desa or kelurahan.
    pub village: Option<RegionCode>,
    /// Five digits.
    pub post_code: Option<String>,
}

impl AddressIn {
    /// Checks the parts; faults go to `fields`.
    pub fn parse(&self, fields: &mut Fields) -> Option<Address> {
        self.parse_at("/address", fields)
    }

    /// The same under another pointer.
    pub fn parse_at(&self, at: &str, fields: &mut Fields) -> Option<Address> {
        let under = |name: &str| format!("{at}/{name}");
        let line = fields.take(&under("line"), text(&self.line, 1, 300, true));
        let district = fields.take(&under("district_code"), RegionCode::district(&self.district_code));
        let village = match (district, &self.village_code) {
            (Some(district), Some(code)) => {
                fields.take(&under("village_code"), district.village(code)).map(Some)
            }
            _ => Some(None),
        };
        let given = fields.take_opt(&under("post_code"), self.post_code.as_deref().map(post_code));
        let (line, district, village, given) = (line?, district?, village?, given?);
        let region = village.unwrap_or(district);
        Some(Address {
            line,
            district,
            village,
            post_code: given.or_else(|| post_code_of(region.as_str()).map(str::to_owned)),
        })
    }
}

/// Identity numbers, each if there is one.
#[derive(Clone, Default)]
pub struct Papers {
    /// Of the business.
    pub nib: Option<Nib>,
    /// Of the business or the owner.
    pub npwp: Option<Npwp>,
    /// Of the owner.
    pub nik: Option<Nik>,
}

/// A whole shop.
#[derive(Clone)]
pub struct Facts {
    /// As on the signboard.
    pub name: String,
    /// Who it belongs to.
    pub legal_form: LegalForm,
    /// Where buyers call.
    pub phone: Phone,
    /// Where it is.
    pub address: Address,
    /// In the owner's words.
    pub description: String,
    /// Identity numbers.
    pub papers: Papers,
}

/// What is to be different; `None` stays as it is, `Some(None)` is taken away.
#[derive(Clone, Default)]
pub struct Changes {
    /// As on the signboard.
    pub name: Option<String>,
    /// Who it belongs to.
    pub legal_form: Option<LegalForm>,
    /// Where buyers call.
    pub phone: Option<Phone>,
    /// Where it is, as a whole.
    pub address: Option<Address>,
    /// In the owner's words.
    pub description: Option<String>,
    /// Of the business.
    pub nib: Option<Option<Nib>>,
    /// Of the business or the owner.
    pub npwp: Option<Option<Npwp>>,
    /// Of the owner.
    pub nik: Option<Option<Nik>>,
}

/// The name of a shop.
pub fn name(value: &str) -> Result<String, Fault> {
    text(value, 2, 120, false)
}

/// The description of a shop.
pub fn description(value: &str) -> Result<String, Fault> {
    text(value, 0, 4000, true)
}

/// A note that goes with a decision.
pub fn note(value: &str) -> Result<String, Fault> {
    text(value, 3, 1000, true)
}

impl Papers {
    /// Checks the numbers and that they are of the same person; faults go to `fields`.
    pub fn parse(
        fields: &mut Fields,
        nib: Option<&str>,
        npwp: Option<&str>,
        nik: Option<&str>,
    ) -> Option<Self> {
        let nib = fields.take_opt("/nib", nib.map(Nib::parse));
        let npwp = fields.take_opt("/npwp", npwp.map(Npwp::parse));
        let nik = fields.take_opt("/nik", nik.map(Nik::parse));
        let papers = Self { nib: nib?, npwp: npwp?, nik: nik? };
        if let (Some(npwp), Some(nik)) = (&papers.npwp, &papers.nik)
            && !npwp.fits(nik)
        {
            fields.push("/npwp", two_people());
        }
        Some(papers)
    }
}

impl Changes {
    /// True if nothing is to be different.
    pub fn none(&self) -> bool {
        self.name.is_none()
            && self.legal_form.is_none()
            && self.phone.is_none()
            && self.address.is_none()
            && self.description.is_none()
            && !self.touch_papers()
    }

    /// The facts that the office vouches for and that are to be different.
    pub fn facts(&self) -> Vec<&'static str> {
        let given = [
            ("name", self.name.is_some()),
            ("phone", self.phone.is_some()),
            ("address", self.address.is_some()),
            ("legal_form", self.legal_form.is_some()),
            ("nib", self.nib.is_some()),
            ("npwp", self.npwp.is_some()),
            ("nik", self.nik.is_some()),
        ];
        given.into_iter().filter_map(|(name, given)| given.then_some(name)).collect()
    }

    /// True if identity numbers are to be different.
    pub fn touch_papers(&self) -> bool {
        self.nib.is_some() || self.npwp.is_some() || self.nik.is_some()
    }
}

impl LegalForm {
    /// Guesses from a name as it is written on lists: `PT Maju`, `CV. Patriot`, `Koperasi Tani`.
    pub fn of_name(name: &str) -> Self {
        let first: String = name.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
        match first.to_uppercase().as_str() {
            "PT" | "CV" | "FA" | "FIRMA" => Self::Company,
            "KOPERASI" | "KOP" | "KSU" | "KUD" => Self::Cooperative,
            _ => Self::Person,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(
        district: &str,
        village: Option<&str>,
        post_code: Option<&str>,
    ) -> Result<Address, Vec<String>> {
        let mut fields = Fields::new();
        let parsed = AddressIn {
            line: "Jl. Raya 1".into(),
            district_code: district.into(),
            village_code: village.map(Into::into),
            post_code: post_code.map(Into::into),
        }
        .parse(&mut fields);
        let pointers = fields.into_errors().into_iter().map(|error| error.pointer);
        parsed.ok_or_else(|| pointers.collect())
    }

    #[test]
    fn a_post_code_follows_from_the_region_where_it_can() {
        assert_eq!(address("32.16.09", None, None).unwrap().post_code.unwrap(), "17534");
        let tarumajaya = address("32.16.01", None, None).unwrap();
        assert!(tarumajaya.post_code.is_none(), "its villages have different ones");
        let village = address("32.16.01", Some("32.16.01.1007"), None).unwrap();
        assert_eq!(village.post_code.unwrap(), "17215");
        assert_eq!(address("32.16.09", None, Some("17530")).unwrap().post_code.unwrap(), "17530");
    }

    #[test]
    fn wrong_places_are_named() {
        assert_eq!(address("32.75.01", None, None).unwrap_err(), ["/address/district_code"]);
        assert_eq!(
            address("32.16.09", Some("32.16.01.1007"), Some("1753")).unwrap_err(),
            ["/address/village_code", "/address/post_code"]
        );
    }

    #[test]
    fn the_legal_form_shows_in_the_name() {
        assert_eq!(LegalForm::of_name("CV. Patriot"), LegalForm::Company);
        assert_eq!(LegalForm::of_name("pt maju"), LegalForm::Company);
        assert_eq!(LegalForm::of_name("Koperasi Tani"), LegalForm::Cooperative);
        assert_eq!(LegalForm::of_name("Dapur Bu Siti"), LegalForm::Person);
        assert_eq!(LegalForm::of_name("Cvetoko"), LegalForm::Person);
    }
}

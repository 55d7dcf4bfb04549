//! What a shop says about its business, and what must be there before the office looks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::numbers::{Kbli, country};
use crate::kernel::fields::{Fault, text};
use crate::kernel::{FieldError, Fields, Rupiah};
use crate::vendors::entity::vendor::LegalForm;

/// Most lines of business of a shop.
const MAX_KBLI: usize = 20;
/// Most countries a shop sells to.
const MAX_COUNTRIES: usize = 60;

/// Branches that the office counts in.
pub const SECTORS: [&str; 6] =
    ["kuliner", "kerajinan", "fesyen", "sepatu_kulit", "atk_percetakan", "lainnya"];

/// Who signs for a company or cooperative.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignerIn {
    /// As on the deed.
    pub name: String,
    /// Direktur, Ketua.
    pub title: String,
}

/// What a shop says about its business, as a whole.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessIn {
    /// `kuliner`, `kerajinan`, `fesyen`, `sepatu_kulit`, `atk_percetakan`, `lainnya`.
    #[schema(example = "kuliner")]
    pub sector: Option<String>,
    /// Lines of business, five digits each.
    #[serde(default)]
    pub kbli: Vec<String>,
    /// Without land and building, in rupiah.
    pub capital: Option<i64>,
    /// Of a year, in rupiah.
    pub turnover: Option<i64>,
    /// Registered for VAT (PKP).
    #[serde(default)]
    pub is_pkp: bool,
    /// Can send abroad.
    #[serde(default)]
    pub export_ready: bool,
    /// Two letters each (ISO 3166-1).
    #[serde(default)]
    pub export_countries: Vec<String>,
    /// Of a company or cooperative.
    pub signer: Option<SignerIn>,
}

/// The same, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Business {
    /// One of [`SECTORS`].
    pub sector: Option<String>,
    /// Each once, in order.
    pub kbli: Vec<String>,
    /// Without land and building.
    pub capital: Option<Rupiah>,
    /// Of a year.
    pub turnover: Option<Rupiah>,
    /// Registered for VAT.
    pub is_pkp: bool,
    /// Can send abroad.
    pub export_ready: bool,
    /// Each once, in order.
    pub export_countries: Vec<String>,
    /// Name and title.
    pub signer: Option<(String, String)>,
}

/// One of the branches that the office counts in.
pub fn sector(value: &str) -> Result<String, Fault> {
    let value = value.trim().to_lowercase();
    if SECTORS.contains(&value.as_str()) {
        return Ok(value);
    }
    Err(Fault::new("sector", "Sektor tidak dikenal.", "Unknown sector."))
}

impl BusinessIn {
    /// Checks everything; faults go to `fields`.
    pub fn parse(self, fields: &mut Fields) -> Option<Business> {
        let sector = fields.take_opt("/sector", self.sector.as_deref().map(sector));
        let kbli = each(fields, "/kbli", &self.kbli, MAX_KBLI, |code| {
            Kbli::parse(code).map(|kbli| kbli.as_str().to_owned())
        });
        let countries = each(fields, "/export_countries", &self.export_countries, MAX_COUNTRIES, country);
        let capital = fields.take_opt("/capital", self.capital.map(amount));
        let turnover = fields.take_opt("/turnover", self.turnover.map(amount));
        let signer = match &self.signer {
            None => Some(None),
            Some(signer) => {
                let name = fields.take("/signer/name", text(&signer.name, 2, 120, false));
                let title = fields.take("/signer/title", text(&signer.title, 2, 60, false));
                name.zip(title).map(Some)
            }
        };
        Some(Business {
            sector: sector?,
            kbli: kbli?,
            capital: capital?,
            turnover: turnover?,
            is_pkp: self.is_pkp,
            export_ready: self.export_ready,
            export_countries: countries?,
            signer: signer?,
        })
    }
}

fn amount(rupiah: i64) -> Result<Rupiah, Fault> {
    Rupiah::new(rupiah)
        .map_err(|_| Fault::new("out-of-range", "Jumlah di luar batas.", "The amount is out of range."))
}

fn each(
    fields: &mut Fields,
    pointer: &str,
    values: &[String],
    most: usize,
    parse: impl Fn(&str) -> Result<String, Fault>,
) -> Option<Vec<String>> {
    if values.len() > most {
        let fault = Fault::new("too-many", format!("Paling banyak {most}."), format!("At most {most}."));
        fields.push(pointer, fault);
        return None;
    }
    let parsed: Vec<Option<String>> = values
        .iter()
        .enumerate()
        .map(|(index, value)| fields.take(&format!("{pointer}/{index}"), parse(value)))
        .collect();
    let mut parsed: Vec<String> = parsed.into_iter().collect::<Option<_>>()?;
    parsed.sort_unstable();
    parsed.dedup();
    Some(parsed)
}

/// What of a shop is there when it is submitted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Present {
    /// Where buyers call.
    pub phone: bool,
    /// Street and district.
    pub address: bool,
    /// Of the owner.
    pub nik: bool,
    /// Of the business.
    pub nib: bool,
    /// Of the business or the owner.
    pub npwp: bool,
    /// Who signs.
    pub signer: bool,
}

/// What is missing before the office can look; a person needs no number of a business. `identity` asks a person for the NIK, too.
pub fn missing(form: LegalForm, present: Present, identity: bool) -> Vec<FieldError> {
    let business = matches!(form, LegalForm::Company | LegalForm::Cooperative);
    let wanted = [
        ("/phone", true, present.phone),
        ("/address", true, present.address),
        ("/nik", form == LegalForm::Person && identity, present.nik),
        ("/nib", business, present.nib),
        ("/npwp", form == LegalForm::Company, present.npwp),
        ("/business/signer", business, present.signer),
    ];
    let fault =
        || Fault::new("required", "Wajib diisi sebelum diajukan.", "Needed before the shop is submitted.");
    wanted.into_iter().filter(|(_, needed, there)| *needed && !there).map(|(at, ..)| fault().at(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(form: LegalForm, present: Present, identity: bool) -> Vec<String> {
        missing(form, present, identity).into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn each_legal_form_has_its_own_fields() {
        let nothing = Present::default();
        let reachable = Present { phone: true, address: true, ..nothing };
        assert_eq!(pointers(LegalForm::Person, nothing, true), ["/phone", "/address", "/nik"]);
        assert!(pointers(LegalForm::Person, reachable, false).is_empty());
        assert_eq!(pointers(LegalForm::Company, reachable, true), ["/nib", "/npwp", "/business/signer"]);
        assert_eq!(pointers(LegalForm::Cooperative, reachable, false), ["/nib", "/business/signer"]);
        let whole = Present { nik: true, nib: true, npwp: true, signer: true, ..reachable };
        for form in [LegalForm::Person, LegalForm::Company, LegalForm::Cooperative] {
            assert!(pointers(form, whole, true).is_empty());
        }
    }

    #[test]
    fn every_fault_of_a_business_is_named() {
        let mut fields = Fields::new();
        let given = BusinessIn {
            sector: Some("tambang".into()),
            kbli: vec!["10794".into(), "1".into()],
            capital: Some(-1),
            export_countries: vec!["ID".into()],
            signer: Some(SignerIn { name: String::new(), title: "Direktur".into() }),
            ..BusinessIn::default()
        };
        assert!(given.parse(&mut fields).is_none());
        let found: Vec<String> = fields.into_errors().into_iter().map(|error| error.pointer).collect();
        assert_eq!(found, ["/sector", "/kbli/1", "/export_countries/0", "/capital", "/signer/name"]);
    }

    #[test]
    fn lists_are_sets() {
        let mut fields = Fields::new();
        let codes = ["de", "NL", "DE"].map(str::to_owned).to_vec();
        let given = BusinessIn { export_countries: codes, ..BusinessIn::default() };
        assert_eq!(given.parse(&mut fields).unwrap().export_countries, ["DE", "NL"]);
    }
}

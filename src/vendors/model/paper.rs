//! Papers: their numbers, their days, and which of them a listing needs (`config/papers.csv`).

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use sea_orm::Iterable;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::numbers::{Halal, Md, Nib, Npwp, Pirt, Sni, Tkdn, Trademark, mask};
use crate::kernel::Fields;
use crate::kernel::fields::{Fault, text};
use crate::vendors::entity::paper::{PaperKind, PaperStatus};

/// Days before the end of a paper at which its shop is warned, the earliest first.
pub const WARNINGS: [i32; 3] = [60, 30, 7];

/// Years that days of papers may be in.
const OLDEST: i32 = 1945;
const NEWEST: i32 = 2199;

/// A new paper.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperIn {
    pub kind: PaperKind,
    /// As it is printed.
    pub number: String,
    pub issued_on: Option<NaiveDate>,
    /// That of a P-IRT may be left out: its number holds the year.
    pub expires_on: Option<NaiveDate>,
}

/// The same, checked.
#[derive(Clone, Debug)]
pub struct NewPaper {
    /// What it is.
    pub kind: PaperKind,
    /// In its one form.
    pub number: String,
    /// Day of issue.
    pub issued_on: Option<NaiveDate>,
    /// Last day.
    pub expires_on: Option<NaiveDate>,
}

impl PaperIn {
    /// Checks number and days; faults go to `fields`.
    pub fn parse(self, today: NaiveDate, fields: &mut Fields) -> Option<NewPaper> {
        let number = fields.take("/number", number(self.kind, &self.number));
        let year = match (self.kind, &number) {
            (PaperKind::Pirt, Some(number)) => Pirt::parse(number).ok().map(|pirt| pirt.expires_in()),
            _ => None,
        };
        let end_of_year = || year.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31));
        let expires_on = self.expires_on.or_else(end_of_year);
        let issued = fields.take("/issued_on", check_issued(self.issued_on, today));
        let expires = fields.take("/expires_on", check_expiry((self.issued_on, expires_on), year, today));
        issued?;
        expires?;
        Some(NewPaper { kind: self.kind, number: number?, issued_on: self.issued_on, expires_on })
    }
}

fn check_issued(issued: Option<NaiveDate>, today: NaiveDate) -> Result<(), Fault> {
    match issued {
        Some(issued) if issued > today => {
            Err(Fault::new("future", "Tanggal terbit belum tiba.", "The day of issue is in the future."))
        }
        Some(issued) if issued.year() < OLDEST => {
            Err(Fault::new("too-old", "Tanggal terbit terlalu lama.", "The day of issue is too long ago."))
        }
        _ => Ok(()),
    }
}

fn check_expiry(
    (issued, expires): (Option<NaiveDate>, Option<NaiveDate>),
    year: Option<i32>,
    today: NaiveDate,
) -> Result<(), Fault> {
    let Some(expires) = expires else {
        return Ok(());
    };
    if expires < today {
        return Err(Fault::new("expired", "Masa berlaku sudah habis.", "The paper has run out."));
    }
    last_day(expires)?;
    if issued.is_some_and(|issued| issued >= expires) {
        return Err(Fault::new(
            "before-issue",
            "Masa berlaku harus setelah tanggal terbit.",
            "A paper ends after it was issued.",
        ));
    }
    match year {
        Some(year) if year != expires.year() => Err(Fault::new(
            "expiry-year",
            format!("Nomor P-IRT ini berlaku sampai tahun {year}."),
            format!("This P-IRT number runs until the year {year}."),
        )),
        _ => Ok(()),
    }
}

/// A last day that is written with four digits of the year, as all of them are compared.
pub fn last_day(day: NaiveDate) -> Result<NaiveDate, Fault> {
    if day.year() <= NEWEST {
        return Ok(day);
    }
    Err(Fault::new("too-far", "Tanggal terlalu jauh.", "The date is too far away."))
}

/// The number of a paper in its one form. The tax number of a person is the NIK: only its ends are kept here.
pub fn number(kind: PaperKind, number: &str) -> Result<String, Fault> {
    match kind {
        PaperKind::Nib => Nib::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Pirt => Pirt::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Md => Md::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Halal => Halal::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Sni => Sni::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Tkdn => Tkdn::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Npwp => Npwp::parse(number).map(|number| mask(number.expose())),
        PaperKind::Merek => Trademark::parse(number).map(|number| number.as_str().to_owned()),
        PaperKind::Slhs | PaperKind::Other => text(number, 3, 80, false),
    }
}

struct Rule {
    required: String,
    satisfied_by: Vec<String>,
    mandatory_from: Option<NaiveDate>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rows = include_str!("../../../config/papers.csv").lines().skip(1);
    let rule = |row: &str| {
        let mut cells = row.trim_end().split(',');
        Some(Rule {
            required: cells.next()?.to_owned(),
            satisfied_by: cells.next()?.split_whitespace().map(str::to_owned).collect(),
            mandatory_from: cells.next().and_then(|cell| cell.parse().ok()),
        })
    };
    rows.filter_map(rule).collect()
});

/// Which of the papers that a category names are missing on a day, given those that count.
pub fn missing_papers(required: &str, held: &[PaperKind], today: NaiveDate) -> Vec<String> {
    let names: Vec<String> = held.iter().map(|kind| kind.name()).collect();
    let wanted = required.split(';').map(str::trim).filter(|name| !name.is_empty());
    wanted
        .filter(|name| match RULES.iter().find(|rule| rule.required == *name) {
            Some(rule) if rule.mandatory_from.is_some_and(|from| today < from) => false,
            Some(rule) => !rule.satisfied_by.iter().any(|paper| names.contains(paper)),
            None => !names.iter().any(|held| held == name),
        })
        .map(str::to_owned)
        .collect()
}

impl PaperKind {
    /// As categories name it.
    pub fn name(self) -> String {
        sea_orm::ActiveEnum::to_value(&self)
    }

    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::iter().find(|kind| kind.name() == name)
    }
}

impl PaperStatus {
    /// True if the office may decide about a paper that stands here.
    pub const fn is_decided_upon(self, accept: bool) -> bool {
        match self {
            Self::Pending => true,
            // A paper turns out to be false, or an exemption is taken back.
            Self::Accepted => !accept,
            Self::Rejected | Self::Expired => false,
        }
    }
}

/// The warning that is due so many days before the end, if it was not given.
pub fn warning(left: i64, warned: Option<i32>) -> Option<i32> {
    let due = WARNINGS.into_iter().filter(|days| left <= i64::from(*days)).min()?;
    warned.is_none_or(|warned| due < warned).then_some(due)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn parse(paper: PaperIn) -> Result<NewPaper, Vec<&'static str>> {
        let mut fields = Fields::new();
        let parsed = paper.parse(day("2026-11-24"), &mut fields);
        parsed.ok_or_else(|| fields.into_errors().iter().map(|error| error.code).collect())
    }

    fn pirt(expires_on: Option<&str>) -> PaperIn {
        PaperIn {
            kind: PaperKind::Pirt,
            number: "2063216010001-28".into(),
            issued_on: Some(day("2023-05-01")),
            expires_on: expires_on.map(day),
        }
    }

    #[test]
    fn the_number_of_home_made_food_holds_its_year() {
        assert_eq!(parse(pirt(None)).unwrap().expires_on, Some(day("2028-12-31")));
        assert_eq!(parse(pirt(Some("2028-05-01"))).unwrap().expires_on, Some(day("2028-05-01")));
        assert_eq!(parse(pirt(Some("2029-05-01"))).unwrap_err(), ["expiry-year"]);
    }

    #[test]
    fn days_must_fit() {
        let halal = |issued: &str, expires: &str| PaperIn {
            kind: PaperKind::Halal,
            number: "ID32110002910810323".into(),
            issued_on: Some(day(issued)),
            expires_on: Some(day(expires)),
        };
        assert!(parse(halal("2026-01-01", "2026-11-24")).is_ok(), "the last day counts");
        assert_eq!(parse(halal("2026-01-01", "2026-11-23")).unwrap_err(), ["expired"]);
        assert_eq!(parse(halal("2026-11-25", "2030-01-01")).unwrap_err(), ["future"]);
        assert_eq!(parse(halal("2026-11-24", "2026-11-24")).unwrap_err(), ["before-issue"]);
    }

    #[test]
    fn a_persons_tax_number_is_not_kept() {
        assert_eq!(number(PaperKind::Npwp, "3216010101900001").unwrap(), "3216********0001");
        assert_eq!(number(PaperKind::Merek, "IDM000123456").unwrap(), "IDM000123456");
        assert!(number(PaperKind::Sni, "3553").is_err());
    }

    #[test]
    fn a_listing_misses_what_its_category_names() {
        let today = day("2026-11-24");
        let none = missing_papers("pirt;halal", &[], today);
        assert_eq!(none, ["pirt", "halal"]);
        assert_eq!(missing_papers("pirt;halal", &[PaperKind::Halal], today), ["pirt"]);
        assert!(missing_papers("pirt;halal", &[PaperKind::Halal, PaperKind::Md], today).is_empty());
        assert_eq!(missing_papers("md", &[PaperKind::Pirt], today), ["md"]);
        assert!(missing_papers("", &[], today).is_empty());
        // Before the day from which it is mandatory nobody is asked.
        assert_eq!(missing_papers("pirt;halal", &[], day("2026-10-16")), ["pirt"]);
        assert_eq!(missing_papers("pirt;halal", &[], day("2026-10-17")), ["pirt", "halal"]);
    }

    #[test]
    fn the_names_are_those_of_the_categories() {
        for kind in PaperKind::iter() {
            assert_eq!(PaperKind::parse(&kind.name()), Some(kind));
        }
        assert_eq!(PaperKind::Slhs.name(), "slhs");
        assert!(RULES.iter().all(|rule| PaperKind::parse(&rule.required).is_some()));
    }

    #[test]
    fn each_warning_is_given_once() {
        assert_eq!(warning(61, None), None);
        assert_eq!(warning(60, None), Some(60));
        assert_eq!(warning(45, Some(60)), None);
        assert_eq!(warning(30, Some(60)), Some(30));
        assert_eq!(warning(7, Some(30)), Some(7));
        assert_eq!(warning(3, Some(7)), None);
        assert_eq!(warning(3, None), Some(7), "who was never warned is warned once, by the nearest");
    }

    proptest! {
        #[test]
        fn no_day_is_warned_of_twice(mut left in 0_i64..100) {
            let (mut warned, mut given) = (None, Vec::new());
            while left >= 0 {
                if let Some(days) = warning(left, warned) {
                    warned = Some(days);
                    given.push(days);
                }
                left -= 1;
            }
            let mut once = given.clone();
            once.dedup();
            prop_assert!(given.len() <= WARNINGS.len() && once == given);
        }
    }
}

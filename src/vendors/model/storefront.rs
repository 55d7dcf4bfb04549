//! How a shop presents itself: hours, holidays, where it delivers and for how much.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AddressIn;
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{Fields, RegionCode, Rupiah};
use crate::vendors::entity::area;

/// Most spans of opening hours in a week.
const MAX_HOURS: usize = 21;
/// Most areas of a shop: every district and village of the regency.
const MAX_AREAS: usize = 250;
/// Highest delivery fee.
const MAX_FEE: i64 = 10_000_000;
/// Longest holiday, in days.
const MAX_HOLIDAY: i64 = 366;

/// A span in which the shop is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Monday is 1, Sunday is 7.
    pub day: u8,
    #[schema(example = "08:00")]
    pub opens: String,
    #[schema(example = "16:00")]
    pub closes: String,
}

/// Where goods are picked up, if not at the address of the shop.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickupIn {
    pub address: AddressIn,
    /// Landmark, or whom to ask for.
    pub note: Option<String>,
}

/// How a shop presents itself, as a whole.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StorefrontIn {
    /// In the owner's words, up to 8000 characters.
    #[serde(default)]
    pub story: String,
    #[serde(default)]
    pub hours: Vec<Hours>,
    pub pickup: Option<PickupIn>,
}

/// The same, checked.
#[derive(Clone, Debug)]
pub struct Storefront {
    /// In the owner's words.
    pub story: String,
    /// In order, none over another.
    pub hours: Vec<Hours>,
    /// Where goods are picked up.
    pub pickup: Option<PickupIn>,
}

/// A place that the shop delivers to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaIn {
    /// Code of the kecamatan.
    #[schema(example = "32.16.09")]
    pub district_code: String,
    /// Code of a desa or kelurahan in it; without it the whole district is meant.
    pub village_code: Option<String>,
    /// In rupiah.
    pub fee: i64,
}

impl StorefrontIn {
    /// Checks everything; faults go to `fields`.
    pub fn parse(self, fields: &mut Fields) -> Option<Storefront> {
        let story = fields.take("/story", text(&self.story, 0, 8000, true));
        let hours = hours(self.hours, fields);
        let pickup = match self.pickup {
            None => Some(None),
            Some(given) => {
                let address = given.address.parse_at("/pickup/address", fields);
                let note = given.note.as_deref().map(|note| text(note, 1, 300, true));
                let note = fields.take_opt("/pickup/note", note);
                address.zip(note).map(|(address, note)| {
                    let address = AddressIn {
                        line: address.line,
                        district_code: address.district.to_string(),
                        village_code: address.village.map(|village| village.to_string()),
                        post_code: address.post_code,
                    };
                    Some(PickupIn { address, note })
                })
            }
        };
        Some(Storefront { story: story?, hours: hours?, pickup: pickup? })
    }
}

fn hours(mut given: Vec<Hours>, fields: &mut Fields) -> Option<Vec<Hours>> {
    if given.len() > MAX_HOURS {
        fields.push("/hours", Fault::new("too-many", "Terlalu banyak jam buka.", "Too many opening hours."));
        return None;
    }
    let faulty = given.iter().enumerate().filter(|(index, span)| {
        let at = |member: &str| format!("/hours/{index}/{member}");
        let day = fields.take(&at("day"), number(span.day, 1, 7));
        let opens = fields.take(&at("opens"), time(&span.opens));
        let closes = fields.take(&at("closes"), time(&span.closes));
        let backwards = opens.zip(closes).is_some_and(|(opens, closes)| closes <= opens);
        if backwards {
            let fault =
                Fault::new("before-opening", "Tutup harus setelah buka.", "It closes after it opens.");
            fields.push(at("closes"), fault);
        }
        day.is_none() || opens.is_none() || closes.is_none() || backwards
    });
    if faulty.count() > 0 {
        return None;
    }
    given.sort();
    if given.windows(2).any(|pair| pair[0].day == pair[1].day && pair[1].opens < pair[0].closes) {
        fields.push("/hours", Fault::new("overlap", "Jam buka bertumpuk.", "Opening hours overlap."));
        return None;
    }
    Some(given)
}

/// `08:00`; texts of this form sort as times.
fn time(text: &str) -> Result<NaiveTime, Fault> {
    let parsed = NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5);
    parsed.ok_or_else(|| Fault::new("time", "Tulis jam seperti 08:00.", "Write a time such as 08:00."))
}

/// The day on which a shop opens again.
pub fn reopening(day: NaiveDate, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let ahead = (day - today).num_days();
    if (1..=MAX_HOLIDAY).contains(&ahead) {
        return Ok(day);
    }
    Err(Fault::new(
        "reopening",
        format!("Tanggal buka kembali antara besok dan {MAX_HOLIDAY} hari lagi."),
        format!("The shop opens again between tomorrow and {MAX_HOLIDAY} days from now."),
    ))
}

/// Checks the places a shop delivers to; faults go to `fields`.
pub fn areas(given: &[AreaIn], fields: &mut Fields) -> Option<Vec<(RegionCode, Rupiah)>> {
    if given.len() > MAX_AREAS {
        fields.push("/items", Fault::new("too-many", "Terlalu banyak wilayah.", "Too many areas."));
        return None;
    }
    let mut parsed: Vec<(RegionCode, Rupiah)> = Vec::with_capacity(given.len());
    for (index, area) in given.iter().enumerate() {
        let at = |member: &str| format!("/items/{index}/{member}");
        let district = fields.take(&at("district_code"), RegionCode::district(&area.district_code));
        let village = match (district, &area.village_code) {
            (Some(district), Some(code)) => fields.take(&at("village_code"), district.village(code)),
            (district, _) => district,
        };
        let fee = fields.take(&at("fee"), number(area.fee, 0, MAX_FEE));
        let fee = fee.and_then(|fee| Rupiah::new(fee).ok());
        let Some((region, fee)) = village.zip(fee) else { continue };
        if parsed.iter().any(|(known, _)| *known == region) {
            let fault = Fault::new("duplicate", "Wilayah disebut dua kali.", "This area is named twice.");
            fields.push(at("district_code"), fault);
        }
        parsed.push((region, fee));
    }
    (!fields.any()).then_some(parsed)
}

/// What delivery to a place costs: that of the village, or else of its district. Nothing where the shop does not deliver.
pub fn fee_to(areas: &[area::Model], district: &str, village: Option<&str>) -> Option<Rupiah> {
    let of = |code: &str| areas.iter().find(|area| area.region_code == code).map(|area| area.fee);
    village.and_then(of).or_else(|| of(district))
}

/// True while a shop is on holiday: it opens again on the day itself.
pub fn is_closed(reopens_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    reopens_on.is_some_and(|day| today < day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::VendorId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(day: u8, opens: &str, closes: &str) -> Hours {
        Hours { day, opens: opens.into(), closes: closes.into() }
    }

    fn codes(hours: Vec<Hours>) -> Vec<String> {
        let mut fields = Fields::new();
        let given = StorefrontIn { hours, ..StorefrontIn::default() };
        assert!(given.parse(&mut fields).is_none());
        fields.into_errors().into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn hours_are_spans_of_a_week() {
        let mut fields = Fields::new();
        let hours = vec![span(2, "13:00", "16:00"), span(1, "08:00", "16:00"), span(2, "08:00", "12:00")];
        let parsed = StorefrontIn { hours, ..StorefrontIn::default() }.parse(&mut fields).unwrap();
        assert_eq!(parsed.hours[1], span(2, "08:00", "12:00"));
        assert_eq!(
            codes(vec![span(8, "8:00", "25:00")]),
            ["/hours/0/day out-of-range", "/hours/0/opens time", "/hours/0/closes time"]
        );
        assert_eq!(codes(vec![span(1, "16:00", "08:00")]), ["/hours/0/closes before-opening"]);
        assert_eq!(codes(vec![span(1, "08:00", "12:00"), span(1, "11:00", "13:00")]), ["/hours overlap"]);
    }

    #[test]
    fn a_holiday_ends_on_a_day_to_come() {
        let today = day("2026-11-24");
        assert!(reopening(day("2026-11-25"), today).is_ok());
        assert!(reopening(today, today).is_err());
        assert!(reopening(day("2028-01-01"), today).is_err());
        assert!(is_closed(Some(day("2026-11-25")), today));
        assert!(!is_closed(Some(today), today) && !is_closed(None, today));
    }

    #[test]
    fn the_most_specific_area_counts() {
        let area = |code: &str, fee: i64| area::Model {
            vendor_id: VendorId::generate(),
            region_code: code.into(),
            fee: Rupiah::new(fee).unwrap(),
        };
        let areas = [area("32.16.01", 8_000), area("32.16.01.1007", 3_000)];
        let fee = |district: &str, village: Option<&str>| fee_to(&areas, district, village).map(Rupiah::get);
        assert_eq!(fee("32.16.01", Some("32.16.01.1007")), Some(3_000));
        assert_eq!(fee("32.16.01", Some("32.16.01.2001")), Some(8_000));
        assert_eq!(fee("32.16.01", None), Some(8_000));
        assert_eq!(fee("32.16.09", None), None);
    }

    #[test]
    fn an_area_is_named_once() {
        let area = |village: Option<&str>, fee: i64| AreaIn {
            district_code: "32.16.01".into(),
            village_code: village.map(Into::into),
            fee,
        };
        let mut fields = Fields::new();
        assert_eq!(areas(&[area(None, 0), area(Some("32.16.01.1007"), 1)], &mut fields).unwrap().len(), 2);
        let mut fields = Fields::new();
        assert!(areas(&[area(None, -1), area(None, 1), area(None, 2)], &mut fields).is_none());
        let found: Vec<String> = fields.into_errors().into_iter().map(|error| error.pointer).collect();
        assert_eq!(found, ["/items/0/fee", "/items/2/district_code"]);
    }
}

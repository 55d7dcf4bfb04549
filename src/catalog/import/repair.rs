//! What people write into spreadsheets, in the form in which it must have been meant. `None` where that is not certain.

use chrono::{Datelike, NaiveDate};

use crate::kernel::Phone;
use crate::kernel::region::{self, RegionCode};

/// Without blanks around, with single blanks inside, and with letters that were read in the wrong encoding put right.
pub fn text(raw: &str) -> String {
    let mended = mojibake(raw).unwrap_or_else(|| raw.to_owned());
    mended.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `CafÃ©` -> `Café`: UTF-8 that was read as Latin-1.
fn mojibake(raw: &str) -> Option<String> {
    if !raw.contains(['Ã', 'Â']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = raw.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// The text of a formula that shows a link; other formulas are not texts.
pub fn formula(cell: &str) -> Option<String> {
    let inner = cell.strip_prefix("=HYPERLINK(")?.strip_suffix(')')?;
    let label = inner.rsplit_once(",\"").or_else(|| inner.rsplit_once(";\""))?.1;
    label.strip_suffix('"').map(text).filter(|label| !label.is_empty())
}

/// The digits of a number that a spreadsheet or a person put marks between; not of one it has rounded.
pub fn digits(cell: &str) -> Option<String> {
    let kept: String = cell.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '\'')).collect();
    kept.bytes().all(|byte| byte.is_ascii_digit()).then_some(kept)
}

/// A telephone number in free form; of two the first one, and the second with it.
pub fn phone(cell: &str) -> Option<(Phone, Option<Phone>)> {
    let mut parts = cell.split(['/', ',', ';', '|']).map(one_phone);
    let first = parts.next()??;
    match parts.next() {
        None => Some((first, None)),
        Some(second) if parts.next().is_none() => Some((first, Some(second?))),
        Some(_) => None,
    }
}

fn one_phone(part: &str) -> Option<Phone> {
    let number = part.trim_start_matches(|c: char| c.is_alphabetic() || matches!(c, ' ' | ':' | '.'));
    let plain: String = number.chars().filter(char::is_ascii_digit).collect();
    let national = plain.strip_prefix("62").unwrap_or(&plain);
    // A zero after the country code, or none in front of the 8: both are read aloud like that.
    let national = national.trim_start_matches('0');
    Phone::parse(number)
        .or_else(|fault| {
            let odd = number
                .chars()
                .any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '.' | '-' | '(' | ')' | '+'));
            if odd { Err(fault) } else { Phone::parse(&format!("0{national}")) }
        })
        .ok()
}

/// An amount in words of the trade: `15 jt`, `7,5 juta`, `Rp 8.000.000,-`, `1,2 M`. Not `±` and not by the day.
pub fn amount(cell: &str) -> Option<i64> {
    let lower = cell.to_lowercase();
    let lower = lower
        .trim()
        .trim_start_matches("rp")
        .trim_end_matches("/bln")
        .trim_end_matches("/bulan")
        .trim_end_matches(",-")
        .trim();
    let number_end =
        lower.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(lower.len());
    let (number, unit) = lower.split_at(number_end);
    let factor = match unit.trim() {
        "" => 1,
        "rb" | "ribu" => 1_000,
        "jt" | "juta" => 1_000_000,
        "m" | "miliar" | "milyar" => 1_000_000_000,
        _ => return None,
    };
    if factor == 1 {
        return thousands(number);
    }
    let (whole, part) = number.split_once([',', '.']).unwrap_or((number, ""));
    // Of `12.500 rb` nobody can tell whether the dot groups thousands.
    if part.len() > 2 {
        return None;
    }
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(factor)?.checked_add(part * (factor / 1000))
}

/// `12.500.000` and `12500000`, but not `12.5`.
pub fn thousands(number: &str) -> Option<i64> {
    let mut groups = number.split('.');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    let plain: String = number.chars().filter(|c| *c != '.').collect();
    let is_number = !first.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    (grouped && is_number).then(|| plain.parse().ok()).flatten()
}

/// A year; also of a date, and of the number that a spreadsheet makes of one.
pub fn year(cell: &str) -> Option<i32> {
    let plausible = |year: i32| (1900..=2100).contains(&year).then_some(year);
    let day = cell.split([' ', 'T']).next().unwrap_or_default();
    for format in ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"] {
        if let Ok(date) = NaiveDate::parse_from_str(day, format) {
            return plausible(date.year());
        }
    }
    let number: i32 = cell.strip_suffix(".0").unwrap_or(cell).parse().ok()?;
    match number {
        1900..=2100 => Some(number),
        // Days since 30 December 1899, for 1982 to 2064.
        30_000..=60_000 => {
            let start = NaiveDate::from_ymd_opt(1899, 12, 30)?;
            plausible((start + chrono::Duration::days(number.into())).year())
        }
        _ => None,
    }
}

/// A district by its name: any case and spacing, with `Kec.`, or misspelt where the village leaves no doubt.
pub fn district(name: &str, village: &str) -> Option<RegionCode> {
    let wanted = bare(name);
    let districts = || region::all().filter(|region| region.level == "kecamatan");
    let exact = districts().find(|region| bare(region.name) == wanted);
    let found = exact.or_else(|| {
        let mut near = districts().filter(|region| {
            distance(&bare(region.name), &wanted) <= 2 && villages_of(region.code, village).next().is_some()
        });
        near.next().filter(|_| near.next().is_none())
    })?;
    RegionCode::district(found.code).ok()
}

/// A village of a district by its name.
pub fn village(district: RegionCode, name: &str) -> Option<RegionCode> {
    let found = villages_of(district.as_str(), name).next()?;
    district.village(found.code).ok()
}

/// How far two names are apart, in letters to change, add or leave out; case and marks do not count.
pub fn unlikeness(one: &str, other: &str) -> usize {
    distance(&bare(one), &bare(other))
}

/// True if a district has a village of this name.
pub fn has_village(district: &str, name: &str) -> bool {
    villages_of(district, name).next().is_some()
}

fn villages_of(district: &str, name: &str) -> impl Iterator<Item = &'static region::Region> {
    let (wanted, district) = (bare(name), district.to_owned());
    region::all().filter(move |region| {
        matches!(region.level, "desa" | "kelurahan")
            && region.code.starts_with(&district)
            && bare(region.name) == wanted
    })
}

fn bare(name: &str) -> String {
    let lower = name.to_lowercase();
    let lower = lower.trim();
    let prefixes = ["kecamatan ", "kec. ", "kec ", "desa ", "ds. ", "kelurahan ", "kel. "];
    let rest = prefixes.iter().find_map(|prefix| lower.strip_prefix(prefix));
    rest.unwrap_or(lower).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How many letters to change, add or leave out (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, c) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (at, d) in other.iter().enumerate() {
            let change = diagonal + usize::from(c != *d);
            diagonal = row[at + 1];
            row[at + 1] = change.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_mended() {
        assert_eq!(text("CafÃ© Toko Padi Emas"), "Café Toko Padi Emas");
        assert_eq!(text("Café D’Ayu"), "Café D’Ayu");
        assert_eq!(text(" Anyaman\u{a0}Kurnia  "), "Anyaman Kurnia");
        let link = r#"=HYPERLINK("http://example.com","Kp. Pulo RT 011/RW 05")"#;
        assert_eq!(formula(link).unwrap(), "Kp. Pulo RT 011/RW 05");
        assert_eq!(formula("=1+1"), None);
    }

    #[test]
    fn numbers_lose_their_marks_but_not_their_digits() {
        assert_eq!(digits("321605 410762 9649").unwrap(), "3216054107629649");
        assert_eq!(digits("'3329014608629567").unwrap(), "3329014608629567");
        assert_eq!(digits("321608.641198.9779").unwrap(), "3216086411989779");
        assert_eq!(digits("3,21622E+15"), None);
    }

    #[test]
    fn telephone_numbers_are_read_as_people_write_them() {
        let read = |cell| phone(cell).map(|(first, second)| (first.to_string(), second.is_some()));
        let one = |number: &str| Some((number.to_owned(), false));
        assert_eq!(read("+62 890 7524 7908"), one("+6289075247908"));
        assert_eq!(read("WA 086081886435"), one("+6286081886435"));
        assert_eq!(read("(0840) 02699407"), one("+6284002699407"));
        assert_eq!(read("8101910458"), one("+628101910458"));
        assert_eq!(read("620820936667939"), one("+62820936667939"));
        assert_eq!(read("082097262628 / 082097262629"), Some(("+6282097262628".to_owned(), true)));
        for bad in ["", "-", "belum ada", "021 8901234", "0812", "08x123456789", "081234567890 / 0"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn amounts_and_years_are_certain_or_not_at_all() {
        for (cell, expected) in [
            ("15 jt", Some(15_000_000)),
            ("7,5 juta", Some(7_500_000)),
            ("1,2 M", Some(1_200_000_000)),
            ("Rp 8.000.000,-", Some(8_000_000)),
            ("12.500.000", Some(12_500_000)),
            ("5000000/bln", Some(5_000_000)),
            ("300rb/hari", None),
            ("± 10jt", None),
            ("12.5", None),
            ("", None),
        ] {
            assert_eq!(amount(cell), expected, "{cell}");
        }
        for (cell, expected) in [
            ("2019", Some(2019)),
            ("2019-03-01 00:00:00", Some(2019)),
            ("01/03/2019", Some(2019)),
            ("43831", Some(2020)),
            ("198", None),
            ("besok", None),
        ] {
            assert_eq!(year(cell), expected, "{cell}");
        }
    }

    #[test]
    fn places_are_found_unless_they_contradict_each_other() {
        let find = |name, village| district(name, village).map(RegionCode::name);
        assert_eq!(find("Kec. Tambun Selatan", "Tambun"), Some("Tambun Selatan"));
        assert_eq!(find("CikarangBarat", "Jatiwangi"), Some("Cikarang Barat"));
        assert_eq!(find("tambun selatan ", "Lambangjaya"), Some("Tambun Selatan"));
        assert_eq!(find("Tambun Seltan", "Jatimulya"), Some("Tambun Selatan"));
        assert_eq!(find("Tambun Seltan", "Ridogalih"), None);
        assert_eq!(find("Mustika Jaya", "Cicau"), None);
        assert_eq!(find("", ""), None);
        let tarumajaya = district("Tarumajaya", "").unwrap();
        assert!(village(tarumajaya, "Setia Asih").is_some());
        assert!(village(tarumajaya, "Sukarahayu").is_none());
    }
}

//! Numbers of businesses, people and papers. Where no check digit is public, none is invented; what is wrong is said.

mod business;
mod papers;

use std::fmt;

use chrono::NaiveDate;

use crate::kernel::fields::Fault;

pub use business::{BANKS, BankAccount, Kbli, country};
pub use papers::{Halal, Md, Pirt, Sni, Tkdn, Trademark};

/// Nomor Induk Berusaha: 13 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nib(String);

/// Nomor Induk Kependudukan: 16 digits, of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Nik(String);

/// Taxpayer number in its form of 16 digits; that of a resident is the NIK.
#[derive(Clone, PartialEq, Eq)]
pub struct Npwp(String);

impl Nib {
    /// Parses 13 digits, with blanks, dots and dashes between.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        exactly("nib", "NIB", text, &[13]).map(Self)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Nik {
    /// Parses `PPKKCCDDMMYYSSSS`: region of first issue, day of birth (women plus 40), serial from 0001.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let number = exactly("nik", "NIK", text, &[16])?;
        check_nik("nik", &number)?;
        Ok(Self(number))
    }

    /// The digits; to be stored encrypted and shown masked.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Npwp {
    /// Parses 15 digits with their check digit, or 16 digits: a NIK, or 0 and the older 15.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let number = exactly("npwp", "NPWP", text, &[15, 16])?;
        let older = if number.len() == 15 { Some(number.as_str()) } else { number.strip_prefix('0') };
        match older {
            Some(older) if luhn(&older[..9]) => Ok(Self(format!("0{older}"))),
            Some(_) => Err(Fault::new(
                "npwp",
                "Angka ke-9 NPWP tidak cocok dengan delapan angka di depannya; periksa lagi.",
                "The ninth digit of the NPWP does not fit the eight before it; check them.",
            )),
            None => check_nik("npwp", &number).map(|()| Self(number)),
        }
    }

    /// The 16 digits; to be stored encrypted and shown masked.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True unless the number is a NIK, and another one than this.
    pub fn fits(&self, nik: &Nik) -> bool {
        self.0.starts_with('0') || self.0 == nik.0
    }
}

/// Masked, so that no log can hold it.
impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

/// Masked, so that no log can hold it.
impl fmt::Debug for Npwp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

/// Hides the middle of a number: `3216********0001`.
pub fn mask(number: &str) -> String {
    let last = number.chars().count().saturating_sub(4);
    number.chars().enumerate().map(|(at, c)| if at < 4 || at >= last { c } else { '*' }).collect()
}

/// Leaves the first letter of each word: `S*** A***`.
pub fn masked_name(name: &str) -> String {
    let first = |word: &str| word.chars().take(1).chain("***".chars()).collect::<String>();
    name.split_whitespace().map(first).collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> Option<String> {
    let kept: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    kept.bytes().all(|byte| byte.is_ascii_digit()).then_some(kept)
}

/// Digits of one of these lengths; the fault says how many there are.
fn exactly(code: &'static str, name: &str, text: &str, lengths: &[usize]) -> Result<String, Fault> {
    let wanted: Vec<String> = lengths.iter().map(ToString::to_string).collect();
    let Some(number) = digits(text) else {
        return Err(Fault::new(
            code,
            format!("{name} hanya terdiri dari angka."),
            format!("A {name} has digits only."),
        ));
    };
    if lengths.contains(&number.len()) {
        return Ok(number);
    }
    let found = number.len();
    Err(Fault::new(
        code,
        format!("{name} terdiri dari {} angka, bukan {found}.", wanted.join(" atau ")),
        format!("A {name} has {} digits, not {found}.", wanted.join(" or ")),
    ))
}

fn number(digits: &str) -> u32 {
    digits.parse().unwrap_or(0)
}

/// The parts of a NIK of 16 digits.
fn check_nik(code: &'static str, text: &str) -> Result<(), Fault> {
    if number(&text[..2]) < 11 || number(&text[2..4]) < 1 || number(&text[4..6]) < 1 {
        return Err(Fault::new(
            code,
            "Enam angka pertama bukan kode wilayah.",
            "The first six digits are no region.",
        ));
    }
    let (day, month, year) = (number(&text[6..8]), number(&text[8..10]), number(&text[10..12]));
    let day = if day > 40 { day - 40 } else { day };
    // The century is not part of the number; 29 February is right if it is in one of them.
    let born = [1900, 2000]
        .into_iter()
        .filter_map(|century| i32::try_from(century + year).ok())
        .any(|year| NaiveDate::from_ymd_opt(year, month, day).is_some());
    if !born {
        return Err(Fault::new(
            code,
            "Angka ke-7 sampai ke-12 bukan tanggal lahir.",
            "The digits 7 to 12 are no date of birth.",
        ));
    }
    if number(&text[12..]) < 1 {
        return Err(Fault::new(
            code,
            "Empat angka terakhir tidak boleh 0000.",
            "The last four digits cannot be 0000.",
        ));
    }
    Ok(())
}

/// The ninth digit checks the first eight (ISO/IEC 7812-1, annex B).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let doubled = u32::from(byte - b'0') << (at % 2);
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ninth_digit_of_a_taxpayer_number_is_checked() {
        for good in ["015397102", "010016202", "013121660"] {
            assert!(luhn(good), "{good}");
            let npwp = Npwp::parse(&format!("{good}413000")).unwrap();
            assert_eq!(npwp.expose(), format!("0{good}413000"));
            assert!(Npwp::parse(npwp.expose()).unwrap() == npwp);
        }
        assert!(Npwp::parse("015397103413000").is_err());
        assert!(Npwp::parse("0015397103413000").is_err());
        assert!(Npwp::parse("01.539.710.2-413.000").is_ok());
        for bad in ["", "123", "01539710241300", "01539710241300012", "01539710241300x"] {
            assert!(Npwp::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_nik_holds_a_day_of_birth() {
        for good in ["3216010101900001", "3216014101900001", "3216012902000001", "3216017112999999"] {
            assert!(Nik::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "3216010001900001", // day 0
            "3216013201900001", // day 32
            "3216017201900001", // day 72
            "3216010113900001", // month 13
            "3216013102900001", // 31 February
            "3216012902010001", // 29 February 1901 and 2001
            "3216010101900000", // serial 0
            "0016010101900001", // no such province
            "321601010190001",
            "32160101019000011",
            "321601010190000a",
            "",
        ] {
            assert!(Nik::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_residents_taxpayer_number_is_the_nik() {
        let nik = Nik::parse("3216010101900001").unwrap();
        assert!(Npwp::parse("3216010101900001").unwrap().fits(&nik));
        assert!(!Npwp::parse("3216014101900001").unwrap().fits(&nik));
        assert!(Npwp::parse("015397102413000").unwrap().fits(&nik));
    }

    #[test]
    fn a_nib_has_13_digits_and_no_check() {
        assert_eq!(Nib::parse(" 9941 3080.9978-1 ").unwrap().as_str(), "9941308099781");
        assert!(Nib::parse("994130809978").is_err());
        assert!(Nib::parse("99413080997811").is_err());
        assert!(Nib::parse("٩٩٤١٣٠٨٠٩٩٧٨١").is_err());
    }

    #[test]
    fn a_wrong_number_says_what_is_wrong() {
        let nik = |text: &str| Nik::parse(text).unwrap_err().detail.en;
        assert!(nik("321601010190000").contains("not 15"));
        assert!(nik("3216013102900001").contains("date of birth"));
        assert!(nik("0016010101900001").contains("region"));
        assert!(nik("3216010101900000").contains("0000"));
        assert!(nik("321601010190000a").contains("digits only"));
        assert!(Npwp::parse("015397103413000").unwrap_err().detail.en.contains("ninth"));
        assert!(Npwp::parse("3216013102900001").unwrap_err().detail.en.contains("date of birth"));
        assert!(Nib::parse("123").unwrap_err().detail.en.contains("13 digits, not 3"));
    }

    #[test]
    fn the_middle_is_hidden() {
        assert_eq!(mask("3216010101900001"), "3216********0001");
        assert_eq!(mask("12345678"), "12345678");
        assert_eq!(mask(""), "");
        assert_eq!(masked_name("Siti  Aminah"), "S*** A***");
        assert_eq!(format!("{:?}", Nik::parse("3216010101900001").unwrap()), "3216********0001");
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(text in ".{0,40}") {
            // Must not panic, whatever it says.
            let _ = (Nik::parse(&text).is_ok(), Npwp::parse(&text).is_ok(), Nib::parse(&text).is_ok());
        }

        #[test]
        fn one_wrong_digit_is_noticed(digits in "[0-9]{8}", at in 0_usize..9, other in 1_u8..10) {
            let check = (0..10).map(|check| format!("{digits}{check}")).find(|number| luhn(number)).unwrap();
            let mut wrong = check.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + other) % 10;
            prop_assert!(!luhn(&String::from_utf8(wrong).unwrap()));
        }
    }
}

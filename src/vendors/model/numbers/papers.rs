//! Numbers on papers: food, halal, standards, local content, trademarks.

use super::{digits, number};
use crate::kernel::fields::Fault;

/// P-IRT (SPP-IRT) of a home industry, printed `1234567890123-45`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pirt(String);

/// Registration of processed food with BPOM: `MD` made here, `ML` imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Md(String);

/// Halal certificate of BPJPH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halal(String);

/// A national standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sni(String);

/// Certificate of domestic content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tkdn(String);

/// A trademark that is registered or applied for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trademark(String);

macro_rules! as_str {
    ($($name:ident),+) => {$(
        impl $name {
            /// In its one form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}

as_str!(Pirt, Md, Halal, Sni, Tkdn, Trademark);

/// Upper case, with single blanks.
fn folded(text: &str) -> String {
    text.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Pirt {
    /// Parses 15 digits, perhaps behind `P-IRT No.`: packaging, kind of food, region, product, firm, year of expiry.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded = folded(text);
        let rest = folded.strip_prefix("P-IRT").or_else(|| folded.strip_prefix("PIRT")).unwrap_or(&folded);
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("NO").map_or(rest, |rest| rest.strip_prefix('.').unwrap_or(rest));
        let fault = |id: &'static str, en: &'static str| Err(Fault::new("pirt", id, en));
        let Some(all) = digits(rest).filter(|digits| digits.len() == 15) else {
            return fault(
                "Nomor P-IRT terdiri dari 15 angka, misalnya 2063216010001-28.",
                "A P-IRT number has 15 digits, such as 2063216010001-28.",
            );
        };
        match () {
            () if !(1..=8).contains(&number(&all[..1])) => fault(
                "Angka pertama P-IRT adalah jenis kemasan, 1 sampai 8.",
                "The first digit of a P-IRT number is the packaging, 1 to 8.",
            ),
            () if number(&all[1..3]) < 1 => fault(
                "Angka ke-2 dan ke-3 P-IRT adalah jenis pangan, mulai 01.",
                "The digits 2 and 3 of a P-IRT number are the kind of food, from 01.",
            ),
            () if number(&all[3..5]) < 11 || number(&all[5..7]) < 1 => fault(
                "Angka ke-4 sampai ke-7 P-IRT adalah kode kabupaten, misalnya 3216.",
                "The digits 4 to 7 of a P-IRT number are the regency, such as 3216.",
            ),
            () => Ok(Self(format!("{}-{}", &all[..13], &all[13..]))),
        }
    }

    /// The year in which it runs out.
    pub fn expires_in(&self) -> i32 {
        2000 + i32::try_from(number(&self.0[14..])).unwrap_or(0)
    }

    /// Code of the province and regency that gave it, without dots.
    pub fn regency(&self) -> &str {
        &self.0[3..7]
    }
}

impl Md {
    /// Parses `MD` or `ML` and 12 or 15 digits, perhaps behind `BPOM RI`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded = folded(text);
        let rest = folded.strip_prefix("BPOM RI").unwrap_or(&folded).trim_start();
        let found =
            ["MD", "ML"].into_iter().find_map(|kind| rest.strip_prefix(kind).map(|rest| (kind, rest)));
        let Some((kind, rest)) = found else {
            return Err(Fault::new(
                "md",
                "Nomor BPOM diawali MD (dalam negeri) atau ML (impor).",
                "A BPOM number begins with MD (made here) or ML (imported).",
            ));
        };
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        if all_digits(rest) && matches!(rest.len(), 12 | 15) {
            return Ok(Self(format!("{kind} {rest}")));
        }
        Err(Fault::new(
            "md",
            "Nomor BPOM terdiri dari 12 atau 15 angka setelah MD/ML.",
            "A BPOM number has 12 or 15 digits after MD or ML.",
        ))
    }
}

impl Halal {
    /// Parses `ID` and 16 to 18 digits, the first two of which are the province.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded: String = folded(text).chars().filter(|c| *c != ' ').collect();
        let Some(rest) = folded.strip_prefix("ID") else {
            return Err(Fault::new(
                "halal",
                "Nomor sertifikat halal diawali ID; nomor ketetapan (KH) bukan nomor sertifikat.",
                "The number of a halal certificate begins with ID; the number of the ruling (KH) is another one.",
            ));
        };
        if !all_digits(rest) || !(16..=18).contains(&rest.len()) {
            return Err(Fault::new(
                "halal",
                "Nomor sertifikat halal terdiri dari 16 sampai 18 angka setelah ID.",
                "A halal certificate has 16 to 18 digits after ID.",
            ));
        }
        if number(&rest[..2]) < 11 {
            return Err(Fault::new(
                "halal",
                "Dua angka setelah ID adalah kode provinsi, misalnya 32.",
                "The two digits after ID are the province, such as 32.",
            ));
        }
        Ok(Self(folded))
    }
}

impl Sni {
    /// Parses `SNI 01-2346:2006`: number, perhaps with parts, and year.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded = folded(text);
        let parts = folded.strip_prefix("SNI ").and_then(|rest| rest.split_once(':'));
        let fine = parts.is_some_and(|(number, year)| {
            let (main, part) =
                number.split_once('-').map_or((number, None), |(main, part)| (main, Some(part)));
            all_digits(main)
                && main.len() <= 5
                && part.is_none_or(all_digits)
                && year.len() == 4
                && all_digits(year)
        });
        if fine {
            return Ok(Self(folded));
        }
        Err(Fault::new(
            "sni",
            "Nomor SNI ditulis dengan tahunnya, misalnya SNI 3553:2015.",
            "A standard is written with its year, such as SNI 3553:2015.",
        ))
    }
}

impl Tkdn {
    /// Takes the number of a certificate as it is printed; no layout of it is public.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded = folded(text);
        let fine = (5..=60).contains(&folded.len())
            && folded.bytes().any(|byte| byte.is_ascii_digit())
            && folded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ./-".contains(&byte));
        if fine {
            return Ok(Self(folded));
        }
        Err(Fault::new(
            "tkdn",
            "Nomor sertifikat TKDN terdiri dari 5 sampai 60 huruf, angka, titik atau garis.",
            "A TKDN certificate has 5 to 60 letters, digits, dots and dashes.",
        ))
    }
}

impl Trademark {
    /// Parses `IDM` and 9 digits (registered), or `DID` and 10 (applied for).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded: String = folded(text).chars().filter(|c| *c != ' ').collect();
        let fine = [("IDM", 9), ("DID", 10)].into_iter().any(|(kind, length)| {
            folded.strip_prefix(kind).is_some_and(|rest| all_digits(rest) && rest.len() == length)
        });
        if fine {
            return Ok(Self(folded));
        }
        Err(Fault::new(
            "trademark",
            "Nomor merek: IDM dan 9 angka, atau DID dan 10 angka.",
            "A trademark has IDM and 9 digits, or DID and 10 digits.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn food_of_a_home_industry() {
        for good in [
            "2063216010001-28",
            "P-IRT 2063216010001-28",
            "PIRT No. 2063216010001-28",
            "p-irt no 206321601000128",
            "P-IRT No.206321601000128",
        ] {
            let pirt = Pirt::parse(good).unwrap();
            assert_eq!(pirt.as_str(), "2063216010001-28", "{good}");
            assert_eq!((pirt.expires_in(), pirt.regency()), (2028, "3216"));
        }
        let said = |text: &str| Pirt::parse(text).unwrap_err().detail.en;
        assert!(said("20632160100012").contains("15 digits"));
        assert!(said("9063216010001-28").contains("packaging"));
        assert!(said("2003216010001-28").contains("kind of food"));
        assert!(said("2060016010001-28").contains("regency"));
        assert!(said("MD 123456789012").contains("15 digits"));
    }

    #[test]
    fn food_registered_with_bpom() {
        for (good, form) in [
            ("MD 123456789012", "MD 123456789012"),
            ("BPOM RI MD 123456789012", "MD 123456789012"),
            ("ml123456789012345", "ML 123456789012345"),
        ] {
            assert_eq!(Md::parse(good).unwrap().as_str(), form);
        }
        for bad in
            ["", "123456789012", "MD 12345678901", "MD 1234567890123", "MX 123456789012", "MD 12345678901a"]
        {
            assert_eq!(Md::parse(bad).unwrap_err().code, "md", "{bad}");
        }
    }

    #[test]
    fn halal_is_the_certificate_not_the_ruling() {
        assert_eq!(Halal::parse("ID32110002910810323").unwrap().as_str(), "ID32110002910810323");
        assert!(Halal::parse("id 3211 0002 9108 1032").is_ok());
        for bad in
            ["", "ID321100029108103", "ID3211000291081032345", "32110002910810323", "ID0011000291081032"]
        {
            assert_eq!(Halal::parse(bad).unwrap_err().code, "halal", "{bad}");
        }
        assert!(Halal::parse("KH-123/2024").unwrap_err().detail.en.contains("KH"));
    }

    #[test]
    fn standards_content_and_trademarks() {
        for good in ["SNI 3553:2015", "sni 01-2346:2006", "SNI 7:1999"] {
            assert!(Sni::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "SNI 3553", "3553:2015", "SNI 123456:2015", "SNI 3553:15", "SNI 01-:2006", "SNI x:2015"]
        {
            assert!(Sni::parse(bad).is_err(), "{bad}");
        }
        assert!(Tkdn::parse("1234/SJ-IND.8/TKDN/5/2026").is_ok());
        for bad in ["", "abc", "12_345", "ABCDE"] {
            assert!(Tkdn::parse(bad).is_err(), "{bad}");
        }
        for good in ["IDM000123456", "did 2024012345"] {
            assert!(Trademark::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "IDM00012345", "DID123456789", "XDM000123456"] {
            assert!(Trademark::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn one_form_is_its_own_form(package in 1_u8..9, kind in 1_u8..99, rest in "[0-9]{6}", year in 24_u8..40) {
            let text = format!("{package}{kind:02}3216{rest}-{year}");
            let parsed = Pirt::parse(&text).unwrap();
            prop_assert_eq!(parsed.as_str(), text.as_str());
            prop_assert_eq!(&Pirt::parse(&text.replace('-', "")).unwrap(), &parsed);
        }

        #[test]
        fn a_digit_too_many_or_too_few_is_noticed(digits in "[0-9]{1,30}") {
            let expected = (16..=18).contains(&digits.len()) && number(&digits[..2]) >= 11;
            prop_assert_eq!(Halal::parse(&format!("ID{digits}")).is_ok(), expected);
            prop_assert_eq!(Md::parse(&format!("MD{digits}")).is_ok(), matches!(digits.len(), 12 | 15));
        }

        #[test]
        fn anything_can_be_typed(text in ".{0,40}") {
            let _ = (Pirt::parse(&text).is_ok(), Md::parse(&text).is_ok(), Halal::parse(&text).is_ok());
            let _ = (Sni::parse(&text).is_ok(), Tkdn::parse(&text).is_ok(), Trademark::parse(&text).is_ok());
        }
    }
}

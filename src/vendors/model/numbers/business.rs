//! Numbers of a business that are not identity: lines of business, bank accounts, countries it sells to.

use std::fmt;
use std::sync::LazyLock;

use super::{exactly, mask};
use crate::kernel::fields::Fault;

/// Klasifikasi Baku Lapangan Usaha Indonesia: five digits of a group of activities.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kbli(String);

/// An account at a bank we know.
#[derive(Clone, PartialEq, Eq)]
pub struct BankAccount {
    bank: &'static str,
    number: String,
}

/// Codes and names of banks, from `config/finance/banks.csv`.
pub static BANKS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let rows = include_str!("../../../../config/finance/banks.csv").lines().skip(1);
    rows.filter_map(|row| row.trim_end().split_once(',')).collect()
});

impl Kbli {
    /// Parses five digits; whether the code is in use changes with each edition and is not checked.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let code = exactly("kbli", "KBLI", text, &[5])?;
        // The sections run from agriculture (01) to international bodies (99).
        if code.starts_with("00") {
            return Err(Fault::new("kbli", "Tidak ada KBLI yang berawalan 00.", "No KBLI begins with 00."));
        }
        Ok(Self(code))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BankAccount {
    /// Parses the three digits of a bank's code and the 10 to 16 digits of an account.
    pub fn parse(bank: &str, number: &str) -> (Result<&'static str, Fault>, Result<String, Fault>) {
        let known = BANKS.iter().find(|(code, _)| *code == bank.trim()).map(|(code, _)| *code);
        let bank = known.ok_or_else(|| Fault::new("bank", "Kode bank tidak dikenal.", "Unknown bank code."));
        (bank, exactly("bank-account", "nomor rekening", number, &[10, 11, 12, 13, 14, 15, 16]))
    }

    /// Both parts, each checked.
    pub fn new(bank: &'static str, number: String) -> Self {
        Self { bank, number }
    }

    /// The three digits of the bank.
    pub fn bank(&self) -> &'static str {
        self.bank
    }

    /// The digits; to be stored encrypted and shown masked.
    pub fn expose(&self) -> &str {
        &self.number
    }
}

/// Masked, so that no log can hold it.
impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.bank, mask(&self.number))
    }
}

/// A country by the two letters of ISO 3166-1.
pub fn country(text: &str) -> Result<String, Fault> {
    let code = text.trim().to_ascii_uppercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) && code != "ID" {
        return Ok(code);
    }
    Err(Fault::new(
        "country",
        "Kode negara tujuan terdiri dari dua huruf, misalnya DE.",
        "A country of destination has two letters, such as DE.",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_of_business_has_five_digits() {
        for good in
            ["15201", "15121", "10794", "10710", "56210", "13134", "32120", "17099", "47611", " 18111 "]
        {
            assert_eq!(Kbli::parse(good).unwrap().as_str(), good.trim());
        }
        for bad in ["", "1520", "152011", "1520a", "00123"] {
            assert_eq!(Kbli::parse(bad).unwrap_err().code, "kbli", "{bad}");
        }
    }

    #[test]
    fn an_account_has_a_bank_and_10_to_16_digits() {
        let parse = |bank: &str, number: &str| {
            let (bank, number) = BankAccount::parse(bank, number);
            (bank.map_err(|fault| fault.code), number.map_err(|fault| fault.code))
        };
        assert_eq!(parse("110", "0012-3456-789"), (Ok("110"), Ok("00123456789".into())));
        assert_eq!(parse("002", "1234567890123456").0, Ok("002"));
        assert_eq!(parse("999", "123456789"), (Err("bank"), Err("bank-account")));
        assert_eq!(parse("110", "12345678901234567").1, Err("bank-account"));
        assert_eq!(parse("110", "12345x78901").1, Err("bank-account"));
        let account = BankAccount::new("110", "001234567890".into());
        assert_eq!(format!("{account:?}"), "110 0012****7890");
    }

    #[test]
    fn every_bank_has_three_digits_and_a_name() {
        assert!(BANKS.len() > 20);
        assert!(BANKS.iter().all(|(code, name)| code.len() == 3 && !name.is_empty()));
    }

    #[test]
    fn a_destination_is_abroad() {
        assert_eq!(country(" de ").unwrap(), "DE");
        for bad in ["", "D", "DEU", "ID", "1A"] {
            assert!(country(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn digits_of_the_right_length_are_an_account(number in "[0-9]{10,16}") {
            prop_assert_eq!(BankAccount::parse("014", &number).1.ok(), Some(number));
        }

        #[test]
        fn anything_can_be_typed(text in ".{0,40}") {
            let _ = (Kbli::parse(&text).is_ok(), country(&text).is_ok(), BankAccount::parse(&text, &text).0.is_ok());
        }
    }
}

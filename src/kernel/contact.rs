//! E-mail addresses and Indonesian mobile numbers, in the one form in which they are compared.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::fields::Fault;

/// An e-mail address; case and unicode variants are one address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Parses and folds an address: NFKC, lower case, at most 254 characters (RFC 5321, 4.5.3.1).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded: String = text.trim().nfkc().collect::<String>().to_lowercase();
        let well_formed = folded.len() <= 254
            && folded.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && local.len() <= 64
                    && local.chars().all(is_local_char)
                    && !local.starts_with('.')
                    && !local.ends_with('.')
                    && !local.contains("..")
                    && is_domain(domain)
            });
        if well_formed {
            Ok(Self(folded))
        } else {
            Err(Fault::new("email", "Alamat e-mail tidak benar.", "Not a valid e-mail address."))
        }
    }

    /// The folded address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c)
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An Indonesian mobile number in E.164 (`+628...`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Parses `08..`, `628..` and `+628..`, with blanks, dots, dashes and brackets in between.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded: String =
            text.trim().nfkc().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
        let national = folded
            .strip_prefix("+62")
            .or_else(|| folded.strip_prefix("62"))
            .or_else(|| folded.strip_prefix('0'))
            .unwrap_or_default();
        // ^(\+62|62|0)8\d{8,11}$
        let digits = national.chars().all(|c| c.is_ascii_digit());
        if digits && national.starts_with('8') && (9..=12).contains(&national.len()) {
            Ok(Self(format!("+62{national}")))
        } else {
            Err(Fault::new(
                "phone",
                "Nomor HP tidak benar, contoh: 081234567890.",
                "Not a valid Indonesian mobile number.",
            ))
        }
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_form() {
        let plain = Email::parse("siti@example.com").unwrap();
        assert_eq!(Email::parse(" SITI@Example.COM ").unwrap(), plain);
        assert_eq!(Email::parse("ｓｉｔｉ@example.com").unwrap(), plain);
    }

    #[test]
    fn refuses_what_is_no_address() {
        for bad in [
            "",
            "siti",
            "@example.com",
            "siti@",
            "siti@example",
            "a b@example.com",
            "a@b@example.com",
            "a@-x.id",
            "sití@example.com",
            "a..b@example.com",
            "a@x..id",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn phone_numbers_are_e164() {
        for text in ["081234567890", "+6281234567890", "6281234567890", "0812-3456-7890", "(0812) 3456.7890"]
        {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+6281234567890");
        }
        for bad in ["", "021123456", "0812345", "08123456789012345", "abc", "+1 212 555 0100"] {
            assert!(Phone::parse(bad).is_err(), "{bad}");
        }
    }
}

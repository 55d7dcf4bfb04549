//! What an account is made of, parsed.

use secrecy::SecretString;
use unicode_normalization::UnicodeNormalization as _;

use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::{Email, Phone, Problem};

/// Passwords that are tried first everywhere.
const COMMON: &[&str] = &[
    "12341234",
    "12345678",
    "123456789",
    "1234567890",
    "123123123",
    "11223344",
    "87654321",
    "987654321",
    "abcd1234",
    "admin123",
    "administrator",
    "anjing123",
    "asdfghjkl",
    "bekasi123",
    "bismillah",
    "bismillah123",
    "cikarang",
    "cikarang123",
    "computer",
    "doraemon",
    "iloveyou",
    "indonesia",
    "indonesia123",
    "jakarta123",
    "kabupaten",
    "katasandi",
    "katasandi123",
    "lapak123",
    "password",
    "password1",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "qwerty123",
    "qwerty1234",
    "qwertyui",
    "qwertyuiop",
    "rahasia123",
    "sayang123",
    "sayangku",
    "sunshine",
    "welcome1",
];

/// A password as it is hashed: one form for all keyboards (NFKC).
fn folded(text: &str) -> String {
    text.nfkc().collect()
}

/// A password to try.
pub fn attempt(text: &str) -> SecretString {
    folded(text).into()
}

/// A new password: 8 to 128 characters, and not one that everybody tries first.
pub fn password(text: &str) -> Result<SecretString, Fault> {
    let password = folded(text);
    let length = password.chars().count();
    if length < 8 {
        return Err(Fault::new("too-short", "Minimal 8 karakter.", "At least 8 characters."));
    }
    if length > 128 {
        return Err(Fault::new("too-long", "Maksimal 128 karakter.", "At most 128 characters."));
    }
    let mut chars = password.chars();
    let first = chars.next();
    let monotonous = chars.all(|c| Some(c) == first);
    if monotonous || COMMON.contains(&password.to_lowercase().as_str()) {
        return Err(Fault::new(
            "too-common",
            "Kata sandi ini terlalu mudah ditebak.",
            "This password is too easy to guess.",
        ));
    }
    Ok(password.into())
}

/// Who an account is for. It can be reached by at least one of e-mail and phone.
#[derive(Clone, Debug)]
pub struct Person {
    /// As the person writes it.
    pub name: String,
    /// Folded.
    pub email: Option<Email>,
    /// E.164.
    pub phone: Option<Phone>,
}

impl Person {
    /// Parses what somebody filled in; faults go to `fields`.
    pub fn parse(fields: &mut Fields, name: &str, email: Option<&str>, phone: Option<&str>) -> Option<Self> {
        if email.is_none() && phone.is_none() {
            fields.push(
                "/email",
                Fault::new(
                    "required",
                    "Isi e-mail atau nomor HP.",
                    "Give an e-mail address or a phone number.",
                ),
            );
        }
        let name = fields.take("/name", text(name, 1, 100, false));
        let email = fields.take_opt("/email", email.map(Email::parse));
        let phone = fields.take_opt("/phone", phone.map(Phone::parse));
        Some(Self { name: name?, email: email?, phone: phone? })
    }
}

/// A person who signs up, with a password.
pub struct Registration {
    /// Who.
    pub person: Person,
    /// Checked, not yet hashed.
    pub password: SecretString,
}

impl Registration {
    /// Parses a form; the problem names all faults.
    pub fn parse(
        name: &str,
        secret: &str,
        email: Option<&str>,
        phone: Option<&str>,
    ) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let person = Person::parse(&mut fields, name, email, phone);
        let password = fields.take("/password", password(secret));
        match (person, password) {
            (Some(person), Some(password)) if !fields.any() => Ok(Self { person, password }),
            _ => Err(fields.into_problem()),
        }
    }
}

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub enum Login {
    /// An e-mail address.
    Email(Email),
    /// A phone number.
    Phone(Phone),
}

impl Login {
    /// Nothing if it can be neither; such an account cannot exist.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(['@', '＠']) {
            Email::parse(text).ok().map(Self::Email)
        } else {
            Phone::parse(text).ok().map(Self::Phone)
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn passwords_are_long_and_not_common() {
        for (text, code) in [
            ("", "too-short"),
            ("1234567", "too-short"),
            ("Password123", "too-common"),
            ("aaaaaaaaaaaa", "too-common"),
        ] {
            assert_eq!(password(text).unwrap_err().code, code, "{text}");
        }
        assert_eq!(password(&"é".repeat(129)).unwrap_err().code, "too-long");
        assert!(password("keripik tempe enak").is_ok());
        // An accent as one code point or as two is the same password.
        let (one, two) = (password("kafé kopi 1").unwrap(), attempt("kafe\u{301} kopi 1"));
        assert_eq!(one.expose_secret(), two.expose_secret());
    }

    #[test]
    fn all_faults_of_a_form_are_named() {
        let problem = Registration::parse("", "x", Some("siti"), Some("021")).err().unwrap();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/email", "/phone", "/password"]);
        let problem = Registration::parse("Siti", "keripik tempe", None, None).err().unwrap();
        assert_eq!(problem.errors[0].pointer, "/email");
        assert!(Registration::parse("Siti", "keripik tempe", None, Some("081234567890")).is_ok());
    }

    #[test]
    fn a_login_is_an_address_or_a_number() {
        assert!(matches!(Login::parse("Siti@Example.com"), Some(Login::Email(_))));
        assert!(matches!(Login::parse("0812-3456-7890"), Some(Login::Phone(_))));
        assert!(Login::parse("siti").is_none());
    }
}

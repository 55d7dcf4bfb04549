//! Who an account is for, parsed.

use secrecy::SecretString;

use super::password::{hints, password};
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::{Email, Phone, Problem};
use crate::platform::messages::Address;

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
        let hints = hints(name, email, phone);
        let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
        let password = fields.take("/password", password(secret, &hints));
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

    /// In the one form in which it is compared.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    /// What attempts on it are counted under, also where it can be nobody's.
    pub fn key(login: Option<&Self>, typed: &str) -> String {
        login.map_or(typed, Self::as_str).to_owned()
    }
}

impl From<Login> for Address {
    fn from(login: Login) -> Self {
        match login {
            Login::Email(email) => Self::Email(email),
            Login::Phone(phone) => Self::Phone(phone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

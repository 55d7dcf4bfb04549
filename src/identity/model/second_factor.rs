//! Authenticator apps (RFC 6238), and the codes for when the app is lost.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret, Totp};

use crate::web::Role;
use crate::web::authz::Scope;

/// Who the authenticator app says the codes are for.
const ISSUER: &str = "Lapak";
/// How many recovery codes a person gets at a time.
pub const RECOVERY_CODES: usize = 10;
/// Letters that are not mistaken for one another (Crockford's base 32); 32 of them, so that no byte is favoured.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What an authenticator app and the service share.
pub struct Authenticator(Totp);

impl Authenticator {
    /// From 160 random bits, for the account that the app will show.
    pub fn new(secret: [u8; 20], account: &str) -> Option<Self> {
        // A colon would end the name of the issuer.
        Self::build(Secret::from(secret), &account.replace(':', " "))
    }

    /// From a secret as [`Authenticator::secret`] wrote it.
    pub fn read(secret: &str) -> Option<Self> {
        Self::build(Secret::try_from_base32(secret).ok()?, "")
    }

    fn build(secret: Secret, account: &str) -> Option<Self> {
        let builder = Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(account);
        builder.build().ok().map(Self)
    }

    /// For typing it in.
    pub fn secret(&self) -> String {
        self.0.secret().to_base32()
    }

    /// For a picture that the app reads.
    pub fn url(&self) -> Option<String> {
        self.0.to_url().ok()
    }

    /// The time step whose code this is: the present one or a neighbour, for clocks that differ a little.
    pub fn step(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let seconds = u64::try_from(now.timestamp()).ok()?;
        self.0.check(code, seconds).and_then(|step| i64::try_from(step).ok())
    }
}

/// What somebody typed as the second factor.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// Six digits of the app.
    Digits(String),
    /// A recovery code, in the form that is hashed.
    Recovery(String),
}

impl Shown {
    /// Reads what was typed; blanks and dashes are for the eye.
    pub fn parse(text: &str) -> Self {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect();
        if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Digits(plain);
        }
        let folded = plain.to_ascii_lowercase().replace('o', "0").replace(['i', 'l'], "1");
        Self::Recovery(folded)
    }
}

/// Random bytes as letters, five bits of each.
pub fn spell(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// A recovery code as it is shown: ten letters in two halves.
pub fn recovery_code(bytes: [u8; 10]) -> String {
    let letters = spell(&bytes);
    let (left, right) = letters.split_at(letters.len() / 2);
    format!("{left}-{right}")
}

/// True if the settings let this role hold only after a second factor. Roles in shops never wait for one.
pub fn needs_second_factor(role: Role, configured: &[String]) -> bool {
    let name = match role.scope() {
        Scope::Vendor => return false,
        Scope::Unit => Scope::Unit.name(),
        Scope::Platform => role.name(),
    };
    configured.iter().any(|needs| needs == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six digits.
        let app = Authenticator::new(*b"12345678901234567890", "siti@contoh.id").unwrap();
        assert_eq!(app.step("287082", at(59)), Some(1));
        assert_eq!(app.step("081804", at(1_111_111_109)), Some(37_037_036));
        assert_eq!(app.step("287082", at(89)), Some(1));
        assert_eq!(app.step("287082", at(90)), None);
        for wrong in ["287083", "28708", "2870820", "+87082", "", "２８７０８２"] {
            assert_eq!(app.step(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn the_secret_comes_back_and_the_url_names_the_account() {
        let app = Authenticator::new([7; 20], "a:b@contoh.id").unwrap();
        assert_eq!(Authenticator::read(&app.secret()).unwrap().secret(), app.secret());
        let url = app.url().unwrap();
        assert!(url.starts_with("otpauth://totp/Lapak:a%20b%40contoh.id?secret="), "{url}");
        assert!(Authenticator::read("not base 32!").is_none());
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let code = recovery_code([0, 1, 31, 32, 255, 10, 11, 12, 13, 14]);
        assert_eq!(code, "01z0z-abcde");
        for written in ["01z0z-abcde", "O1Z0Z ABCDE", " oLzOz-aBcDe"] {
            assert_eq!(Shown::parse(written), Shown::Recovery("01z0zabcde".to_owned()), "{written}");
        }
        assert_eq!(Shown::parse("123 456"), Shown::Digits("123456".to_owned()));
    }

    #[test]
    fn the_settings_say_which_roles_wait() {
        let configured = ["operator".to_owned(), "unit".to_owned()];
        assert!(needs_second_factor(Role::Operator, &configured));
        assert!(needs_second_factor(Role::Treasurer, &configured));
        assert!(!needs_second_factor(Role::Finance, &configured));
        assert!(!needs_second_factor(Role::VendorOwner, &["owner".to_owned()]));
    }
}

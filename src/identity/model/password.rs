//! Passwords, parsed.

use secrecy::SecretString;
use unicode_normalization::UnicodeNormalization as _;

use crate::kernel::fields::Fault;

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
}

//! Random values, drawn in one place so that every secret has enough bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use sha2::{Digest, Sha256};

/// Bytes from the operating system's seeded generator.
pub fn bytes<const N: usize>() -> [u8; N] {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that draws random values")]
    rand::rng().random()
}

/// A secret of 256 bits that can be written into a header or a URL.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// A code of six digits that somebody can type; short, so whoever checks it must count the tries.
pub fn code() -> String {
    format!("{:06}", u64::from_ne_bytes(bytes()) % 1_000_000)
}

/// What is stored of a secret of [`secret`]: it is too long to guess, so a plain hash keeps it.
pub fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        assert_eq!(secret().len(), 43);
        assert_ne!(secret(), secret());
        assert!((0..100).map(|_| code()).all(|code| code.len() == 6 && code.parse::<u32>().is_ok()));
        assert_eq!(digest("a"), digest("a"));
        assert_ne!(digest("a"), digest("b"));
    }
}

//! Encryption of single fields (AES-256-GCM) and keyed hashes to find them again without reading them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::ExposeSecret as _;

use super::keys::{KeyError, read_or_make};
use super::random;
use crate::config::Config;

const SETTING: &str = "auth.field_key";
/// Says how the rest was made, so that a later way can live beside it.
const VERSION: &str = "v1.";

/// A field that cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[error("a sealed field cannot be {0}")]
pub struct SealError(&'static str);

/// Seals and opens fields.
pub struct Sealer {
    fields: RandomizedNonceKey,
    index: hmac::Key,
}

impl Sealer {
    /// Uses the configured key, or one that is made once under the data folder.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        let configured = config.auth.field_key.expose_secret().trim();
        let text = if configured.is_empty() {
            read_or_make(&config.data_path("keys/field.key"), || Ok(STANDARD.encode(random::bytes::<32>())))?
        } else {
            configured.to_owned()
        };
        let secret = STANDARD.decode(text.trim()).map_err(|error| KeyError::unusable(SETTING, error))?;
        Self::new(&secret)
    }

    /// From 32 bytes or more that nobody else knows.
    pub fn new(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < 32 {
            return Err(KeyError::unusable(SETTING, "shorter than 32 bytes"));
        }
        let unusable = |_| KeyError::unusable(SETTING, "no keys can be derived from it");
        let fields = derive(secret, b"lapak fields").map_err(unusable)?;
        let index = derive(secret, b"lapak index").map_err(unusable)?;
        Ok(Self {
            fields: RandomizedNonceKey::new(&AES_256_GCM, &fields).map_err(unusable)?,
            index: hmac::Key::new(hmac::HMAC_SHA256, &index),
        })
    }

    /// Encrypts a value for one place (`table.column:id`); it opens nowhere else.
    pub fn seal(&self, place: &str, value: &str) -> Result<String, SealError> {
        let mut text = value.as_bytes().to_vec();
        let nonce = self
            .fields
            .seal_in_place_append_tag(Aad::from(place), &mut text)
            .map_err(|_| SealError("sealed"))?;
        let sealed = [nonce.as_ref().as_slice(), &text].concat();
        Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Decrypts what was sealed for the same place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String, SealError> {
        let fault = || SealError("opened");
        let body = sealed.strip_prefix(VERSION).ok_or_else(fault)?;
        let mut bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| fault())?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(fault)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fault())?;
        let plain = self.fields.open_in_place(nonce, Aad::from(place), text).map_err(|_| fault())?;
        String::from_utf8(plain.to_vec()).map_err(|_| fault())
    }

    /// The same text for the same value of a column, and useless without the key: for unique indexes.
    pub fn index(&self, column: &str, value: &str) -> String {
        let tag = hmac::sign(&self.index, format!("{column}\0{value}").as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }
}

fn derive(secret: &[u8], purpose: &[u8]) -> Result<[u8; 32], aws_lc_rs::error::Unspecified> {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"lapak")
        .extract(secret)
        .expand(&[purpose], hkdf::HKDF_SHA256)?
        .fill(&mut key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_where_it_was_sealed() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let sealed = sealer.seal("vendors.nik:1", "3216010101900001").unwrap();
        assert!(!sealed.contains("3216"));
        assert_eq!(sealer.open("vendors.nik:1", &sealed).unwrap(), "3216010101900001");
        assert!(sealer.open("vendors.nik:2", &sealed).is_err());
        assert!(Sealer::new(&[8; 32]).unwrap().open("vendors.nik:1", &sealed).is_err());
        assert_ne!(sealed, sealer.seal("vendors.nik:1", "3216010101900001").unwrap());
        for broken in ["", "v1.", "v1.AAAA", "v2.AAAA", &sealed[..sealed.len() - 2]] {
            assert!(sealer.open("vendors.nik:1", broken).is_err());
        }
    }

    #[test]
    fn the_index_depends_on_key_column_and_value() {
        let (one, two) = (Sealer::new(&[7; 32]).unwrap(), Sealer::new(&[8; 32]).unwrap());
        assert_eq!(one.index("nik", "1"), one.index("nik", "1"));
        assert_ne!(one.index("nik", "1"), one.index("nik", "2"));
        assert_ne!(one.index("nik", "1"), one.index("npwp", "1"));
        assert_ne!(one.index("nik", "1"), two.index("nik", "1"));
        assert!(Sealer::new(&[7; 16]).is_err());
    }
}

//! Encryption of single fields (AES-256-GCM) and keyed hashes to find them again without reading them.
//!
//! What is sealed names its key, so that keys can change while old values are still read. Sealing always takes the newest key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::ExposeSecret as _;

use super::keys::{KeyError, read_or_make};
use super::random;
use crate::config::Config;
use crate::kernel::hex;

const SETTING: &str = "auth.field_key";
const PREVIOUS: &str = "auth.previous_field_keys";
/// `v2.<id of the key>.<nonce and text>`
const VERSION: &str = "v2.";
/// The same without the id; nothing is sealed so any more.
const UNNAMED: &str = "v1.";
/// Bytes of a key's id.
const ID_LEN: usize = 6;

/// A field that cannot be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The library refused.
    #[error("a field cannot be sealed")]
    Unsealed,
    /// It is no sealed text, was changed, or belongs elsewhere.
    #[error("a sealed field cannot be opened")]
    Broken,
    /// The key it was sealed with is not among ours.
    #[error("a field is sealed with the key {0}, which is in neither {SETTING} nor {PREVIOUS}")]
    NoKey(String),
}

/// Seals with the newest key, and opens with any.
pub struct Sealer {
    current: Key,
    previous: Vec<Key>,
}

/// What follows from one secret.
struct Key {
    /// Tells nothing about the secret.
    id: String,
    fields: RandomizedNonceKey,
    index: hmac::Key,
}

impl Sealer {
    /// Uses the configured keys; the newest is made once under the data folder if there is none.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        let configured = config.auth.field_key.expose_secret().trim();
        let text = if configured.is_empty() {
            read_or_make(&config.data_path("keys/field.key"), || Ok(STANDARD.encode(random::bytes::<32>())))?
        } else {
            configured.to_owned()
        };
        let mut sealer = Self { current: Key::parse(SETTING, &text)?, previous: Vec::new() };
        for text in &config.auth.previous_field_keys {
            sealer.previous.push(Key::parse(PREVIOUS, text.expose_secret())?);
        }
        Ok(sealer)
    }

    /// From 32 bytes or more that nobody else knows.
    pub fn new(secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { current: Key::new(SETTING, secret)?, previous: Vec::new() })
    }

    /// Encrypts a value for one place (`table.column:id`); it opens nowhere else.
    pub fn seal(&self, place: &str, value: &str) -> Result<String, SealError> {
        let mut text = value.as_bytes().to_vec();
        let nonce = self
            .current
            .fields
            .seal_in_place_append_tag(Aad::from(place), &mut text)
            .map_err(|_| SealError::Unsealed)?;
        let sealed = [nonce.as_ref().as_slice(), &text].concat();
        Ok(format!("{}{}", self.prefix(), URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Decrypts what was sealed for the same place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String, SealError> {
        if let Some(body) = sealed.strip_prefix(UNNAMED) {
            let opened = self.keys().find_map(|key| key.open(place, body).ok());
            return opened.ok_or(SealError::Broken);
        }
        let named = sealed.strip_prefix(VERSION).and_then(|rest| rest.split_once('.'));
        let (id, body) = named.ok_or(SealError::Broken)?;
        let key = self.keys().find(|key| key.id == id).ok_or_else(|| SealError::NoKey(id.to_owned()))?;
        key.open(place, body)
    }

    /// The same text for the same value of a column, and useless without the key: for unique indexes.
    pub fn index(&self, column: &str, value: &str) -> String {
        self.current.index(column, value)
    }

    /// What [`Sealer::index`] said under the keys before: until all is sealed anew, a value may be found under any.
    pub fn previous_indexes(&self, column: &str, value: &str) -> Vec<String> {
        self.previous.iter().map(|key| key.index(column, value)).collect()
    }

    /// What everything begins with that is sealed with the newest key.
    pub fn prefix(&self) -> String {
        format!("{VERSION}{}.", self.current.id)
    }

    /// The ids of all keys, the newest first.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.keys().map(|key| key.id.as_str())
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl Key {
    fn parse(setting: &'static str, text: &str) -> Result<Self, KeyError> {
        let secret = STANDARD.decode(text.trim()).map_err(|error| KeyError::unusable(setting, error))?;
        Self::new(setting, &secret)
    }

    fn new(setting: &'static str, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < 32 {
            return Err(KeyError::unusable(setting, "shorter than 32 bytes"));
        }
        let unusable = |_| KeyError::unusable(setting, "no keys can be derived from it");
        let fields = derive(secret, b"lapak fields").map_err(unusable)?;
        let index = derive(secret, b"lapak index").map_err(unusable)?;
        let id = derive(secret, b"lapak key id").map_err(unusable)?;
        Ok(Self {
            id: hex(&id[..ID_LEN]),
            fields: RandomizedNonceKey::new(&AES_256_GCM, &fields).map_err(unusable)?,
            index: hmac::Key::new(hmac::HMAC_SHA256, &index),
        })
    }

    fn open(&self, place: &str, body: &str) -> Result<String, SealError> {
        let fault = || SealError::Broken;
        let mut bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| fault())?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(fault)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fault())?;
        let plain = self.fields.open_in_place(nonce, Aad::from(place), text).map_err(|_| fault())?;
        String::from_utf8(plain.to_vec()).map_err(|_| fault())
    }

    fn index(&self, column: &str, value: &str) -> String {
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

/// What came of sealing values anew with the newest key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed anew.
    pub done: u64,
    /// Opened by no key; left as they are.
    pub unreadable: u64,
    /// Readable, but the database did not take them; left as they are.
    pub refused: u64,
}

impl std::ops::AddAssign for Resealed {
    fn add_assign(&mut self, more: Self) {
        self.done += more.done;
        self.unreadable += more.unreadable;
        self.refused += more.refused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "vendors.nik:1";

    fn rotated(current: u8, previous: &[u8]) -> Sealer {
        let mut sealer = Sealer::new(&[current; 32]).unwrap();
        sealer.previous = previous.iter().map(|byte| Key::new(PREVIOUS, &[*byte; 32]).unwrap()).collect();
        sealer
    }

    #[test]
    fn opens_only_where_it_was_sealed() {
        let sealer = rotated(7, &[]);
        let sealed = sealer.seal(PLACE, "3216010101900001").unwrap();
        assert!(!sealed.contains("3216"));
        assert_eq!(sealer.open(PLACE, &sealed).unwrap(), "3216010101900001");
        assert!(sealer.open("vendors.nik:2", &sealed).is_err());
        assert_ne!(sealed, sealer.seal(PLACE, "3216010101900001").unwrap());
        let id = sealer.key_ids().next().unwrap().to_owned();
        assert!(matches!(rotated(8, &[]).open(PLACE, &sealed), Err(SealError::NoKey(named)) if named == id));
        let swapped = sealed.replace(&id, rotated(8, &[]).key_ids().next().unwrap());
        assert_eq!(rotated(8, &[7]).open(PLACE, &swapped), Err(SealError::Broken));
        for broken in ["", "v1.", "v1.AAAA", "v2.AAAA", "v2..", &sealed[..sealed.len() - 2]] {
            assert!(sealer.open(PLACE, broken).is_err());
        }
    }

    #[test]
    fn values_of_previous_keys_open_and_new_ones_take_the_newest() {
        let old = rotated(7, &[]).seal(PLACE, "x").unwrap();
        let sealer = rotated(8, &[6, 7]);
        assert_eq!(sealer.open(PLACE, &old).unwrap(), "x");
        let new = sealer.seal(PLACE, "x").unwrap();
        assert!(new.starts_with(&sealer.prefix()) && !old.starts_with(&sealer.prefix()));
        assert!(rotated(7, &[]).open(PLACE, &new).is_err());
        assert_eq!(
            sealer.previous_indexes("nik", "1"),
            [rotated(6, &[]).index("nik", "1"), rotated(7, &[]).index("nik", "1")]
        );
    }

    #[test]
    fn values_from_before_keys_had_names_open() {
        let sealer = rotated(8, &[7]);
        for old in [rotated(7, &[]), rotated(8, &[])] {
            let sealed = old.seal(PLACE, "x").unwrap().replacen(&old.prefix(), UNNAMED, 1);
            assert_eq!(sealer.open(PLACE, &sealed).unwrap(), "x");
            assert_eq!(rotated(9, &[]).open(PLACE, &sealed), Err(SealError::Broken));
        }
    }

    #[test]
    fn the_index_depends_on_key_column_and_value() {
        let (one, two) = (rotated(7, &[]), rotated(8, &[]));
        assert_eq!(one.index("nik", "1"), one.index("nik", "1"));
        assert_ne!(one.index("nik", "1"), one.index("nik", "2"));
        assert_ne!(one.index("nik", "1"), one.index("npwp", "1"));
        assert_ne!(one.index("nik", "1"), two.index("nik", "1"));
        assert!(Sealer::new(&[7; 16]).is_err());
    }
}

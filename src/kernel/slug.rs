//! Names for URLs.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower-case ASCII words joined by `-`; never looks like a UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// Longest slug made from a title, without suffix.
    const MAX: usize = 80;

    /// The slug of a title, e.g. `Keripik Témpe "Bu Siti"` -> `keripik-tempe-bu-siti`.
    pub fn of(title: &str) -> Self {
        let mut slug = String::new();
        for c in title.nfkd().filter(|c| !is_combining_mark(*c)) {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            if slug.len() >= Self::MAX {
                break;
            }
        }
        let slug = slug.trim_matches('-');
        Self(if slug.is_empty() { "item".to_owned() } else { slug.to_owned() })
    }

    /// The same slug made unique by the end of an id.
    #[must_use]
    pub fn with_suffix(&self, id: uuid::Uuid) -> Self {
        let hex = id.simple().to_string();
        Self(format!("{}-{}", self.0, &hex[hex.len() - 8..]))
    }

    /// True if a text can be a slug at all. What cannot must not reach the database: PostgreSQL refuses NUL in a text.
    pub fn could_be(text: &str) -> bool {
        !text.is_empty()
            && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_slugs() {
        assert_eq!(Slug::of("Keripik Témpe \"Bu Siti\"").as_str(), "keripik-tempe-bu-siti");
        assert_eq!(Slug::of("  --A4  70 gsm! ").as_str(), "a4-70-gsm");
        assert_eq!(Slug::of("日本").as_str(), "item");
        assert!(Slug::of(&"x".repeat(500)).as_str().len() <= 80);
        for title in ["Keripik Témpe", "日本", "  --A4  70 gsm! "] {
            assert!(Slug::could_be(Slug::of(title).as_str()));
        }
        for text in ["", "a\0b", "Batik", "a/b", "é"] {
            assert!(!Slug::could_be(text));
        }
    }
}

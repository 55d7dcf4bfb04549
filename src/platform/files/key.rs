//! Names of files. What could leave its folder is no name.

use std::fmt;

use object_store::path::Path;

/// A checked name, e.g. `public/products/019a.jpg`: lower-case segments, nothing hidden, nothing that climbs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileKey(Path);

impl FileKey {
    /// Longest key.
    const MAX: usize = 200;

    /// Reads a key; `None` for anything that is not plainly one.
    pub fn parse(text: &str) -> Option<Self> {
        let fine = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && !segment.contains("..")
                && segment.chars().all(is_plain)
        };
        let placed = text.starts_with("public/") || text.starts_with("private/");
        if text.len() <= Self::MAX && placed && text.split('/').all(fine) {
            Path::parse(text).ok().map(Self)
        } else {
            None
        }
    }

    /// A key that anybody may read. What is not allowed in a name is left out of it.
    pub fn public(folder: &str, name: &str) -> Self {
        Self::built("public", folder, name)
    }

    /// A key that only its feature serves.
    pub fn private(folder: &str, name: &str) -> Self {
        Self::built("private", folder, name)
    }

    fn built(top: &str, folder: &str, name: &str) -> Self {
        let plain = |text: &str| -> String { text.chars().filter(|c| is_plain(*c)).collect() };
        Self(Path::from(format!("{top}/{}/{}", plain(folder), plain(name))))
    }

    /// True if anybody may read it.
    pub fn is_public(&self) -> bool {
        self.as_str().starts_with("public/")
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// The type of the content, by the end of the name; we chose the name, so it is true.
    pub fn content_type(&self) -> &'static str {
        match self.0.extension() {
            Some("jpg") => "image/jpeg",
            Some("png") => "image/png",
            Some("webp") => "image/webp",
            Some("pdf") => "application/pdf",
            Some("csv") => "text/csv; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    /// How long it may be kept: a public file never changes, a private one is nobody's to keep.
    pub fn cache_control(&self) -> &'static str {
        if self.is_public() { "public, max-age=31536000, immutable" } else { "private, no-store" }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c)
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_its_folder_is_no_key() {
        for bad in [
            "",
            "/",
            "public",
            "public/",
            "/etc/passwd",
            "products/a.jpg",
            "public/../private/a",
            "public/..",
            "public/a/../../b",
            "public//a",
            "public/a/",
            "public/.hidden",
            "public/a\0.jpg",
            "public/a\\b",
            "public/%2e%2e/a",
            "public/A.jpg",
            "public/a b",
        ] {
            assert!(FileKey::parse(bad).is_none(), "{bad:?}");
        }
        assert!(FileKey::parse(&format!("public/{}", "a".repeat(5000))).is_none());
    }

    #[test]
    fn the_name_tells_type_and_audience() {
        let picture = FileKey::parse("public/products/019a-320.jpg").unwrap();
        assert_eq!(picture.content_type(), "image/jpeg");
        assert!(picture.is_public());
        let proof = FileKey::parse("private/proofs/019a.pdf").unwrap();
        assert!(!proof.is_public());
        assert!(proof.cache_control().contains("no-store"));
    }
}

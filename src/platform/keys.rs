//! Key files under the data folder: made once, readable by their owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::random;

/// A key that cannot be read, made or understood.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The setting holds no key of the right kind.
    #[error("{setting}: {reason}")]
    Unusable {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl KeyError {
    fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }

    /// A setting that holds no usable key.
    pub fn unusable(setting: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Unusable { setting, reason: reason.to_string() }
    }
}

/// A PEM given as it is (also with `\n` written out, as environments do), or the content of the file it names.
pub fn pem_or_file(value: &str) -> Result<String, KeyError> {
    if value.contains("-----BEGIN") {
        return Ok(value.replace("\\n", "\n"));
    }
    let path = Path::new(value.trim());
    fs::read_to_string(path).map_err(|error| KeyError::file(path, error))
}

/// The content of a key file, made now if there is none. Processes that start together agree on one.
pub fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> Result<String, KeyError>,
) -> Result<String, KeyError> {
    match fs::read_to_string(path) {
        Ok(content) => return Ok(content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(KeyError::file(path, error)),
    }
    let content = make()?;
    publish(path, &content).map_err(|error| KeyError::file(path, error))?;
    fs::read_to_string(path).map_err(|error| KeyError::file(path, error))
}

fn publish(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("{}.new", random::secret()));
    let mut file = private(&draft)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    // A link appears whole or not at all, and the first one wins.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/signing.pem");
        assert_eq!(read_or_make(&path, || Ok("one".into())).unwrap(), "one");
        publish(&path, "two").unwrap();
        assert_eq!(read_or_make(&path, || Ok("three".into())).unwrap(), "one");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.pem");
        read_or_make(&path, || Ok("key".into())).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_pem_may_come_in_one_line() {
        let pem = pem_or_file("-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----").unwrap();
        assert_eq!(pem.lines().count(), 3);
        assert!(pem_or_file("/nowhere/key.pem").is_err());
    }
}

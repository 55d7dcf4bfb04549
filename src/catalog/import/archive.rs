//! Pictures out of a ZIP archive that came with a list. It is an archive of somebody else: what a file unpacks to is bounded,
//! and a name is only a name; nothing is written where it points to.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::ImportError;

/// Most files of an archive.
const MAX_ENTRIES: usize = 2_000;

/// Makes sure that a file is an archive with a bearable number of files.
pub fn check_archive(bytes: &[u8]) -> Result<(), ImportError> {
    let unreadable = |why: String| ImportError::Unreadable(why);
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    if archive.len() <= MAX_ENTRIES { Ok(()) } else { Err(unreadable("too many files".to_owned())) }
}

/// One file of an archive, by its whole name; `None` if there is none, or if it unpacks to more than `most`.
pub fn from_archive(bytes: &[u8], name: &str, most: u64) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let entry = archive.by_name(name).ok().filter(|entry| entry.is_file())?;
    let mut content = Vec::new();
    entry.take(most + 1).read_to_end(&mut content).ok()?;
    (content.len() as u64 <= most).then_some(content)
}

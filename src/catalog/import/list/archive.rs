//! Pictures out of a ZIP archive that came with a list. It is an archive of somebody else: how many files it has and what they
//! unpack to is bounded, and a name is only a name; nothing is written where it points to.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::catalog::import::ImportError;

/// Most files of an archive.
const MAX_ENTRIES: usize = 2_000;
/// Most bytes of all its files when they are unpacked.
const UNPACKED: u64 = 512 * 1024 * 1024;

/// Makes sure that a file is an archive with a bearable number of files of a bearable size.
pub fn check_archive(bytes: &[u8]) -> Result<(), ImportError> {
    let unreadable = |why: String| ImportError::Unreadable(why);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    if archive.len() > MAX_ENTRIES {
        return Err(unreadable(format!("the archive has more than {MAX_ENTRIES} files")));
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| unreadable(error.to_string()))?;
        left = left
            .checked_sub(entry.size())
            .ok_or_else(|| unreadable("the archive is too large when unpacked".to_owned()))?;
    }
    Ok(())
}

/// One file of an archive; `None` if there is none, or if it unpacks to more than `most`, whatever it claims.
pub fn from_archive(bytes: &[u8], name: &str, most: usize) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let index = find(&archive, name)?;
    let entry = archive.by_index(index).ok().filter(zip::read::ZipFile::is_file)?;
    let mut content = Vec::new();
    entry.take(most as u64 + 1).read_to_end(&mut content).ok()?;
    (content.len() <= most).then_some(content)
}

/// By the whole name; else by the name without its folders, in any case, if only one file is called so.
fn find(archive: &ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<usize> {
    if let Some(index) = archive.index_for_name(name) {
        return Some(index);
    }
    let called = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let wanted = called(name);
    let mut alike = (0..archive.len()).filter(|at| {
        archive.name_for_index(*at).is_some_and(|one| one.is_ok_and(|one| called(&one) == wanted))
    });
    match (alike.next(), alike.next()) {
        (Some(index), None) => Some(index),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn names_are_matched() {
        let bytes = archive(&[("foto/Depan.PNG", b"1"), ("a/x.png", b"2"), ("b/x.png", b"3")]);
        let read = |name: &str| from_archive(&bytes, name, 10);
        assert_eq!(read("depan.png"), Some(b"1".to_vec()));
        assert_eq!(read("b/x.png"), Some(b"3".to_vec()));
        assert_eq!(read("x.png"), None, "which of the two nobody knows");
        assert_eq!(read("lain.png"), None);
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bytes = archive(&[("a.png", &[0; 1000])]);
        assert_eq!(from_archive(&bytes, "a.png", 999), None);
        assert!(from_archive(&bytes, "a.png", 1000).is_some());
        let names: Vec<String> = (0..=MAX_ENTRIES).map(|number| format!("{number}.png")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(check_archive(&archive(&many)).is_err());
        assert!(check_archive(&archive(&many[1..])).is_ok());
        assert!(check_archive(b"PK\x03\x04nonsense").is_err());
        let zeros = vec![0; 20 * 1024 * 1024];
        let bomb: Vec<(&str, &[u8])> =
            names.iter().take(26).map(|name| (name.as_str(), &zeros[..])).collect();
        assert!(check_archive(&archive(&bomb)).is_err());
    }
}

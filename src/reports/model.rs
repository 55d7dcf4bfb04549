//! An archive of JSON files, written row by row and compressed on the way.

use std::io::{Cursor, Write as _};

use serde::Serialize;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::error::ReportError;

/// An archive that is being written.
pub struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Archive {
    /// Nothing in it yet.
    pub fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    /// Adds a file that holds one value.
    pub fn add(&mut self, name: &str, value: &impl Serialize) -> Result<(), ReportError> {
        self.start(name)?;
        serde_json::to_writer_pretty(&mut self.zip, value).map_err(ReportError::archive)
    }

    /// Adds a file that holds a list, to be written row by row.
    pub fn list(&mut self, name: &str) -> Result<List<'_>, ReportError> {
        self.start(name)?;
        Ok(List { archive: self, empty: true })
    }

    /// The whole archive.
    pub fn finish(self) -> Result<Vec<u8>, ReportError> {
        self.zip.finish().map(Cursor::into_inner).map_err(ReportError::archive)
    }

    fn start(&mut self, name: &str) -> Result<(), ReportError> {
        let options = SimpleFileOptions::default();
        self.zip.start_file(format!("{name}.json"), options).map_err(ReportError::archive)
    }

    fn write(&mut self, text: &[u8]) -> Result<(), ReportError> {
        self.zip.write_all(text).map_err(ReportError::archive)
    }
}

/// A list that is being written; it must be closed.
#[must_use]
pub struct List<'a> {
    archive: &'a mut Archive,
    empty: bool,
}

impl List<'_> {
    /// Adds a row.
    pub fn push(&mut self, row: &impl Serialize) -> Result<(), ReportError> {
        self.archive.write(if self.empty { b"[\n" } else { b",\n" })?;
        self.empty = false;
        serde_json::to_writer(&mut self.archive.zip, row).map_err(ReportError::archive)
    }

    /// Ends the list.
    pub fn close(self) -> Result<(), ReportError> {
        self.archive.write(if self.empty { b"[]\n" } else { b"\n]\n" })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut archive = Archive::new();
        archive.add("one", &json!({"a": 1})).unwrap();
        let mut list = archive.list("many").unwrap();
        list.push(&1).unwrap();
        list.push(&2).unwrap();
        list.close().unwrap();
        archive.list("none").unwrap().close().unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(archive.finish().unwrap())).unwrap();
        let mut read = |name: &str| -> Value {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(read("one.json"), json!({"a": 1}));
        assert_eq!(read("many.json"), json!([1, 2]));
        assert_eq!(read("none.json"), json!([]));
    }
}

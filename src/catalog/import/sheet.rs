//! A CSV file as spreadsheets write it: with comma or semicolon, with or without a byte order mark.

use std::collections::HashMap;
use std::path::Path;

use super::ImportError;

/// A table in memory.
pub struct Sheet {
    headers: Vec<String>,
    columns: HashMap<String, usize>,
    // Each with the line it begins in.
    records: Vec<(u64, csv::ByteRecord)>,
}

/// One row of a table.
pub struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a csv::ByteRecord,
}

/// Why a row cannot even be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRow {
    /// More or fewer cells than the header.
    Columns,
    /// Not UTF-8.
    Encoding,
}

impl Sheet {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let bytes =
            std::fs::read(path).map_err(|error| ImportError::File(path.display().to_string(), error))?;
        Self::parse(&bytes)
    }

    /// Reads a CSV file or a workbook from memory, by what it begins with.
    pub fn read(bytes: &[u8]) -> Result<Self, ImportError> {
        if bytes.starts_with(b"PK\x03\x04") { super::workbook::read(bytes) } else { Self::parse(bytes) }
    }

    /// A table that was read elsewhere: its header, and rows with their lines.
    pub fn from_rows(headers: Vec<String>, rows: Vec<(u64, csv::ByteRecord)>) -> Self {
        let columns = columns(&headers);
        Self { headers, columns, records: rows }
    }

    /// Reads a table from memory.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImportError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter(bytes)).flexible(true).from_reader(bytes);
        let header = reader.headers().map_err(|error| unreadable(&error))?;
        let headers: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let mut lines = Lines { bytes, at: 0, line: 1 };
        let records = reader
            .into_byte_records()
            .map(|record| record.map(|record| (lines.of(&record), record)))
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable(&error))?;
        Ok(Self::from_rows(headers, records))
    }

    /// The header as it is written.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The same table under other names of its columns: header as it is written, name to find it by. Others are not read.
    #[must_use]
    pub fn mapped<'a>(mut self, names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.columns.clear();
        for (header, name) in names {
            if let Some(at) = self.headers.iter().position(|written| written == header) {
                self.columns.insert(name.to_owned(), at);
            }
        }
        self
    }

    /// The rows as they are meant, with the line each begins in.
    pub fn lines(&self) -> impl Iterator<Item = (u64, Vec<String>)> {
        let text = |cell: &[u8]| meant(&String::from_utf8_lossy(cell)).to_owned();
        self.records.iter().map(move |(line, record)| (*line, record.iter().map(text).collect()))
    }

    /// Makes sure that these columns are there.
    pub fn require(&self, columns: &[&str]) -> Result<(), ImportError> {
        let missing: Vec<&str> =
            columns.iter().copied().filter(|column| !self.columns.contains_key(*column)).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(ImportError::Unreadable(format!("it has no column {}", missing.join(", "))))
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True for a header without rows.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The rows with the line each begins in.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Result<Row<'_>, BadRow>)> {
        self.records.iter().map(|(line, record)| (*line, self.row(record)))
    }

    fn row<'a>(&'a self, record: &'a csv::ByteRecord) -> Result<Row<'a>, BadRow> {
        if record.len() != self.headers.len() {
            return Err(BadRow::Columns);
        }
        if record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
            return Err(BadRow::Encoding);
        }
        Ok(Row { columns: &self.columns, record })
    }
}

impl Row<'_> {
    /// The cell as it is written; empty if the table has no such column.
    pub fn raw(&self, column: &str) -> &str {
        self.columns
            .get(column)
            .and_then(|index| self.record.get(*index))
            .and_then(|cell| std::str::from_utf8(cell).ok())
            .unwrap_or_default()
    }

    /// The cell without blanks around it, and without the apostrophe that keeps spreadsheets from calculating it.
    pub fn get(&self, column: &str) -> &str {
        meant(self.raw(column))
    }

    /// True if nothing is written in it.
    pub fn is_empty(&self) -> bool {
        self.record.iter().all(|cell| cell.trim_ascii().is_empty())
    }

    /// The cells of some columns as they are written.
    pub fn of(&self, columns: &[&str]) -> std::collections::BTreeMap<String, String> {
        columns.iter().map(|column| ((*column).to_owned(), self.raw(column).to_owned())).collect()
    }

    /// All cells, to compare rows with each other.
    pub fn cells(&self) -> Vec<Vec<u8>> {
        self.record.iter().map(<[u8]>::to_vec).collect()
    }
}

/// A cell without blanks around it, and without the apostrophe of `platform::sheets::harmless`.
fn meant(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\'']) => rest,
        _ => cell,
    }
}

fn columns(headers: &[String]) -> HashMap<String, usize> {
    headers.iter().enumerate().map(|(index, name)| (name.trim().to_lowercase(), index)).collect()
}

/// Counts lines up to a record. (The reader's own count is one short where lines end with CR LF.)
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &csv::ByteRecord) -> u64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let mut start = usize::try_from(start).unwrap_or(usize::MAX).min(self.bytes.len());
        while matches!(self.bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let passed = &self.bytes[self.at..start];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = start;
        self.line
    }
}

fn unreadable(error: &csv::Error) -> ImportError {
    ImportError::Unreadable(error.to_string())
}

/// Spreadsheets in Indonesian write semicolons.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| header.iter().filter(|byte| **byte == wanted).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_spreadsheets_write() {
        for text in
            ["nama,harga\n\"Keripik, pedas\",5000\n", "\u{feff}Nama;HARGA\r\n\"Keripik, pedas\";5000\r\n"]
        {
            let sheet = Sheet::parse(text.as_bytes()).unwrap();
            let (line, row) = sheet.rows().next().unwrap();
            let row = row.ok().unwrap();
            assert_eq!((line, row.get("nama"), row.get("harga")), (2, "Keripik, pedas", "5000"));
            assert_eq!(row.get("tidak ada"), "");
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let sheet = Sheet::parse(b"a,b\n\"x\ny\",1\nz,2\n1\n\xff,3\n").unwrap();
        let rows: Vec<_> = sheet.rows().map(|(line, row)| (line, row.err())).collect();
        let expected = [(2, None), (4, None), (5, Some(BadRow::Columns)), (6, Some(BadRow::Encoding))];
        assert_eq!(rows, expected);
        assert!(sheet.require(&["a", "b"]).is_ok());
        assert!(sheet.require(&["a", "c"]).unwrap_err().to_string().contains("no column c"));
    }

    #[test]
    fn a_cell_that_was_made_harmless_comes_back() {
        let sheet = Sheet::parse(b"a\n'=1+1\n'tis\n=1\n").unwrap();
        let cells: Vec<String> = sheet.rows().map(|(_, row)| row.ok().unwrap().get("a").to_owned()).collect();
        assert_eq!(cells, ["=1+1", "'tis", "=1"]);
    }
}

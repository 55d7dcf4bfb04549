//! Tables as files for spreadsheets: CSV and XLSX, with no cell that a spreadsheet would calculate.

use std::borrow::Cow;

use rust_xlsxwriter::{Workbook, XlsxError};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text; nothing is an empty one.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("a table cannot be written: {0}")]
pub struct SheetError(String);

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        Self(error.to_string())
    }
}

impl From<csv::Error> for SheetError {
    fn from(error: csv::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.unwrap_or_default())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

/// A spreadsheet takes a cell that begins like this for a formula. An apostrophe that could be taken for ours gets one, too, so
/// that whoever takes ours off has what was there.
pub fn harmless(cell: &str) -> Cow<'_, str> {
    let risky = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let mistaken = cell.strip_prefix('\'').is_some_and(|rest| risky(rest) || rest.starts_with('\''));
    if risky(cell) || mistaken { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// A table as CSV.
pub fn csv(header: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let mut text = csv_rows(&[header.iter().map(|name| Cell::from(*name)).collect()])?;
    text.extend(csv_rows(rows)?);
    Ok(text)
}

/// Rows of a table as CSV, to follow its header.
pub fn csv_rows(rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
        });
        table.write_record(cells.map(Cow::into_owned))?;
    }
    table.into_inner().map_err(|error| SheetError(error.to_string()))
}

/// A table as a workbook with one sheet.
pub fn xlsx(header: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0_u16..).zip(header) {
        sheet.write_string(0, column, *name)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(line, column, harmless(text).as_ref())?,
                #[expect(clippy::cast_precision_loss, reason = "a workbook has no other numbers")]
                Cell::Number(number) => sheet.write_number(line, column, *number as f64)?,
            };
        }
    }
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"] {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        assert_eq!(harmless("vendor.verified"), "vendor.verified");
        let text = csv(&["a", "b"], &[vec!["=1+1".into(), Cell::Number(-5)]]).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "a,b\n'=1+1,-5\n");
    }
}

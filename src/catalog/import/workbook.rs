//! A workbook (XLSX) as a table: its first sheet that is not empty.

use std::io::{Cursor, Read as _};

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook_from_rs};
use csv::ByteRecord;

use super::{ImportError, Sheet};

/// Most bytes that a workbook may be when it is unpacked.
const UNPACKED: u64 = 200 * 1024 * 1024;
/// Whole numbers from here on lost digits when the spreadsheet stored them: it keeps fifteen.
const EXACT: f64 = 1e15;

/// Reads a workbook.
pub fn read(bytes: &[u8]) -> Result<Sheet, ImportError> {
    small_enough(bytes)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        if !range.is_empty() {
            return Ok(table(&range));
        }
    }
    Err(ImportError::Unreadable("the workbook is empty".to_owned()))
}

/// An archive of a few kilobytes can hold gigabytes; what it claims is not believed.
pub fn small_enough(bytes: &[u8]) -> Result<(), ImportError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(unreadable)?;
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(unreadable)?;
        left = left.checked_sub(read).ok_or_else(|| unreadable("it is too large when unpacked"))?;
    }
    Ok(())
}

fn unreadable(cause: impl std::fmt::Display) -> ImportError {
    ImportError::Unreadable(cause.to_string())
}

fn table(range: &Range<Data>) -> Sheet {
    // Rows count from the top of the sheet, also where the table begins further down.
    let first = range.start().map_or(0, |(row, _)| u64::from(row)) + 1;
    let mut rows = range.rows();
    let mut headers: Vec<String> =
        rows.next().into_iter().flatten().map(|cell| text(cell).trim().to_owned()).collect();
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    let width = headers.len();
    let record = |row: &[Data]| -> ByteRecord {
        // What stands right of the header is noise, unless something is written there.
        let used = row.iter().rposition(|cell| !matches!(cell, Data::Empty)).map_or(0, |at| at + 1);
        row.iter().take(width.max(used)).map(|cell| text(cell).into_bytes()).collect()
    };
    let rows = (first + 1..).zip(rows).map(|(line, row)| (line, record(row))).collect();
    Sheet::from_rows(headers, rows)
}

/// A cell as the spreadsheet shows it.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => if *yes { "ya" } else { "tidak" }.to_owned(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.abs() >= EXACT => format!("{number:E}"),
        Data::Float(number) => number.to_string(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Workbook;

    use super::*;

    fn book(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut book = Workbook::new();
        fill(book.add_worksheet());
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn cells_are_what_the_spreadsheet_shows() {
        let bytes = book(|sheet| {
            for (column, name) in ["nama", "harga", "nik", "ya"].into_iter().enumerate() {
                sheet.write_string(0, u16::try_from(column).unwrap(), name).unwrap();
            }
            sheet.write_string(1, 0, "Keripik").unwrap();
            sheet.write_number(1, 1, 12_500_000).unwrap();
            sheet.write_number(1, 2, 3_216_105_203_979_840_f64).unwrap();
            sheet.write_boolean(1, 3, true).unwrap();
        });
        let sheet = Sheet::read(&bytes).unwrap();
        assert_eq!(sheet.headers(), ["nama", "harga", "nik", "ya"]);
        let (line, row) = sheet.rows().next().unwrap();
        let row = row.ok().unwrap();
        assert_eq!(
            (line, row.get("nama"), row.get("harga"), row.get("ya")),
            (2, "Keripik", "12500000", "ya")
        );
        assert_eq!(row.get("nik"), "3.21610520397984E15", "a rounded number must not pass for one");
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        assert!(read(b"PK\x03\x04nonsense").is_err());
        assert!(read(&book(|_| ())).is_err());
    }
}

//! A workbook (XLSX) as a table: its first sheet that is not empty.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use csv::ByteRecord;

use super::{ImportError, Sheet};

/// Most bytes that a workbook may be when it is unpacked.
const UNPACKED: u64 = 200 * 1024 * 1024;
/// Rows without a cell that may follow each other within a table.
const MOST_BLANK: u64 = 1_000;
/// Columns that a table may have.
const MOST_COLUMNS: usize = 500;
/// Cells that a table may have, with the empty ones before the last one of a row.
const MOST_CELLS: usize = 5_000_000;
/// Whole numbers from here on lost digits when the spreadsheet stored them: it keeps fifteen.
const EXACT: f64 = 1e15;

/// Reads a workbook.
pub fn read(bytes: &[u8]) -> Result<Sheet, ImportError> {
    small_enough(bytes)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    for name in book.sheet_names() {
        let rows = cells(&mut book, &name)?;
        if !rows.is_empty() {
            return Ok(table(rows));
        }
    }
    Err(ImportError::Unreadable("the workbook is empty".to_owned()))
}

/// The cells of a sheet by their rows. One cell far out makes no large table: only what is written takes room.
fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<BTreeMap<u32, Vec<Data>>, ImportError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: BTreeMap<u32, Vec<Data>> = BTreeMap::new();
    let mut held = 0;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let ((row, column), value) = (cell.get_position(), Data::from(cell.get_value().clone()));
        if matches!(value, Data::Empty) {
            continue;
        }
        let cells = rows.entry(row).or_default();
        let at = usize::try_from(column).unwrap_or(MOST_COLUMNS);
        held += (at + 1).saturating_sub(cells.len());
        if at >= MOST_COLUMNS || held > MOST_CELLS {
            return Err(unreadable("it is too large"));
        }
        if cells.len() <= at {
            cells.resize(at + 1, Data::Empty);
        }
        cells[at] = value;
    }
    Ok(rows)
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

fn table(mut rows: BTreeMap<u32, Vec<Data>>) -> Sheet {
    let header = rows.pop_first().map(|(_, cells)| cells).unwrap_or_default();
    let headers: Vec<String> = header.iter().map(|cell| text(cell).trim().to_owned()).collect();
    let width = headers.len();
    let record = |cells: Vec<Data>| -> ByteRecord {
        // What stands right of the header is noise, unless something is written there.
        let blank = width.saturating_sub(cells.len());
        cells.iter().map(text).chain(std::iter::repeat_n(String::new(), blank)).collect::<Vec<_>>().into()
    };
    // Rows count from the top of the sheet, also where the table begins further down.
    let mut records: Vec<(u64, ByteRecord)> = Vec::with_capacity(rows.len());
    for (row, cells) in rows {
        let line = u64::from(row) + 1;
        // A row without a cell is a row, as a line of commas is; a table that goes on far below is no table.
        let next = records.last().map_or(line, |(last, _)| last + 1);
        if line - next <= MOST_BLANK {
            records.extend((next..line).map(|line| (line, record(Vec::new()))));
        }
        records.push((line, record(cells)));
    }
    Sheet::from_rows(headers, records)
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
    fn a_cell_far_out_takes_no_room() {
        let bytes = book(|sheet| {
            sheet.write_string(0, 0, "nama").unwrap();
            sheet.write_string(1_048_575, 0, "Keripik").unwrap();
        });
        let sheet = Sheet::read(&bytes).unwrap();
        assert_eq!(sheet.rows().map(|(line, _)| line).collect::<Vec<_>>(), [1_048_576]);
        let bytes = book(|sheet| {
            sheet.write_string(0, 0, "nama").unwrap();
            sheet.write_string(1_048_575, 16_383, "Keripik").unwrap();
        });
        assert!(Sheet::read(&bytes).is_err());
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        assert!(read(b"PK\x03\x04nonsense").is_err());
        assert!(read(&book(|_| ())).is_err());
    }
}

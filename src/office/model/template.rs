//! Workbooks with places to fill: `{{key}}` in any cell, and one row of `{{row.key}}` that is repeated. The format of every cell
//! is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use umya_spreadsheet::structs::{Cell, Style};
use umya_spreadsheet::{Workbook, Worksheet};

/// What stands in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text; never a formula.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// Values by their keys.
pub type Values = BTreeMap<&'static str, Value>;

/// Why a template cannot be read or filled.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be used: {0}")]
pub struct TemplateError(String);

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Value {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

fn open(bytes: &[u8]) -> Result<Workbook, TemplateError> {
    umya_spreadsheet::reader::xlsx::read_reader(Cursor::new(bytes), true)
        .map_err(|error| TemplateError(format!("{error:?}")))
}

/// Sheets whose formulas are about the repeated row or stand in it: they would be wrong once there are more rows. Sums come
/// from places.
pub fn formulas(bytes: &[u8]) -> Result<Vec<String>, TemplateError> {
    let book = open(bytes)?;
    let mut found = Vec::new();
    for sheet in book.sheet_collection() {
        let Some(row) = repeated_row(sheet) else { continue };
        let asks = |cell: &Cell| places(&cell.value()).any(|(_, key, _)| key.starts_with("row."));
        for cell in sheet.cells() {
            let at = cell.coordinate().row_num();
            if (cell.is_formula() && (at == row || names_row(cell.formula(), row)))
                || (at != row && asks(cell))
            {
                found.push(format!("{}!{}", sheet.name(), cell.coordinate().get_coordinate()));
            }
        }
    }
    Ok(found)
}

/// True if a formula refers to a cell of the row, alone or as an end of a range.
fn names_row(formula: &str, row: u32) -> bool {
    let number = row.to_string();
    formula.match_indices(&number).any(|(at, _)| {
        let before = formula[..at].trim_end_matches('$').chars().next_back();
        let after = formula[at + number.len()..].chars().next();
        before.is_some_and(|c| c.is_ascii_alphabetic()) && !after.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

/// Every key that a template asks for.
pub fn keys(bytes: &[u8]) -> Result<BTreeSet<String>, TemplateError> {
    let book = open(bytes)?;
    let mut found = BTreeSet::new();
    for sheet in book.sheet_collection() {
        for cell in sheet.cells() {
            let text = cell.value().into_owned();
            found.extend(places(&text).map(|(_, key, _)| key.to_owned()));
        }
    }
    Ok(found)
}

/// The places of a text: where each begins, its key, where it ends.
fn places(text: &str) -> impl Iterator<Item = (usize, &str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find("{{")?;
        let end = start + text.get(start..)?.find("}}")? + 2;
        at = end;
        Some((start, text[start + 2..end - 2].trim(), end))
    })
}

/// Fills a template.
pub fn fill(bytes: &[u8], totals: &Values, rows: &[Values]) -> Result<Vec<u8>, TemplateError> {
    let mut book = open(bytes)?;
    let names: Vec<String> = book.sheet_collection().iter().map(|sheet| sheet.name().to_owned()).collect();
    for (index, name) in names.iter().enumerate() {
        let row = book.sheet(index).ok().and_then(repeated_row);
        // First, so that no name of a shop is taken for a place.
        let sheet = book.sheet_mut(index).map_err(|error| TemplateError(format!("{error:?}")))?;
        for cell in sheet.cells_mut().into_iter().filter(|cell| !cell.is_formula()) {
            let text = cell.value().into_owned();
            write(cell, &text, |key| totals.get(key).cloned());
        }
        let Some(row) = row else { continue };
        let more = u32::try_from(rows.len().saturating_sub(1)).unwrap_or(0);
        if more > 0 {
            book.insert_new_row(name, row + 1, more);
        }
        let sheet = book.sheet_mut(index).map_err(|error| TemplateError(format!("{error:?}")))?;
        repeat(sheet, row, rows);
    }
    let mut filled = Vec::new();
    umya_spreadsheet::writer::xlsx::write_writer(&book, &mut filled)
        .map_err(|error| TemplateError(format!("{error:?}")))?;
    Ok(filled)
}

fn repeated_row(sheet: &Worksheet) -> Option<u32> {
    let asks = |cell: &&&Cell| places(&cell.value()).any(|(_, key, _)| key.starts_with("row."));
    let cells = sheet.cells();
    cells.iter().filter(asks).map(|cell| cell.coordinate().row_num()).min()
}

/// Writes the repeated row once for each row, in its format.
fn repeat(sheet: &mut Worksheet, row: u32, rows: &[Values]) {
    let model: Vec<(u32, String, Style)> = sheet
        .cells()
        .into_iter()
        .filter(|cell| cell.coordinate().row_num() == row)
        .map(|cell| (cell.coordinate().col_num(), cell.value().into_owned(), cell.style().clone()))
        .collect();
    let none = [Values::new()];
    let rows = if rows.is_empty() { &none[..] } else { rows };
    for (at, values) in (row..).zip(rows) {
        for (column, text, style) in &model {
            let cell = sheet.cell_mut((*column, at));
            cell.set_style(style.clone());
            write(cell, text, |key| {
                let key = key.strip_prefix("row.")?;
                Some(values.get(key).cloned().unwrap_or_else(|| Value::Text(String::new())))
            });
        }
    }
}

/// Writes a text with its places filled; a place alone keeps the kind of its value. A text without places stays.
fn write(cell: &mut Cell, text: &str, value: impl Fn(&str) -> Option<Value>) {
    let found: Vec<_> = places(text).filter_map(|(from, key, to)| Some((from, value(key)?, to))).collect();
    match found.as_slice() {
        [] => {
            if text != cell.value() {
                cell.set_value_string(text);
            }
        }
        [(0, Value::Number(number), to)] if *to == text.len() => {
            #[expect(clippy::cast_precision_loss, reason = "a workbook has no other numbers")]
            cell.set_value_number(*number as f64);
        }
        found => {
            let mut filled = String::new();
            let mut at = 0;
            for (from, value, to) in found {
                filled.push_str(&text[at..*from]);
                filled.push_str(&value.shown());
                at = *to;
            }
            filled.push_str(&text[at..]);
            cell.set_value_string(filled);
        }
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
    use rust_xlsxwriter::{Format, Workbook as NewBook};

    use super::*;

    fn template() -> Vec<u8> {
        let mut book = NewBook::new();
        let sheet = book.add_worksheet();
        let bold = Format::new().set_bold().set_num_format("#,##0");
        sheet.write_string(0, 0, "Laporan {{period}} ({{shops}} usaha)").unwrap();
        sheet.write_string_with_format(1, 0, "{{row.name}}", &bold).unwrap();
        sheet.write_string_with_format(1, 1, "{{row.turnover}}", &bold).unwrap();
        sheet.write_string(2, 0, "Jumlah").unwrap();
        sheet.write_string_with_format(2, 1, "{{turnover}}", &bold).unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn places_are_filled_and_the_format_stays() {
        assert_eq!(keys(&template()).unwrap().len(), 5);
        let totals = Values::from([
            ("period", "2026-S2".to_owned().into()),
            ("shops", 2.into()),
            ("turnover", 30.into()),
        ]);
        let row = |name: &str, turnover: i64| {
            Values::from([("name", name.to_owned().into()), ("turnover", turnover.into())])
        };
        let filled = fill(&template(), &totals, &[row("=1+1", 10), row("Ani", 20)]).unwrap();
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(filled.as_slice())).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
        assert_eq!(rows[0][0], Data::String("Laporan 2026-S2 (2 usaha)".to_owned()));
        assert_eq!(rows[1], [Data::String("=1+1".to_owned()), Data::Float(10.0)]);
        assert_eq!(rows[2], [Data::String("Ani".to_owned()), Data::Float(20.0)]);
        assert_eq!(rows[3], [Data::String("Jumlah".to_owned()), Data::Float(30.0)]);
        assert!(book.worksheet_formula(&book.sheet_names()[0]).unwrap().is_empty());
        let book = open(&filled).unwrap();
        let style = |cell: &str| book.sheet(0).unwrap().cell_value(cell).value().into_owned();
        assert_eq!(style("B3"), "20");
        let font = book.sheet(0).unwrap().style("B3").font().map(umya_spreadsheet::Font::bold);
        assert_eq!(font, Some(true));
    }

    #[test]
    fn a_name_is_no_place_and_formulas_about_the_row_are_found() {
        let totals =
            Values::from([("period", "x".to_owned().into()), ("shops", 1.into()), ("turnover", 7.into())]);
        let row = Values::from([("name", "{{turnover}}".to_owned().into()), ("turnover", 1.into())]);
        let filled = fill(&template(), &totals, &[row.clone(), row]).unwrap();
        let book = open(&filled).unwrap();
        assert_eq!(book.sheet(0).unwrap().value("A3"), "{{turnover}}");
        assert!(formulas(&template()).unwrap().is_empty());
        let with = |at: (u32, u16), formula: &str| {
            let mut book = NewBook::new();
            let sheet = book.add_worksheet();
            sheet.write_string(2, 0, "{{row.turnover}}").unwrap();
            sheet.write_formula(at.0, at.1, formula).unwrap();
            formulas(&book.save_to_buffer().unwrap()).unwrap()
        };
        assert_eq!(with((2, 1), "=A3*12"), ["Sheet1!B3"]);
        assert_eq!(with((3, 0), "=SUM($A$3:A3)"), ["Sheet1!A4"]);
        assert!(with((5, 0), "=A30+B1+SUM(A4:A31)").is_empty());
    }

    #[test]
    fn what_is_no_workbook_is_no_template() {
        assert!(keys(b"PK nonsense").is_err());
    }
}

//! The office's list of shops, row by row, whoever reads it: the command line writes it at once, the office's desk in steps.

use std::collections::HashMap;

use super::repair;
use super::report::{Cell, Outcome, Report};
use super::sheet::{BadRow, Row};
use super::suggest::suggestion;
use super::vendor_row::{self, Parsed};
use super::vendor_survey::Extra;
use crate::kernel::fields::Fault;
use crate::platform::sealed::Sealer;
use crate::vendors::model::{Facts, source_key};

/// A row that can be written.
#[derive(Clone)]
pub struct Entry {
    /// Line of the file.
    pub line: u64,
    /// The shop.
    pub facts: Facts,
    /// What the row says beside it.
    pub extra: Extra,
    /// What makes it the same row when the list is imported again.
    pub source_key: String,
}

/// What became of a row.
pub enum Read {
    /// It can be written.
    Entry(Box<Entry>),
    /// It can be written, but an earlier row has its identity number and another name.
    NumberRepeated(Box<Entry>, u64),
    /// It is in the report, and there is nothing to write.
    Nothing,
}

/// What was seen of the list so far.
#[derive(Default)]
pub struct VendorList {
    by_key: HashMap<String, (u64, String, Vec<Vec<u8>>)>,
}

impl VendorList {
    /// Reads the next row; what was noticed goes into the report.
    pub fn read(
        &mut self,
        sealer: &Sealer,
        line: u64,
        row: Result<&Row<'_>, BadRow>,
        report: &mut Report,
    ) -> Read {
        let row = match row {
            Ok(row) => row,
            Err(bad) => {
                report.refuse_bad(line, bad);
                return Read::Nothing;
            }
        };
        if row.is_empty() {
            report.note(line, Outcome::Skipped, "", empty());
            return Read::Nothing;
        }
        if vendor_row::is_total(row) {
            report.note(line, Outcome::Skipped, "", total());
            return Read::Nothing;
        }
        let Some(entry) = parse(sealer, line, row, report) else {
            return Read::Nothing;
        };
        self.judge(entry, row, report)
    }

    fn judge(&mut self, entry: Box<Entry>, row: &Row<'_>, report: &mut Report) -> Read {
        let name = repair::text(&entry.facts.name).to_lowercase();
        let Some((first, other, cells)) = self.by_key.get(&entry.source_key) else {
            self.by_key.insert(entry.source_key.clone(), (entry.line, name, row.cells()));
            return Read::Entry(entry);
        };
        if *cells == row.cells() {
            report.note(entry.line, Outcome::Skipped, "", the_same(*first));
            Read::Nothing
        } else if *other == name {
            report.note(entry.line, Outcome::Skipped, "", the_same_shop(*first));
            Read::Nothing
        } else {
            Read::NumberRepeated(entry, *first)
        }
    }
}

fn parse(sealer: &Sealer, line: u64, row: &Row<'_>, report: &mut Report) -> Option<Box<Entry>> {
    let Parsed { facts, extra, remarks } = vendor_row::parse(row);
    let value = |column: &str| Some(row.raw(column).to_owned()).filter(|value| !value.is_empty());
    for remark in remarks {
        let suggestion = remark.form.or_else(|| suggestion(row, remark.column));
        let cell = Cell { value: value(remark.column), suggestion };
        report.note_cell(line, remark.outcome, remark.column, remark.fault, cell);
    }
    match facts {
        Ok(facts) => {
            let source_key = key(sealer, &facts);
            Some(Box::new(Entry { line, facts, extra, source_key }))
        }
        Err(faults) => {
            for fault in faults {
                let column = fault.pointer.trim_start_matches('/').to_owned();
                let cell = Cell { value: value(&column), suggestion: suggestion(row, &column) };
                let why = Fault { code: fault.code, detail: fault.detail };
                report.note_cell(line, Outcome::Refused, &column, why, cell);
            }
            None
        }
    }
}

/// What makes a row the same row when the list is imported again: its number, or else its name and telephone.
fn key(sealer: &Sealer, facts: &Facts) -> String {
    if let Some(nib) = &facts.papers.nib {
        return format!("nib:{}", nib.as_str());
    }
    if let Some(nik) = &facts.papers.nik {
        return source_key::of_nik(sealer, nik);
    }
    let name = facts.name.to_lowercase();
    format!("name:{name}:{}", facts.phone.as_str())
}

/// The number of an earlier row, with another name.
pub fn number_repeated(first: u64) -> Fault {
    Fault::new(
        "number-repeated",
        format!("Nomor identitas sama dengan baris {first}, tetapi namanya lain."),
        format!("The same identity number as line {first}, but another name."),
    )
}

fn empty() -> Fault {
    Fault::new("empty-row", "Baris kosong.", "An empty row.")
}

fn total() -> Fault {
    Fault::new("total-row", "Baris jumlah.", "A row that adds up others.")
}

fn the_same(first: u64) -> Fault {
    Fault::new(
        "repetition",
        format!("Sama persis dengan baris {first}."),
        format!("The same as line {first}."),
    )
}

fn the_same_shop(first: u64) -> Fault {
    Fault::new(
        "repetition",
        format!("Toko yang sama dengan baris {first}; isi baris ini tidak dipakai."),
        format!("The same shop as line {first}; what differs here is not taken."),
    )
}

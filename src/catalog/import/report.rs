//! What became of every row that was not taken as it stands.

use std::collections::BTreeSet;
use std::io::Write;

use super::ImportError;
use super::sheet::BadRow;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Text};

/// What became of a cell or a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken, in the form in which it must have been meant.
    Repaired,
    /// The row was taken without this cell; somebody has to ask.
    Asked,
    /// The row says nothing new: empty, a total, a repetition.
    Skipped,
    /// The row was not taken.
    Refused,
    /// The row is not taken until somebody has decided.
    Waiting,
}

/// What stood in a cell, and what it may have meant.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// As it is written.
    pub value: Option<String>,
    /// As it was taken, or may have been meant.
    pub suggestion: Option<String>,
}

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Note {
    /// Line of the file.
    pub line: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Which column; empty for the row as a whole.
    pub column: String,
    /// Stable, kebab-case.
    pub code: &'static str,
    /// Why.
    pub reason: Text,
    /// The cell; empty where the file that the report is written into must not hold it.
    pub cell: Cell,
}

/// An import, counted.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows that became something new.
    pub created: usize,
    /// Rows that changed something.
    pub updated: usize,
    /// Rows that were there already, just so.
    pub unchanged: usize,
    /// Shops that were made because a product named them.
    pub shops_created: usize,
    notes: Vec<Note>,
}

impl Outcome {
    /// As it is written and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Asked => "asked",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
        }
    }
}

impl Report {
    /// Adds a line.
    pub fn note(&mut self, line: u64, outcome: Outcome, column: &str, fault: Fault) {
        self.note_cell(line, outcome, column, fault, Cell::default());
    }

    /// Adds a line about a cell.
    pub fn note_cell(&mut self, line: u64, outcome: Outcome, column: &str, fault: Fault, cell: Cell) {
        let Fault { code, detail: reason } = fault;
        self.notes.push(Note { line, outcome, column: column.to_owned(), code, reason, cell });
    }

    /// Adds the faults for which a row was refused.
    pub fn refuse(&mut self, line: u64, faults: Vec<FieldError>) {
        for fault in faults {
            let column = fault.pointer.trim_start_matches('/').to_owned();
            let why = Fault { code: fault.code, detail: fault.detail };
            self.note(line, Outcome::Refused, &column, why);
        }
    }

    /// Adds a row that could not be looked at.
    pub fn refuse_bad(&mut self, line: u64, bad: BadRow) {
        self.note(line, Outcome::Refused, "", bad_row(bad));
    }

    /// Every line of the report, in the order of the file.
    pub fn notes(&self) -> Vec<&Note> {
        let mut notes: Vec<&Note> = self.notes.iter().collect();
        notes.sort_by_key(|note| note.line);
        notes
    }

    /// How many rows had this outcome.
    pub fn rows(&self, outcome: Outcome) -> usize {
        let lines: BTreeSet<u64> =
            self.notes.iter().filter(|note| note.outcome == outcome).map(|note| note.line).collect();
        lines.len()
    }

    /// Writes the report as CSV. Values are left out: identity numbers do not belong into yet another file.
    pub fn write(&self, out: impl Write) -> Result<(), ImportError> {
        let mut writer = csv::Writer::from_writer(out);
        writer
            .write_record(["line", "outcome", "column", "code", "reason", "reason_en"])
            .map_err(ImportError::Report)?;
        for note in self.notes() {
            writer
                .write_record([
                    &note.line.to_string(),
                    note.outcome.name(),
                    &note.column,
                    note.code,
                    &note.reason.id,
                    &note.reason.en,
                ])
                .map_err(ImportError::Report)?;
        }
        writer.flush().map_err(|error| ImportError::Report(error.into()))
    }

    /// The import in a few lines.
    pub fn summary(&self) -> String {
        let mut lines = vec![format!(
            "{} created, {} updated, {} unchanged; {} repaired, {} with questions, {} skipped, {} refused",
            self.created,
            self.updated,
            self.unchanged,
            self.rows(Outcome::Repaired),
            self.rows(Outcome::Asked),
            self.rows(Outcome::Skipped),
            self.rows(Outcome::Refused),
        )];
        if self.shops_created > 0 {
            lines.push(format!("{} shops created", self.shops_created));
        }
        lines.join("\n")
    }
}

/// Why a row could not be looked at.
pub fn bad_row(bad: BadRow) -> Fault {
    match bad {
        BadRow::Columns => Fault::new(
            "columns",
            "Jumlah kolom tidak sama dengan baris judul.",
            "The row has not as many cells as the header.",
        ),
        BadRow::Encoding => Fault::new("encoding", "Bukan teks UTF-8.", "Not UTF-8."),
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, .. } = self;
        let outcome = self.outcome.name();
        match column.as_str() {
            "" => write!(f, "line {line}: {outcome}: {}", self.reason.en),
            column => write!(f, "line {line}, {column}: {outcome}: {}", self.reason.en),
        }
    }
}

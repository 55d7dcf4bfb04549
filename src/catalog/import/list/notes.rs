//! What was not taken as it stands, line by line, and the file that tells it.

use sea_orm::Set;

use crate::catalog::entity::import_note;
use crate::kernel::fields::Fault;
use crate::kernel::{ProductImportId, ProductImportNoteId, Text};
use crate::platform::sheets::{self, Cell, SheetError};

/// Longest part of a cell that is repeated.
const SHOWN: usize = 200;

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Note {
    pub line: u64,
    /// Empty for the line as a whole.
    pub column: String,
    /// The cell.
    pub value: String,
    pub code: &'static str,
    pub reason: Text,
    /// What may have been meant, or what to do.
    pub suggestion: Option<String>,
}

impl Note {
    /// A note without a suggestion.
    pub fn new(line: u64, column: &str, value: &str, fault: Fault) -> Self {
        Self {
            line,
            column: column.to_owned(),
            value: value.chars().take(SHOWN).collect(),
            code: fault.code,
            reason: fault.detail,
            suggestion: None,
        }
    }

    /// As it is kept.
    pub fn row(self, import_id: ProductImportId) -> import_note::ActiveModel {
        import_note::ActiveModel {
            id: Set(ProductImportNoteId::generate()),
            import_id: Set(import_id),
            line: Set(i64::try_from(self.line).unwrap_or(i64::MAX)),
            column_name: Set(self.column),
            value: Set(self.value),
            code: Set(self.code.to_owned()),
            reason_id: Set(self.reason.id.into_owned()),
            reason_en: Set(self.reason.en.into_owned()),
            suggestion: Set(self.suggestion),
        }
    }
}

/// The report as CSV.
pub fn error_file(notes: &[import_note::Model]) -> Result<Vec<u8>, SheetError> {
    let header = ["baris", "kolom", "nilai", "kode", "alasan", "reason", "saran"];
    let row = |note: &import_note::Model| -> Vec<Cell> {
        vec![
            Cell::from(note.line),
            note.column_name.as_str().into(),
            note.value.as_str().into(),
            note.code.as_str().into(),
            note.reason_id.as_str().into(),
            note.reason_en.as_str().into(),
            note.suggestion.clone().into(),
        ]
    };
    sheets::csv(&header, &notes.iter().map(row).collect::<Vec<_>>())
}

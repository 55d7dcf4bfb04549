//! What can go wrong when an office buys.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::kernel::Problem;

/// What can go wrong when an office buys.
#[derive(Debug, thiserror::Error)]
pub enum ProcurementError {
    /// No such unit or line.
    #[error("not found")]
    NotFound,
    /// There is a rule of this code from that day on already.
    #[error("a rule of this code begins on that day")]
    RuleExists,
    /// No rule says who approves or who must differ.
    #[error("no rule for this amount on this day")]
    NoRule,
    /// The budget has this line.
    #[error("the budget has this line")]
    BudgetLineExists,
    /// More of the line is in use than the new ceiling allows.
    #[error("the ceiling is below what is in use")]
    CeilingInUse,
    /// Somebody else changed it in between.
    #[error("changed in between")]
    Stale,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<ProcurementError> for Problem {
    fn from(error: ProcurementError) -> Self {
        let (code, id, en) = match error {
            ProcurementError::NotFound => return Self::not_found(),
            ProcurementError::RuleExists => (
                "procurement-rule-exists",
                "Aturan dengan kode itu sudah mulai berlaku pada tanggal itu.",
                "A rule of this code begins on that day already.",
            ),
            ProcurementError::NoRule => (
                "procurement-rule-missing",
                "Belum ada aturan untuk nilai dan tanggal ini.",
                "There is no rule for this amount on this day.",
            ),
            ProcurementError::BudgetLineExists => {
                ("budget-line-exists", "Baris anggaran itu sudah ada.", "The budget has this line already.")
            }
            ProcurementError::CeilingInUse => (
                "ceiling-in-use",
                "Pagu tidak boleh lebih kecil dari yang sudah dipakai.",
                "The ceiling cannot be less than what is in use.",
            ),
            ProcurementError::Stale => return Self::stale(),
            ProcurementError::Db(error) => return error.into(),
        };
        Self::new(StatusCode::CONFLICT, code, id, en)
    }
}

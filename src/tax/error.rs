//! What can go wrong with taxes.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::kernel::{MoneyError, Problem};

/// What can go wrong with taxes.
#[derive(Debug, thiserror::Error)]
pub enum TaxError {
    /// No such shop or rule.
    #[error("not found")]
    NotFound,
    /// There is a rule of this code from that day on already.
    #[error("a rule of this code begins on that day")]
    RuleExists,
    /// The statement of that year was given before.
    #[error("the statement was given before")]
    StatementExists,
    /// The parts of an order do not add up to what the buyer pays.
    #[error("the parts do not add up: {0}")]
    Identity(String),
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<TaxError> for Problem {
    fn from(error: TaxError) -> Self {
        match error {
            TaxError::NotFound => Self::not_found(),
            TaxError::RuleExists => Self::new(
                StatusCode::CONFLICT,
                "tax-rule-exists",
                "Aturan dengan kode itu sudah mulai berlaku pada tanggal itu.",
                "A rule of this code begins on that day already.",
            ),
            TaxError::StatementExists => Self::new(
                StatusCode::CONFLICT,
                "tax-statement-exists",
                "Surat pernyataan untuk tahun itu sudah ada.",
                "The statement for that year was given already.",
            ),
            TaxError::Identity(_) | TaxError::Money(_) => Self::internal(error),
            TaxError::Db(error) => error.into(),
        }
    }
}

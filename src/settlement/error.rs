//! What can go wrong with commissions and payouts.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::payout::Status;
use crate::kernel::{MoneyError, Problem};
use crate::payments::PaymentError;
use crate::tax::TaxError;

/// What can go wrong with commissions and payouts.
#[derive(Debug, thiserror::Error)]
pub enum SettlementError {
    /// No such payout, batch or rule.
    #[error("not found")]
    NotFound,
    /// The payout is not where it can be settled or sent.
    #[error("the payout is {0:?}")]
    WrongState(Status),
    /// The batch is not ready, or was sent before.
    #[error("the batch is not where that can be done")]
    BatchState,
    /// A rule of the same place begins on that day already.
    #[error("a rule begins on that day")]
    RuleExists,
    /// See [`PaymentError`].
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// See [`TaxError`].
    #[error(transparent)]
    Tax(#[from] TaxError),
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<SettlementError> for Problem {
    fn from(error: SettlementError) -> Self {
        match error {
            SettlementError::NotFound => Self::not_found(),
            SettlementError::WrongState(status) => Self::new(
                StatusCode::CONFLICT,
                "payout-state",
                "Pencairan tidak dapat diubah ke status itu sekarang.",
                "The payout cannot move to that state now.",
            )
            .with("payout_status", status),
            SettlementError::BatchState => Self::new(
                StatusCode::CONFLICT,
                "payout-batch-state",
                "Kumpulan pencairan ini belum siap atau sudah dikirim.",
                "This batch is not ready, or was sent before.",
            ),
            SettlementError::RuleExists => Self::new(
                StatusCode::CONFLICT,
                "commission-rule-exists",
                "Aturan komisi untuk tempat itu sudah mulai berlaku pada tanggal itu.",
                "A rule for that place begins on that day already.",
            ),
            SettlementError::Payment(error) => error.into(),
            SettlementError::Tax(error) => error.into(),
            SettlementError::Money(error) => Self::internal(error),
            SettlementError::Db(error) => error.into(),
        }
    }
}

//! What can go wrong with a payment.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::payment::Status;
use crate::kernel::fields::Fault;
use crate::kernel::{MoneyError, Problem};

/// What can go wrong with a payment.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// No such payment, or not the caller's.
    #[error("no such payment")]
    NotFound,
    /// The payment cannot move there from where it is.
    #[error("the payment is {0:?}")]
    WrongState(Status),
    /// It is paid another way.
    #[error("the payment method does not do this")]
    WrongMethod,
    /// The uploaded proof is neither a picture nor a PDF.
    #[error("the proof is not a picture or a PDF")]
    Proof,
    /// The file store failed.
    #[error("the file store failed: {0}")]
    Files(String),
    /// An account would fall below its limit; the books and the states disagree.
    #[error("account {0} would fall below zero")]
    Limit(String),
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<PaymentError> for Problem {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotFound => Self::not_found(),
            PaymentError::WrongState(status) => Self::new(
                StatusCode::CONFLICT,
                "payment-state",
                "Pembayaran tidak dapat diubah ke status itu sekarang.",
                "The payment cannot move to that state now.",
            )
            .with("payment_status", status),
            PaymentError::WrongMethod => Self::new(
                StatusCode::CONFLICT,
                "payment-method-mismatch",
                "Metode pembayaran ini tidak memakai langkah itu.",
                "This payment method has no such step.",
            ),
            PaymentError::Proof => Self::field(
                Fault::new(
                    "file-type",
                    "Kirim foto (JPEG, PNG, WebP) atau PDF.",
                    "Send a JPEG, PNG, WebP or PDF.",
                )
                .at("/file"),
            ),
            PaymentError::Files(cause) => Self::unavailable(cause),
            PaymentError::Limit(_) | PaymentError::Money(_) => Self::internal(error),
            PaymentError::Db(error) => error.into(),
        }
    }
}

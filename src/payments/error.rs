//! What can go wrong with a payment.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::bank_line::Outcome as LineOutcome;
use super::entity::payment::Status;
use super::model::statement::StatementError;
use crate::kernel::fields::Fault;
use crate::kernel::{MoneyError, Problem};
use crate::platform::gateways::{CallError, WebhookError};
use crate::platform::person::PersonKeyError;
use crate::platform::sealed::SealError;
use crate::vendors::VendorError;

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
    /// Nobody serves the method here, or the shop cannot be paid so.
    #[error("the method is not offered")]
    NotOffered,
    /// QRIS carries no more than its limit in one payment.
    #[error("the amount is above the limit of QRIS")]
    AboveQris,
    /// A method for one shop at a time.
    #[error("the purchase is of several shops")]
    SeveralShops,
    /// The gateway was asked often enough for one payment.
    #[error("too many attempts for one payment")]
    TooManyAttempts,
    /// A gateway is sending the money, or has sent it.
    #[error("the refund is under way")]
    RefundUnderWay,
    /// The buyer has not said where money goes back to.
    #[error("there is no account to refund to")]
    NoAccount,
    /// Somebody looked at the message before.
    #[error("the message was resolved")]
    Resolved,
    /// The line was decided about.
    #[error("the line is {0:?}")]
    LineDecided(LineOutcome),
    /// The line is not what the payment wants.
    #[error("the amounts differ")]
    AmountDiffers,
    /// Another line is the money of the payment.
    #[error("another line is the money of this payment")]
    LineTaken,
    /// The file is no statement of a bank.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A message of a gateway is not believed.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// A gateway did not say what is to be known.
    #[error(transparent)]
    Call(#[from] CallError),
    /// See [`VendorError`].
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// The key of a person cannot be used.
    #[error(transparent)]
    PersonKey(#[from] PersonKeyError),
    /// Encryption failed.
    #[error(transparent)]
    Seal(#[from] SealError),
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
            PaymentError::NotOffered
            | PaymentError::AboveQris
            | PaymentError::SeveralShops
            | PaymentError::Statement(_)
            | PaymentError::Webhook(_) => refused(&error),
            PaymentError::Call(error) => Self::unavailable(error),
            PaymentError::Vendor(error) => error.into(),
            PaymentError::PersonKey(PersonKeyError::Db(error)) => error.into(),
            PaymentError::PersonKey(error) => Self::internal(error),
            PaymentError::Seal(error) => Self::internal(error),
            PaymentError::TooManyAttempts
            | PaymentError::RefundUnderWay
            | PaymentError::NoAccount
            | PaymentError::Resolved
            | PaymentError::LineDecided(_)
            | PaymentError::AmountDiffers
            | PaymentError::LineTaken => conflict(&error),
            PaymentError::Files(cause) => Self::unavailable(cause),
            PaymentError::Limit(_) | PaymentError::Money(_) => Self::internal(error),
            PaymentError::Db(error) => error.into(),
        }
    }
}

/// What was sent cannot be taken.
fn refused(error: &PaymentError) -> Problem {
    match error {
        PaymentError::Statement(error) => Problem::field(statement_fault(*error).at("/file")),
        PaymentError::Webhook(WebhookError::Signature) => Problem::new(
            StatusCode::UNAUTHORIZED,
            "webhook-signature",
            "Tanda tangan pesan salah.",
            "The signature of the message is wrong.",
        ),
        PaymentError::Webhook(WebhookError::Shape) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "webhook-shape",
            "Pesan tidak terbaca.",
            "The message cannot be read.",
        ),
        PaymentError::AboveQris => Problem::field(
            Fault::new(
                "qris-limit",
                "QRIS paling banyak Rp10.000.000 per pembayaran; pilih metode lain.",
                "QRIS takes at most Rp 10,000,000 per payment; choose another method.",
            )
            .at("/payment_method"),
        ),
        PaymentError::SeveralShops => Problem::field(
            Fault::new(
                "one-shop",
                "Bayar langsung ke toko hanya untuk belanja dari satu toko.",
                "Paying the shop itself is for purchases from one shop.",
            )
            .at("/payment_method"),
        ),
        _ => Problem::field(
            Fault::new("not-offered", "Metode ini tidak tersedia.", "This method is not offered here.")
                .at("/payment_method"),
        ),
    }
}

/// 409 of the work of finance and of attempts at gateways.
fn conflict(error: &PaymentError) -> Problem {
    let (code, id, en) = match error {
        PaymentError::TooManyAttempts => (
            "too-many-attempts",
            "Pembayaran ini sudah terlalu sering dicoba.",
            "This payment was tried too often.",
        ),
        PaymentError::RefundUnderWay => (
            "refund-under-way",
            "Pengembalian sedang dikirim oleh penyedia pembayaran.",
            "The payment provider is sending this refund.",
        ),
        PaymentError::NoAccount => (
            "no-refund-account",
            "Pembeli belum mengisi rekening tujuan pengembalian.",
            "The buyer has not given an account for the refund.",
        ),
        PaymentError::Resolved => {
            ("event-resolved", "Pesan ini sudah ditangani.", "This message was dealt with.")
        }
        PaymentError::AmountDiffers => (
            "amount-differs",
            "Jumlah mutasi tidak sama dengan jumlah pembayaran.",
            "The line is not of the amount of the payment.",
        ),
        PaymentError::LineTaken => (
            "payment-has-line",
            "Pembayaran ini sudah punya mutasi bank.",
            "Another line is the money of this payment.",
        ),
        _ => ("line-decided", "Mutasi ini sudah diputuskan.", "This line was decided about."),
    };
    let problem = Problem::new(StatusCode::CONFLICT, code, id, en);
    match error {
        PaymentError::LineDecided(outcome) => problem.with("outcome", outcome),
        _ => problem,
    }
}

fn statement_fault(error: StatementError) -> Fault {
    match error {
        StatementError::Columns => Fault::new(
            "statement-columns",
            "Baris judul dengan tanggal dan kredit (atau jumlah) tidak ditemukan.",
            "No row names a date and credits (or amounts).",
        ),
        StatementError::TooLong => Fault::new(
            "statement-long",
            "Mutasi terlalu banyak; bagi per periode.",
            "Too many lines; split by period.",
        ),
        StatementError::Date(line) => Fault::new(
            "statement-date",
            format!("Baris {line}: tanggal tidak terbaca."),
            format!("Line {line}: the date cannot be read."),
        ),
        StatementError::Amount(line) => Fault::new(
            "statement-amount",
            format!("Baris {line}: jumlah tidak terbaca."),
            format!("Line {line}: the amount cannot be read."),
        ),
    }
}

//! What can go wrong with papers.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::kernel::Problem;
use crate::platform::files::FilesError;
use crate::platform::pdf::PdfError;
use crate::platform::person::PersonKeyError;
use crate::platform::sealed::SealError;

/// A refusal about papers, or a failure while making one.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// No such paper, order or refund, or somebody else's.
    #[error("there is no such paper")]
    NotFound,
    /// The order has not come so far.
    #[error("the order has not come so far")]
    TooEarly,
    /// The month is not over.
    #[error("the month is not over")]
    MonthNotOver,
    /// It is being typeset.
    #[error("the paper is being made")]
    NotReady,
    /// Its person was erased, and the file with it.
    #[error("the file was removed with its person")]
    Erased,
    /// It is no PDF.
    #[error("not a PDF")]
    NotPdf,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
    /// Personal values cannot be sealed or opened.
    #[error(transparent)]
    Person(#[from] PersonKeyError),
    /// The same.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// It cannot be typeset.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// It cannot be stored or read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// What is stored cannot be read.
    #[error("what is stored cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// Something else.
    #[error("{0}")]
    Other(String),
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        let conflict =
            |code, id: &'static str, en: &'static str| Self::new(StatusCode::CONFLICT, code, id, en);
        match error {
            DocumentError::NotFound => Self::not_found(),
            DocumentError::TooEarly => conflict(
                "document-too-early",
                "Dokumen ini belum dapat diterbitkan untuk keadaan pesanan sekarang.",
                "This paper cannot be issued yet at the present state of the order.",
            ),
            DocumentError::MonthNotOver => conflict(
                "month-not-over",
                "Laporan hanya untuk bulan yang sudah lewat.",
                "A statement is for a month that is over.",
            ),
            DocumentError::NotReady => conflict(
                "document-not-ready",
                "Dokumen sedang dibuat; coba lagi sebentar.",
                "The paper is being made; try again shortly.",
            )
            .retry_after(std::time::Duration::from_secs(2)),
            DocumentError::Erased => Self::new(
                StatusCode::GONE,
                "document-erased",
                "Berkas dihapus bersama data pribadi pembeli; nomornya tetap tercatat.",
                "The file was removed with the buyer's personal data; its number stays on record.",
            ),
            DocumentError::NotPdf => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "file-type",
                "Berkas harus berupa PDF.",
                "The file must be a PDF.",
            ),
            DocumentError::Db(error) => error.into(),
            DocumentError::Files(error) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}

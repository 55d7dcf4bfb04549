//! What can go wrong with shops.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::paper::PaperStatus;
use super::entity::vendor::Status;
use super::model::Act;
use crate::kernel::fields::Fault;
use crate::kernel::problem::Text;
use crate::kernel::{FieldError, Problem};
use crate::platform::files::FilesError;
use crate::platform::images::ImageError;
use crate::platform::person::PersonKeyError;
use crate::platform::sealed::SealError;
use crate::web::authz::not_permitted;
use crate::web::problem::image_problem;

/// A refusal in the words of the business.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// There is no such shop for this caller.
    #[error("there is no such shop")]
    NotFound,
    /// The act is not possible where the shop stands.
    #[error("{act:?} is not possible for a shop that is {status:?}")]
    State {
        /// Where it stands.
        status: Status,
        /// What was asked.
        act: Act,
    },
    /// The shop cannot be edited where it stands.
    #[error("a shop that is {0:?} cannot be edited")]
    Locked(Status),
    /// What the legal form needs is not there.
    #[error("the shop lacks {} fields", .0.len())]
    Incomplete(Vec<FieldError>),
    /// No fact waits for the office.
    #[error("nothing is to be reviewed")]
    NothingToReview,
    /// An officer decides about the own shop.
    #[error("nobody decides about the own shop")]
    OwnShop,
    /// Somebody changed the shop in between.
    #[error("the shop has another version")]
    Stale,
    /// Another shop has this NIB.
    #[error("the NIB belongs to another shop")]
    NibTaken,
    /// Another shop has this NIK.
    #[error("the NIK belongs to another shop")]
    NikTaken,
    /// The NPWP and the NIK are of two people.
    #[error("the NPWP is another person's")]
    TwoPeople,
    /// The key of a person cannot be used.
    #[error(transparent)]
    PersonKey(#[from] PersonKeyError),
    /// The shop has no such number.
    #[error("the number was not given")]
    NotGiven,
    /// No key opens the number.
    #[error("the number is unreadable")]
    Unreadable,
    /// Encryption failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No file that a paper may be.
    #[error("the file is neither PDF nor PNG nor JPEG")]
    PaperFile,
    /// The office has not seen the paper itself.
    #[error("the paper has no file")]
    PaperFileMissing,
    /// The move is not possible where the paper stands.
    #[error("the paper is {0:?}")]
    PaperState(PaperStatus),
    /// The last day of the paper is over.
    #[error("the paper has run out")]
    PaperOver,
    /// The shop keeps as many papers as it can.
    #[error("the shop has too many papers")]
    TooManyPapers,
    /// The upload is no picture we take.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The file store failed.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<VendorError> for Problem {
    fn from(error: VendorError) -> Self {
        match error {
            VendorError::NotFound => Self::not_found(),
            VendorError::Stale => Self::stale(),
            VendorError::OwnShop => not_permitted(),
            VendorError::State { status, .. } => Self::new(
                StatusCode::CONFLICT,
                "vendor-state",
                "Status toko tidak memungkinkan tindakan ini.",
                "The shop's status does not allow this.",
            )
            .with("vendor_status", status),
            VendorError::Locked(status) => Self::new(
                StatusCode::CONFLICT,
                "vendor-locked",
                "Toko sedang diperiksa atau dihentikan, jadi tidak dapat diubah.",
                "The shop is under review or stopped and cannot be edited.",
            )
            .with("vendor_status", status),
            VendorError::Incomplete(faults) => Self::invalid(faults),
            VendorError::NothingToReview => Self::new(
                StatusCode::CONFLICT,
                "nothing-to-review",
                "Tidak ada perubahan yang menunggu pemeriksaan.",
                "No change waits for review.",
            ),
            VendorError::NibTaken => taken("nib-taken", "/nib", "NIB"),
            VendorError::NikTaken => taken("nik-taken", "/nik", "NIK"),
            VendorError::TwoPeople => Self::field(two_people().at("/npwp")),
            VendorError::NotGiven | VendorError::Unreadable => number_problem(&error),
            VendorError::PaperFile
            | VendorError::PaperFileMissing
            | VendorError::PaperState(_)
            | VendorError::PaperOver
            | VendorError::TooManyPapers => paper_problem(&error),
            VendorError::Image(error) => image_problem(error),
            VendorError::Files(error) => Self::unavailable(error),
            VendorError::Seal(error) => Self::internal(error),
            VendorError::PersonKey(PersonKeyError::Db(error)) => error.into(),
            VendorError::PersonKey(error) => Self::internal(error),
            VendorError::Db(error) => error.into(),
        }
    }
}

fn paper_problem(error: &VendorError) -> Problem {
    match error {
        VendorError::PaperFile => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "paper-file",
            "Kirim berkas PDF, PNG atau JPEG.",
            "Send a PDF, PNG or JPEG.",
        ),
        VendorError::PaperState(status) => Problem::new(
            StatusCode::CONFLICT,
            "paper-state",
            "Status dokumen tidak memungkinkan tindakan ini.",
            "The status of the paper does not allow this.",
        )
        .with("paper_status", status),
        VendorError::PaperOver => Problem::new(
            StatusCode::CONFLICT,
            "paper-over",
            "Masa berlaku dokumen sudah habis.",
            "The paper has run out.",
        ),
        VendorError::TooManyPapers => Problem::new(
            StatusCode::CONFLICT,
            "too-many-papers",
            "Toko ini sudah menyimpan terlalu banyak dokumen.",
            "This shop keeps too many papers already.",
        ),
        _ => Problem::new(
            StatusCode::CONFLICT,
            "paper-file-missing",
            "Berkas dokumen belum dikirim.",
            "The file of the paper was not sent.",
        ),
    }
}

fn number_problem(error: &VendorError) -> Problem {
    if matches!(error, VendorError::NotGiven) {
        return Problem::new(
            StatusCode::CONFLICT,
            "number-not-given",
            "Toko belum mengisi nomor ini.",
            "The shop has not given this number.",
        );
    }
    Problem::new(
        StatusCode::CONFLICT,
        "number-unreadable",
        "Nomor ini tidak dapat dibaca lagi; mintalah sekali lagi kepada pemilik toko.",
        "This number can no longer be read; ask the shop's owner for it again.",
    )
}

/// The NPWP of a person is the NIK, so two that differ cannot both be right.
pub(super) fn two_people() -> Fault {
    Fault::new("npwp-nik", "NPWP perorangan harus sama dengan NIK.", "The NPWP of a person must be the NIK.")
}

fn taken(code: &'static str, pointer: &str, what: &str) -> Problem {
    let Text { id, en } =
        Text::new(format!("{what} ini sudah dipakai toko lain."), format!("Another shop has this {what}."));
    let mut problem = Problem::new(StatusCode::CONFLICT, code, id.clone(), en.clone());
    problem.errors = vec![Fault::new("taken", id, en).at(pointer)];
    problem
}

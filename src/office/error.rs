//! What can go wrong at the office's desk.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::catalog::import::ImportError;
use crate::identity::IdentityError;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Problem};
use crate::platform::files::FilesError;
use crate::platform::sealed::SealError;
use crate::vendors::VendorError;

/// A refusal in the words of the business.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// The file is no table that can be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Columns without which a list says nothing are not named.
    #[error("some columns are not named")]
    Mapping(Vec<FieldError>),
    /// The list has begun.
    #[error("the list is not waiting for its columns")]
    Started,
    /// Somebody decided about the row before.
    #[error("the row was decided about")]
    Decided,
    /// The code is wrong, used or expired, or the shop has an owner; nobody can tell which.
    #[error("the code is refused")]
    ClaimRefused,
    /// There is no such account, or it is not active.
    #[error("there is no such account")]
    NoSuchUser,
    /// A shop that is named does not exist, or is named twice.
    #[error("there is no such shop")]
    NoSuchShop,
    /// The person is no officer.
    #[error("the person is no officer")]
    NoOfficer,
    /// There is such a batch.
    #[error("there is such a training")]
    TrainingExists,
    /// A template asks for nothing, or for these that are not there.
    #[error("the template asks for what is not there: {0:?}")]
    Template(Vec<String>),
    /// These cells of a template would be wrong once the row is repeated.
    #[error("cells that cannot be repeated: {0:?}")]
    Formulas(Vec<String>),
    /// Two shops cannot be one.
    #[error("the shops cannot be merged: {0:?}")]
    Merge(Refusal),
    /// The account says no.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A file cannot be written.
    #[error("a file cannot be written: {0}")]
    Unwritable(String),
    /// The file store failed.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The shop says no.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// Encryption failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Why two shops cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no shop to merge into.
    Unknown,
    /// They are one.
    Itself,
    /// One of them became another one before.
    Merged,
    /// The shop that would go is being looked at or filled in.
    State,
    /// They have different identity numbers.
    Numbers,
    /// The shop that would stay has no owner yet, and the other one has.
    Direction,
    /// The shop that would go has orders to end.
    OrdersUnderWay,
    /// Both use these SKUs.
    Skus(Vec<String>),
}

impl Refusal {
    fn problem(self) -> Problem {
        let (reason, id, en) = match &self {
            Self::Unknown => {
                return Problem::field(
                    Fault::new("unknown", "Toko tidak dikenal.", "Unknown shop.").at("/into"),
                );
            }
            Self::Itself => {
                return Problem::field(
                    Fault::new("same", "Ini toko yang sama.", "This is the same shop.").at("/into"),
                );
            }
            Self::Merged => {
                ("merged", "Salah satu toko sudah digabungkan.", "One of the shops was merged before.")
            }
            Self::State => (
                "state",
                "Status toko tidak memungkinkan penggabungan.",
                "The shop's status does not allow it.",
            ),
            Self::Numbers => (
                "numbers",
                "Nomor identitas kedua toko berbeda.",
                "The shops have different identity numbers.",
            ),
            Self::Direction => (
                "direction",
                "Gabungkan ke toko yang sudah punya pemilik.",
                "Merge into the shop that has an owner.",
            ),
            Self::OrdersUnderWay => {
                ("orders-under-way", "Masih ada pesanan yang berjalan.", "Orders are still under way.")
            }
            Self::Skus(_) => ("skus", "Ada SKU yang dipakai kedua toko.", "Both shops use the same SKU."),
        };
        let problem = Problem::new(StatusCode::CONFLICT, "merge-refused", id, en).with("reason", reason);
        match self {
            Self::Skus(skus) => problem.with("skus", skus),
            _ => problem,
        }
    }
}

impl From<ImportError> for OfficeError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Db(error) => Self::Db(error),
            ImportError::Seal(error) => Self::Seal(error),
            ImportError::Vendor(error) => Self::Vendor(error),
            other => Self::Unreadable(other.to_string()),
        }
    }
}

impl From<OfficeError> for Problem {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::NotFound => Self::not_found(),
            OfficeError::Unreadable(_) => unreadable(),
            OfficeError::Mapping(faults) => Self::invalid(faults),
            OfficeError::Started => Self::new(
                StatusCode::CONFLICT,
                "import-started",
                "Daftar ini sudah diproses.",
                "This list is being worked on already.",
            ),
            OfficeError::Decided => Self::new(
                StatusCode::CONFLICT,
                "duplicate-decided",
                "Baris ini sudah diputuskan.",
                "This row has been decided about.",
            ),
            OfficeError::ClaimRefused => Self::new(
                StatusCode::BAD_REQUEST,
                "claim-refused",
                "Kode salah, sudah dipakai, atau sudah tidak berlaku.",
                "The code is wrong, used or no longer good.",
            ),
            OfficeError::NoSuchUser => Self::field(
                Fault::new("unknown", "Akun tidak ditemukan.", "There is no such account.").at("/user_id"),
            ),
            OfficeError::NoSuchShop => Self::field(
                Fault::new("unknown", "Ada toko yang tidak dikenal.", "One of the shops is unknown.")
                    .at("/vendor_ids"),
            ),
            OfficeError::NoOfficer => Self::field(
                Fault::new("officer", "Orang ini bukan petugas.", "This person is no officer.")
                    .at("/officer_id"),
            ),
            OfficeError::TrainingExists => Self::new(
                StatusCode::CONFLICT,
                "training-exists",
                "Pelatihan ini sudah ada.",
                "There is such a training.",
            ),
            OfficeError::Template(unknown) => no_such_places(&unknown),
            OfficeError::Formulas(cells) => formulas(&cells),
            OfficeError::Merge(refusal) => refusal.problem(),
            OfficeError::Identity(error) => error.into(),
            OfficeError::Vendor(error) => error.into(),
            OfficeError::Db(error) => error.into(),
            OfficeError::Files(error) => Self::unavailable(error),
            OfficeError::Seal(_) | OfficeError::Unwritable(_) => Self::internal(error),
        }
    }
}

fn unreadable() -> Problem {
    let fault = Fault::new(
        "table",
        "Berkas bukan tabel CSV atau XLSX yang dapat dibaca.",
        "The file is no CSV or XLSX table that can be read.",
    );
    Problem::field(fault.at("/file"))
}

fn formulas(cells: &[String]) -> Problem {
    let cells = cells.join(", ");
    let fault = Fault::new(
        "formulas",
        format!("Sel ini salah setelah barisnya diulang: {cells}. Pakai isian {{{{...}}}} untuk jumlah."),
        format!("These cells are wrong once the row is repeated: {cells}. Use places for sums."),
    );
    Problem::field(fault.at("/file"))
}

fn no_such_places(unknown: &[String]) -> Problem {
    let fault = Fault::new(
        "placeholders",
        format!("Tidak ada isian {{{{...}}}} yang dikenal: {}.", unknown.join(", ")),
        format!("There are no such places to fill: {}.", unknown.join(", ")),
    );
    Problem::field(fault.at("/file"))
}

//! What can go wrong with the life of a listing.

use axum::http::StatusCode;

use super::conflict;
use crate::catalog::model::words::Found;
use crate::kernel::Problem;
use crate::kernel::fields::Fault;

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// A text carries words that no listing may.
    #[error("{} banned words", .0.len())]
    Banned(Vec<Found>),
    /// The word is on the list.
    #[error("the word is known")]
    WordKnown,
    /// The file is no list of products.
    #[error("{0}")]
    Unreadable(String),
    /// A workbook cannot hold so much.
    #[error("too large for a workbook")]
    TooLargeForXlsx,
    /// Another product has, or had, this slug.
    #[error("the slug is taken")]
    SlugTaken,
    /// Slugs are kept for ever; a product gets only so many in a day.
    #[error("too many names")]
    TooManyNames,
    /// The time to publish is past, or too far away.
    #[error("publish_at is out of range")]
    PublishAt,
    /// No edit waits for a decision.
    #[error("nothing waits")]
    NothingWaits,
    /// What waits does not fit the product any more.
    #[error("the edit does not fit any more")]
    DoesNotFit,
    /// The same person reported the same before.
    #[error("reported before")]
    ReportedBefore,
    /// Enough for today.
    #[error("too many reports")]
    TooManyReports,
    /// An officer was there before.
    #[error("the report is closed")]
    ReportClosed,
}

impl From<ListingError> for Problem {
    fn from(error: ListingError) -> Self {
        match error {
            ListingError::Banned(words) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "banned-words",
                format!("Ada kata yang tidak boleh dipakai: {}.", named(&words)),
                format!("Some words are not allowed: {}.", named(&words)),
            )
            .with("words", words),
            ListingError::WordKnown => {
                conflict("word-known", "Kata ini sudah ada di daftar.", "This word is on the list.")
            }
            ListingError::Unreadable(why) => unreadable(&why),
            ListingError::TooLargeForXlsx => too_large_for_xlsx(),
            ListingError::SlugTaken => conflict(
                "slug-taken",
                "Alamat ini milik produk lain.",
                "This slug belongs to another product.",
            ),
            ListingError::TooManyNames => too_many(
                "too-many-names",
                "Produk ini sudah terlalu sering berganti alamat hari ini.",
                "This product was given too many slugs today.",
            ),
            ListingError::PublishAt => Self::field(publish_at().at("/publish_at")),
            ListingError::NothingWaits => conflict(
                "nothing-waits",
                "Tidak ada perubahan yang menunggu.",
                "No edit waits for a decision.",
            ),
            ListingError::DoesNotFit => conflict(
                "revision-does-not-fit",
                "Perubahan ini tidak cocok lagi dengan produknya.",
                "The edit does not fit the product any more.",
            ),
            ListingError::ReportedBefore => {
                conflict("reported-before", "Anda sudah melaporkan ini.", "You have reported this before.")
            }
            ListingError::TooManyReports => {
                too_many("too-many-reports", "Terlalu banyak laporan hari ini.", "Too many reports today.")
            }
            ListingError::ReportClosed => {
                conflict("report-closed", "Laporan ini sudah ditutup.", "This report is closed.")
            }
        }
    }
}

fn publish_at() -> Fault {
    Fault::new(
        "out-of-range",
        "Waktu tayang harus di depan, paling lama setahun.",
        "Must be in the future, within a year.",
    )
}

fn unreadable(why: &str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unreadable-list",
        format!("Berkas tidak terbaca sebagai daftar produk: {why}."),
        format!("The file is no list of products: {why}."),
    )
}

fn too_large_for_xlsx() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "too-large-for-xlsx",
        "Daftar ini terlalu besar untuk XLSX; ambil sebagai CSV.",
        "The list is too large for XLSX; fetch it as CSV.",
    )
}

fn too_many(code: &'static str, id: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, id, en)
        .retry_after(std::time::Duration::from_secs(3600))
}

fn named(words: &[Found]) -> String {
    let mut names: Vec<&str> = words.iter().map(|found| found.word.as_str()).collect();
    names.dedup();
    names.join(", ")
}

//! What can go wrong.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::kernel::Problem;
use crate::platform::person::PersonKeyError;

/// What can go wrong for an operator.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// No such job, or it has been forgotten.
    #[error("no such job")]
    NoSuchJob,
    /// Only a dead job can be retried; any other is still to run or has run.
    #[error("the job is not dead")]
    JobNotDead,
    /// No such holiday.
    #[error("no such holiday")]
    NoSuchHoliday,
    /// The day is in the list already.
    #[error("the day is a holiday already")]
    HolidayTaken,
    /// The keys of people cannot be opened.
    #[error(transparent)]
    PersonKey(#[from] PersonKeyError),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::NoSuchJob | AdminError::NoSuchHoliday => Self::not_found(),
            AdminError::JobNotDead => Self::new(
                StatusCode::CONFLICT,
                "job-not-dead",
                "Hanya pekerjaan yang gagal total yang dapat diulang.",
                "Only a dead job can be retried.",
            ),
            AdminError::HolidayTaken => Self::new(
                StatusCode::CONFLICT,
                "holiday-exists",
                "Tanggal ini sudah ada di daftar hari libur.",
                "This day is in the list of holidays already.",
            ),
            AdminError::PersonKey(PersonKeyError::Db(error)) | AdminError::Db(error) => error.into(),
            AdminError::PersonKey(error) => Self::internal(error),
        }
    }
}

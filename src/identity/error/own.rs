//! What can go wrong with what belongs to a person.

use axum::http::StatusCode;

use crate::kernel::Problem;

/// A refusal about what belongs to a person: addresses.
#[derive(Debug, thiserror::Error)]
pub enum OwnDataError {
    /// No such address, or somebody else's.
    #[error("there is no such address")]
    NoSuchAddress,
    /// Enough addresses are saved.
    #[error("no more addresses can be saved")]
    AddressesFull,
    /// It was changed in between.
    #[error("it has another version")]
    Stale,
}

impl From<OwnDataError> for Problem {
    fn from(error: OwnDataError) -> Self {
        match error {
            OwnDataError::NoSuchAddress => Self::not_found(),
            OwnDataError::Stale => Self::stale(),
            OwnDataError::AddressesFull => Self::new(
                StatusCode::CONFLICT,
                "addresses-full",
                "Paling banyak 50 alamat dapat disimpan.",
                "At most 50 addresses can be saved.",
            ),
        }
    }
}

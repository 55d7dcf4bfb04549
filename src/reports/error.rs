//! Why somebody cannot be handed everything, or be forgotten.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::identity::IdentityError;
use crate::kernel::Problem;
use crate::orders::OrderError;
use crate::platform::person::PersonKeyError;

/// A refusal in the words of the business.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Something that the person bought is still to come.
    #[error("orders are under way")]
    OrdersUnderWay,
    /// Money is still to go to the person, or came and was not looked at.
    #[error("money is owed")]
    MoneyOwed,
    /// The account says no.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The orders say no.
    #[error(transparent)]
    Orders(#[from] OrderError),
    /// The key of the person cannot be used.
    #[error(transparent)]
    Key(#[from] PersonKeyError),
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Archive(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl ReportError {
    /// The archive cannot be written.
    pub fn archive(cause: impl std::fmt::Display) -> Self {
        Self::Archive(cause.to_string())
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::OrdersUnderWay => Self::new(
                StatusCode::CONFLICT,
                "orders-under-way",
                "Masih ada pesanan yang berjalan; selesaikan atau batalkan dahulu.",
                "Orders are still under way; finish or cancel them first.",
            ),
            ReportError::MoneyOwed => Self::new(
                StatusCode::CONFLICT,
                "money-owed",
                "Masih ada uang yang harus dikembalikan atau diperiksa.",
                "Money is still to be paid back or looked at.",
            ),
            ReportError::Identity(error) => error.into(),
            ReportError::Orders(error) => error.into(),
            ReportError::Db(error) => error.into(),
            ReportError::Key(_) | ReportError::Archive(_) => Self::internal(error),
        }
    }
}

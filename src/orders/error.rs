//! What can go wrong with an order.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::order::Status;
use crate::kernel::{MoneyError, Problem};

/// What can go wrong with an order.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// No such order, or not the caller's.
    #[error("no such order")]
    NotFound,
    /// The order cannot move there from where it is.
    #[error("the order is {0:?}")]
    WrongState(Status),
    /// Somebody moved the order in between.
    #[error("the order moved in between")]
    Moved,
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::NotFound => Self::not_found(),
            OrderError::WrongState(status) => order_state().with("order_status", status),
            OrderError::Moved => order_state(),
            OrderError::Money(error) => Self::internal(error),
            OrderError::Db(error) => error.into(),
        }
    }
}

fn order_state() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "order-state",
        "Pesanan tidak dapat diubah ke status itu sekarang.",
        "The order cannot move to that state now.",
    )
}

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
    /// A return or a quarrel is open.
    #[error("a claim is open")]
    ClaimOpen,
    /// The time in which this could be asked for is over, or the order is not of that kind.
    #[error("the window is closed")]
    WindowClosed,
    /// The return or the quarrel cannot move there from where it is.
    #[error("the claim is not in that state")]
    ClaimState,
    /// The parcel has been handed over or counted already.
    #[error("the parcel is not in that state")]
    ShipmentState,
    /// The file is neither a picture nor a PDF.
    #[error("the file is not a picture or a PDF")]
    FileType,
    /// Enough files for one order.
    #[error("too many files")]
    TooManyFiles,
    /// The file store failed.
    #[error("the file store failed: {0}")]
    Files(String),
    /// The request is not valid.
    #[error("invalid request")]
    Invalid(Box<Problem>),
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<Problem> for OrderError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(Box::new(problem))
    }
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::NotFound => Self::not_found(),
            OrderError::WrongState(status) => order_state().with("order_status", status),
            OrderError::Moved => order_state(),
            OrderError::ClaimOpen => Self::new(
                StatusCode::CONFLICT,
                "claim-open",
                "Pengembalian atau sengketa pesanan ini belum selesai.",
                "A return or a dispute of this order is still open.",
            ),
            OrderError::WindowClosed => Self::new(
                StatusCode::CONFLICT,
                "window-closed",
                "Pesanan ini tidak (lagi) dapat diajukan.",
                "This cannot be asked for, or not any more.",
            ),
            OrderError::ClaimState => Self::new(
                StatusCode::CONFLICT,
                "claim-state",
                "Pengajuan ini tidak dapat diubah ke status itu sekarang.",
                "The claim cannot move to that state now.",
            ),
            OrderError::ShipmentState => Self::new(
                StatusCode::CONFLICT,
                "shipment-state",
                "Kiriman ini tidak dapat diubah ke status itu sekarang.",
                "The shipment cannot move to that state now.",
            ),
            OrderError::FileType => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "file-type",
                "Berkas harus berupa gambar atau PDF.",
                "The file must be a picture or a PDF.",
            ),
            OrderError::TooManyFiles => Self::new(
                StatusCode::CONFLICT,
                "too-many-files",
                "Jumlah berkas pesanan ini sudah maksimal.",
                "This order has as many files as it can have.",
            ),
            OrderError::Files(error) => Self::internal(error),
            OrderError::Invalid(problem) => *problem,
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

//! What can go wrong with a cart.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, MoneyError, Problem};

/// What can go wrong with a cart.
#[derive(Debug, thiserror::Error)]
pub enum CartError {
    /// No such cart, or not the caller's.
    #[error("no such cart or article")]
    NotFound,
    /// More articles than a cart holds.
    #[error("the cart is full")]
    Full(usize),
    /// Fewer pieces than the shop sells at once.
    #[error("below the minimum order")]
    BelowMinimum(i32),
    /// Not one of the quantities that the shop sells: the least one, and the step.
    #[error("not a step")]
    NotAStep(i32, i32),
    /// What is to be made of it is not filled in as the shop asks.
    #[error("personalisation")]
    Personalisation(Vec<FieldError>),
    /// More than can be counted.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<CartError> for Problem {
    fn from(error: CartError) -> Self {
        match error {
            CartError::NotFound => Self::not_found(),
            CartError::Full(max) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "cart-full",
                format!("Keranjang paling banyak berisi {max} barang."),
                format!("A cart holds at most {max} articles."),
            ),
            CartError::BelowMinimum(minimum) => Self::field(
                Fault::new(
                    "below-minimum",
                    format!("Pesanan minimal {minimum}."),
                    format!("The minimum order is {minimum}."),
                )
                .at("/quantity"),
            ),
            CartError::NotAStep(least, step) => Self::field(
                Fault::new(
                    "not-a-step",
                    format!("Jumlahnya {least}, lalu bertambah per {step}."),
                    format!("Quantities are {least} and then grow by {step}."),
                )
                .at("/quantity"),
            ),
            CartError::Personalisation(mut faults) => {
                for fault in &mut faults {
                    fault.pointer.insert_str(0, "/personalisation");
                }
                Self::invalid(faults)
            }
            CartError::Money(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "amount-too-large",
                "Jumlah terlalu besar.",
                "The amount is too large.",
            ),
            CartError::Db(error) => error.into(),
        }
    }
}

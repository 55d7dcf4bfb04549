//! What can go wrong at checkout and after it.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::model::Totals;
use crate::cart::CartError;
use crate::kernel::{MoneyError, Problem, VariantId};
use crate::orders::OrderError;
use crate::payments::PaymentError;

/// What can go wrong at checkout and after it.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// The cart holds nothing.
    #[error("the cart is empty")]
    CartEmpty,
    /// Not enough of these.
    #[error("out of stock")]
    OutOfStock(Vec<VariantId>),
    /// These are not sold any more.
    #[error("not sold any more")]
    Unavailable(Vec<VariantId>),
    /// Fewer than the shop sells at once.
    #[error("below the minimum order")]
    BelowMinimum(Vec<VariantId>),
    /// The total is not what the buyer saw.
    #[error("the price changed")]
    PriceChanged(Box<Totals>),
    /// The request is not valid.
    #[error("invalid request")]
    Invalid(Box<Problem>),
    /// See [`CartError`].
    #[error(transparent)]
    Cart(#[from] CartError),
    /// See [`OrderError`].
    #[error(transparent)]
    Order(#[from] OrderError),
    /// See [`PaymentError`].
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<Problem> for CheckoutError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(Box::new(problem))
    }
}

impl From<CheckoutError> for Problem {
    fn from(error: CheckoutError) -> Self {
        let conflict =
            |code, id: &'static str, en: &'static str| Self::new(StatusCode::CONFLICT, code, id, en);
        match error {
            CheckoutError::CartEmpty => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "cart-empty",
                "Keranjang masih kosong.",
                "The cart is empty.",
            ),
            CheckoutError::OutOfStock(variants) => {
                conflict("out-of-stock", "Stok tidak cukup.", "Not enough stock.").with("variants", variants)
            }
            CheckoutError::Unavailable(variants) => conflict(
                "unavailable",
                "Ada barang yang tidak dijual lagi.",
                "Some articles are not sold any more.",
            )
            .with("variants", variants),
            CheckoutError::BelowMinimum(variants) => {
                conflict("below-minimum", "Jumlah di bawah pesanan minimal.", "Below the minimum order.")
                    .with("variants", variants)
            }
            CheckoutError::PriceChanged(totals) => conflict(
                "price-changed",
                "Harga berubah; periksa totalnya.",
                "The price changed; check the total.",
            )
            .with("totals", totals),
            CheckoutError::Invalid(problem) => *problem,
            CheckoutError::Cart(error) => error.into(),
            CheckoutError::Order(error) => error.into(),
            CheckoutError::Payment(error) => error.into(),
            CheckoutError::Money(error) => CartError::from(error).into(),
            CheckoutError::Db(error) => error.into(),
        }
    }
}

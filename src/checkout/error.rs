//! What can go wrong at checkout and after it.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::model::Totals;
use super::service::terms::Unserved;
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
    /// Not one of the quantities that the shop sells.
    #[error("not a step")]
    NotAStep(Vec<VariantId>),
    /// What is to be made of these is not offered so any more.
    #[error("personalisation")]
    Personalisation(Vec<VariantId>),
    /// The total is not what the buyer saw.
    #[error("the price changed")]
    PriceChanged(Box<Totals>),
    /// These shops are on holiday.
    #[error("{} shops are closed", .0.len())]
    ShopClosed(Vec<Unserved>),
    /// These shops do not deliver there.
    #[error("{} shops do not deliver there", .0.len())]
    OutsideAreas(Vec<Unserved>),
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
        match error {
            CheckoutError::CartEmpty => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "cart-empty",
                "Keranjang masih kosong.",
                "The cart is empty.",
            ),
            CheckoutError::OutOfStock(_)
            | CheckoutError::Unavailable(_)
            | CheckoutError::BelowMinimum(_)
            | CheckoutError::NotAStep(_)
            | CheckoutError::Personalisation(_) => of_variants(error),
            CheckoutError::PriceChanged(totals) => Self::new(
                StatusCode::CONFLICT,
                "price-changed",
                "Harga berubah; periksa totalnya.",
                "The price changed; check the total.",
            )
            .with("totals", totals),
            CheckoutError::ShopClosed(shops) => {
                unserved("shop-closed", ("Toko sedang libur", "Closed for a holiday"), shops)
            }
            CheckoutError::OutsideAreas(shops) => {
                let said = (
                    "Alamat ini di luar wilayah pengiriman",
                    "This address is outside the delivery areas of",
                );
                unserved("outside-delivery-areas", said, shops)
            }
            CheckoutError::Invalid(problem) => *problem,
            CheckoutError::Cart(error) => error.into(),
            CheckoutError::Order(error) => error.into(),
            CheckoutError::Payment(error) => error.into(),
            CheckoutError::Money(error) => CartError::from(error).into(),
            CheckoutError::Db(error) => error.into(),
        }
    }
}

/// 409 that names the variants that cannot be bought as they are.
fn of_variants(error: CheckoutError) -> Problem {
    let (variants, code, id, en) = match error {
        CheckoutError::OutOfStock(variants) => {
            (variants, "out-of-stock", "Stok tidak cukup.", "Not enough stock.")
        }
        CheckoutError::Unavailable(variants) => (
            variants,
            "unavailable",
            "Ada barang yang tidak dijual lagi.",
            "Some articles are not sold any more.",
        ),
        CheckoutError::BelowMinimum(variants) => {
            (variants, "below-minimum", "Jumlah di bawah pesanan minimal.", "Below the minimum order.")
        }
        CheckoutError::NotAStep(variants) => (
            variants,
            "not-a-step",
            "Jumlah tidak sesuai kelipatan yang dijual toko.",
            "The shop does not sell this quantity.",
        ),
        CheckoutError::Personalisation(variants) => (
            variants,
            "personalisation",
            "Isian pesanan khusus belum lengkap atau sudah berubah.",
            "What is to be made is incomplete or no longer offered.",
        ),
        other => return other.into(),
    };
    Problem::new(StatusCode::CONFLICT, code, id, en).with("variants", variants)
}

/// 409 that names the shops, with the day on which each opens again.
fn unserved(code: &'static str, (id, en): (&str, &str), shops: Vec<Unserved>) -> Problem {
    let name = |shop: &Unserved| match shop.reopens_on {
        Some(day) => format!("{} ({day})", shop.name),
        None => shop.name.clone(),
    };
    let names = shops.iter().map(name).collect::<Vec<_>>().join(", ");
    let problem =
        Problem::new(StatusCode::CONFLICT, code, format!("{id}: {names}."), format!("{en}: {names}."));
    problem.with("vendors", shops)
}

//! What can go wrong at checkout and after it.

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::model::Totals;
use super::model::refund::RefundFault;
use super::service::terms::Unserved;
use crate::cart::CartError;
use crate::kernel::fields::Fault;
use crate::kernel::{MoneyError, Problem, VariantId};
use crate::orders::OrderError;
use crate::payments::PaymentError;
use crate::settlement::SettlementError;

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
    /// More than what is left of the order.
    #[error("more than what is left of the order")]
    RefundTooMuch,
    /// The order has no such line.
    #[error("no such line")]
    RefundLine,
    /// The key names a refund of another order.
    #[error("the key names another refund")]
    RefundKey,
    /// Nobody paid anything for the order yet.
    #[error("nothing was paid")]
    NothingPaid,
    /// See [`CartError`].
    #[error(transparent)]
    Cart(#[from] CartError),
    /// See [`OrderError`].
    #[error(transparent)]
    Order(#[from] OrderError),
    /// See [`PaymentError`].
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// See [`SettlementError`].
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    /// An amount cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<RefundFault> for CheckoutError {
    fn from(fault: RefundFault) -> Self {
        match fault {
            RefundFault::TooMuch => Self::RefundTooMuch,
            RefundFault::UnknownLine => Self::RefundLine,
            RefundFault::Money(error) => Self::Money(error),
        }
    }
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
            CheckoutError::RefundTooMuch
            | CheckoutError::RefundLine
            | CheckoutError::RefundKey
            | CheckoutError::NothingPaid => of_refund(&error),
            CheckoutError::Invalid(problem) => *problem,
            CheckoutError::Cart(error) => error.into(),
            CheckoutError::Order(error) => error.into(),
            CheckoutError::Payment(error) => error.into(),
            CheckoutError::Settlement(error) => error.into(),
            CheckoutError::Money(error) => CartError::from(error).into(),
            CheckoutError::Db(error) => error.into(),
        }
    }
}

/// What is refused about a refund.
fn of_refund(error: &CheckoutError) -> Problem {
    let conflict =
        |code, id: &'static str, en: &'static str| Problem::new(StatusCode::CONFLICT, code, id, en);
    match error {
        CheckoutError::RefundLine => Problem::field(
            Fault::new("unknown-line", "Baris ini bukan bagian pesanan.", "The order has no such line.")
                .at("/lines"),
        ),
        CheckoutError::RefundTooMuch => conflict(
            "refund-too-much",
            "Jumlah itu melebihi sisa yang dapat dikembalikan.",
            "That is more than what can still go back.",
        ),
        CheckoutError::NothingPaid => conflict(
            "nothing-paid",
            "Belum ada uang yang diterima untuk pesanan ini.",
            "No money has come in for this order yet.",
        ),
        _ => conflict(
            "refund-key",
            "Kunci ini milik pengembalian lain.",
            "This key belongs to another refund.",
        ),
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

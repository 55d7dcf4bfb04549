//! What can go wrong in the catalogue.

mod count;
mod listing;
mod meal;

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::product::Status;
use super::entity::stock;
use super::model::MAX_IMAGES;
use super::model::definition::MAX_DEFINED;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Problem};
use crate::platform::files::FilesError;
use crate::platform::images::ImageError;
use crate::vendors::VendorError;
use crate::web::problem::image_problem;

pub use count::{CountConflict, CountError};
pub use listing::ListingError;
pub use meal::MealError;

/// A refusal of the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Absent, or of another shop.
    #[error("not found")]
    NotFound,
    /// Somebody changed it in between.
    #[error("stale")]
    Stale,
    /// Fields that only the database could judge.
    #[error("invalid")]
    Invalid(Vec<FieldError>),
    /// The shop may not sell (yet).
    #[error("the shop is not active")]
    VendorNotActive,
    /// The move is not possible from here.
    #[error("the product is {0:?}")]
    WrongStatus(Status),
    /// Another product of the shop has this SKU.
    #[error("sku taken")]
    SkuTaken(Vec<FieldError>),
    /// More is promised than should be left.
    #[error("{} are promised", .0.reserved)]
    StockReserved(stock::Model),
    /// A category has its attributes.
    #[error("too many attributes")]
    TooManyAttributes,
    /// The category has an attribute of this key.
    #[error("attribute taken")]
    AttributeTaken,
    /// A stocktaking cannot go on.
    #[error(transparent)]
    Count(#[from] CountError),
    /// See [`MealError`].
    #[error(transparent)]
    Meal(#[from] MealError),
    /// A listing cannot go on.
    #[error(transparent)]
    Listing(#[from] ListingError),
    /// The product has its pictures.
    #[error("too many images")]
    TooManyImages,
    /// The upload is no picture we take.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The file store failed.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The shop, or a paper of it, does not allow it.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound => Self::not_found(),
            CatalogError::Stale => Self::stale(),
            CatalogError::Invalid(errors) => Self::invalid(errors),
            CatalogError::VendorNotActive => conflict(
                "vendor-not-active",
                "Toko belum aktif; produk belum bisa ditayangkan.",
                "The shop is not active; its products cannot be published.",
            ),
            CatalogError::WrongStatus(status) => conflict(
                "product-state",
                "Tindakan ini tidak bisa dilakukan pada status produk sekarang.",
                "The product's status does not allow this now.",
            )
            .with("product_status", status),
            CatalogError::SkuTaken(errors) => Self {
                errors,
                ..conflict(
                    "sku-taken",
                    "SKU sudah dipakai produk lain di toko ini.",
                    "Another product of this shop has this SKU.",
                )
            },
            CatalogError::StockReserved(stock) => stock_reserved(&stock),
            CatalogError::TooManyAttributes => conflict(
                "too-many-attributes",
                format!("Paling banyak {MAX_DEFINED} atribut."),
                format!("At most {MAX_DEFINED} attributes."),
            ),
            CatalogError::AttributeTaken => conflict(
                "attribute-taken",
                "Kategori ini sudah punya atribut dengan kunci itu.",
                "The category has an attribute of this key.",
            ),
            CatalogError::Count(error) => error.into(),
            CatalogError::Meal(error) => error.into(),
            CatalogError::Listing(error) => error.into(),
            CatalogError::TooManyImages => conflict(
                "too-many-images",
                format!("Paling banyak {MAX_IMAGES} gambar."),
                format!("At most {MAX_IMAGES} pictures."),
            ),
            CatalogError::Image(error) => image_problem(error),
            CatalogError::Files(error) => Self::unavailable(error),
            CatalogError::Vendor(error) => error.into(),
            CatalogError::Db(error) => error.into(),
        }
    }
}

fn conflict(
    code: &'static str,
    id: impl Into<std::borrow::Cow<'static, str>>,
    en: impl Into<std::borrow::Cow<'static, str>>,
) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, id, en)
}

fn stock_reserved(stock: &stock::Model) -> Problem {
    conflict(
        "stock-reserved",
        format!("{} buah sudah dipesan; stok tidak bisa kurang dari itu.", stock.reserved),
        format!("{} pieces are promised to orders; the stock cannot be less.", stock.reserved),
    )
    .with("on_hand", stock.on_hand)
    .with("reserved", stock.reserved)
}

/// 422: there is no such category.
pub fn unknown_category() -> Fault {
    Fault::new("unknown-category", "Kategori tidak dikenal.", "Unknown category.")
}

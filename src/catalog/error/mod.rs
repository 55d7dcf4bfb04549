//! What can go wrong in the catalogue.

mod count;
mod listing;

use axum::http::StatusCode;
use sea_orm::DbErr;

use super::entity::product::Status;
use super::entity::stock;
use super::model::MAX_IMAGES;
use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Problem};
use crate::platform::files::FilesError;
use crate::platform::images::ImageError;
use crate::web::problem::unsupported_media_type;

pub use count::{CountConflict, CountError};
pub use listing::ListingError;

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
    /// A stocktaking cannot go on.
    #[error(transparent)]
    Count(#[from] CountError),
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
            CatalogError::Count(error) => error.into(),
            CatalogError::Listing(error) => error.into(),
            CatalogError::TooManyImages => conflict(
                "too-many-images",
                format!("Paling banyak {MAX_IMAGES} gambar."),
                format!("At most {MAX_IMAGES} pictures."),
            ),
            CatalogError::Image(error) => image_problem(error),
            CatalogError::Files(error) => Self::unavailable(error),
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

fn image_problem(error: ImageError) -> Problem {
    let (code, id, en) = match error {
        ImageError::NotAPicture => return unsupported_media_type(),
        ImageError::Busy => return Problem::unavailable(error),
        ImageError::MoreThanAPicture => (
            "image-not-plain",
            "Berkas berisi lebih dari sekadar gambar.",
            "The file is more than a picture.",
        ),
        ImageError::TooLarge => {
            ("image-too-large", "Ukuran gambar (piksel) terlalu besar.", "The picture has too many pixels.")
        }
        ImageError::Unreadable => {
            ("image-unreadable", "Gambar rusak atau tidak terbaca.", "The picture is broken.")
        }
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, id, en)
}

/// 422: there is no such category.
pub fn unknown_category() -> Fault {
    Fault::new("unknown-category", "Kategori tidak dikenal.", "Unknown category.")
}

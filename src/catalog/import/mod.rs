//! Spreadsheets: the office's list of shops, and lists of products. What is certain is repaired, the rest is refused or asked
//! about, and nothing is lost silently: every row that was not taken as it stands is in the report.
//!
//! Rows are written in batches of at most [`BATCH`], so that a running server gets its turns in between.

pub mod list;
mod product_row;
mod products;
mod progress;
mod repair;
mod report;
mod sheet;
mod shops;
mod store;
mod suggest;
mod update;
mod vendor_list;
mod vendor_row;
mod vendor_survey;
mod vendors;
mod workbook;

use crate::platform::sealed::SealError;
use crate::vendors::VendorError;

pub use product_row::ProductRow;
pub use products::products;
pub use progress::Progress;
pub use repair::unlikeness;
pub use report::{Cell, Note, Outcome, Report};
pub use sheet::{Row, Sheet};
pub use shops::CreateShops;
pub use store::Store;
pub use vendor_list::{Entry, Read, VendorList, number_repeated};
pub use vendor_row::{COLUMNS as VENDOR_COLUMNS, FIELDS as VENDOR_FIELDS};
pub use vendor_survey::Extra;
pub use vendors::vendors;
pub use workbook::small_enough as workbook_is_small_enough;

/// Rows of one transaction.
pub const BATCH: usize = 200;

/// How products are imported.
#[derive(Clone, Copy, Debug)]
pub struct ProductOptions {
    /// What happens with shops that are not there yet.
    pub create_shops: CreateShops,
    /// Keep new products out of sight.
    pub draft: bool,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// It is not a table with the right columns.
    #[error("the file is not a list that can be imported: {0}")]
    Unreadable(String),
    /// The report cannot be written.
    #[error("the report cannot be written: {0}")]
    Report(csv::Error),
    /// The database failed; batches before this one are kept.
    #[error("the database failed: {0}")]
    Db(#[from] sea_orm::DbErr),
    /// Identity numbers cannot be encrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An account of the demo data cannot be made.
    #[error("an account cannot be made: {0}")]
    Account(String),
    /// A picture of the demo data cannot be stored.
    #[error("a picture cannot be stored: {0}")]
    Picture(#[from] crate::catalog::error::CatalogError),
    /// A shop cannot be written.
    #[error("a shop cannot be written: {0}")]
    Vendor(VendorError),
}

//! A shop's own list of products, the same to send and to fetch.
//!
//! A line is a variant; lines with the same `produk` are one product. The lines of a product become the very request that a
//! hand would send, and go through the same checks and use cases.

mod archive;
mod columns;
mod content;
mod notes;
mod pictures;
mod read;
mod request;
mod run;
mod shape;
mod status;
mod write;

pub use archive::check_archive;
pub use columns::{LISTING, Line};
pub use notes::{Note, error_file};
pub use pictures::{Named, add_picture};
pub use read::{Group, check_columns, groups};
pub use run::step;
pub use shape::Shape;

use crate::platform::sheets::Cell;

/// The first line of a list.
pub fn header() -> Vec<&'static str> {
    LISTING.iter().map(|column| column.name).collect()
}

/// The cells of a line.
pub fn cells(line: &Line<'_>) -> Vec<Cell> {
    LISTING.iter().map(|column| column.shape.write(&(column.stored)(line))).collect()
}

#[cfg(test)]
mod tests;

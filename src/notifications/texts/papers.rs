//! Papers.

use super::Row;
use super::Side::{Person, Shop};

/// See the head of the module.
pub const ROWS: &[Row] = &[
    (
        "document.issued",
        Person,
        ["Dokumen {number}", "Dokumen {number} untuk pesanan {order} sudah terbit dan dapat diunduh."],
        ["Document {number}", "Document {number} for order {order} has been issued and can be downloaded."],
    ),
    (
        "statement.issued",
        Shop,
        ["Laporan {number}", "Laporan saldo toko untuk {month} sudah terbit dan dapat diunduh."],
        [
            "Statement {number}",
            "The statement of the shop for {month} has been issued and can be downloaded.",
        ],
    ),
];

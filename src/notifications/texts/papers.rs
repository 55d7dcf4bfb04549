//! Papers.

use super::Row;
use super::Side::Person;

/// See the head of the module.
pub const ROWS: &[Row] = &[(
    "document.issued",
    Person,
    ["Dokumen {number}", "Dokumen {number} untuk pesanan {order} sudah terbit dan dapat diunduh."],
    ["Document {number}", "Document {number} for order {order} has been issued and can be downloaded."],
)];

//! The templates that are part of the program; an office can put its own beside them (`documents.templates`).

use crate::platform::pdf::Template;

/// Name and text of each.
pub const TEMPLATES: &[Template] = &[
    ("letterhead.typ", include_str!("../../config/documents/letterhead.typ")),
    ("parts.typ", include_str!("../../config/documents/parts.typ")),
    ("invoice.typ", include_str!("../../config/documents/invoice.typ")),
    ("receipt.typ", include_str!("../../config/documents/receipt.typ")),
    ("packing_slip.typ", include_str!("../../config/documents/packing_slip.typ")),
    ("vendor_statement.typ", include_str!("../../config/documents/vendor_statement.typ")),
    ("credit_note.typ", include_str!("../../config/documents/credit_note.typ")),
];

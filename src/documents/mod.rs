//! Papers with a number: invoices, receipts, packing slips, statements, credit notes.
//!
//! Tables: `documents` and `document_files`, which only grow, and `document_counters`. A number is drawn in the transaction that
//! issues the paper, so that none is missing; the paper is typeset afterwards by the job `documents.render`. What a paper says is
//! frozen when it is issued; a copy is genuine if its hash is the one of the file.

pub mod entity;
mod error;
mod http;
pub mod jobs;
mod model;
pub mod query;
pub mod service;
mod templates;

pub use error::DocumentError;
pub use http::routes;
pub use templates::TEMPLATES;

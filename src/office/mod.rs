//! The desk of the industry office: its lists of shops, what it asks them, and what it knows about them.
//!
//! Tables: `vendor_imports`, `vendor_import_notes`, `vendor_duplicates`, `vendor_register`, `vendor_surveys`, `trainings`,
//! `training_participants`, `claim_codes`, `vendor_claims`, `vendor_assignments`,
//! `report_templates`.
//! Invariants: a list is written in steps of at most 200 rows with the cursor of the next one, so that a list whose job was
//! killed goes on where it was, and one that is sent again changes nothing; every row that was not taken as it stands is in the
//! report; a row that may be a shop which is there already waits for a human; a shop is claimed once; surveys only grow, a correction is another row.

pub mod entity;
pub mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod query;
pub mod service;

pub use error::OfficeError;
pub use http::routes;

//! Reads of the office's desk.

pub mod activity;
pub mod claims;
pub mod figures;
pub mod imports;
pub mod queue;
pub mod surveys;
pub mod templates;

//! What the office keeps.

pub mod assignment;
pub mod claim;
pub mod claim_code;
pub mod duplicate;
pub mod import;
pub mod note;
pub mod participant;
pub mod register;
pub mod survey;
pub mod template;
pub mod training;

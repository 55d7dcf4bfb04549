//! Papers, their numbers and their files.

pub mod counter;
pub mod document;
pub mod file;

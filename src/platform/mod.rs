//! Adapters to the outside: database, job queue, files, search engines, mail. A trait only where the outside has more than one form.

pub mod db;
pub mod jobs;
pub mod lease;
pub mod search;
pub mod settings;

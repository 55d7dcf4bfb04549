//! Adapters to the outside: database, job queue, files, search engines, mail. A trait only where the outside has more than one form.

pub mod db;
pub mod feed;
pub mod files;
pub mod images;
pub mod jobs;
pub mod keys;
pub mod lease;
pub mod mail;
pub mod random;
pub mod sealed;
pub mod search;
pub mod server;
pub mod settings;
pub mod telemetry;

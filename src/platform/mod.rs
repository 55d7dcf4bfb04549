//! Adapters to the outside: database, job queue, files, search engines, messages, payment gateways. A trait only where the outside has more than one form.

pub mod audit;
pub mod calendar;
pub mod db;
pub mod feed;
pub mod fetch;
pub mod files;
pub mod gateways;
pub mod images;
pub mod jobs;
pub mod keys;
pub mod lease;
pub mod messages;
pub mod news;
pub mod pdf;
pub mod person;
pub mod random;
pub mod sealed;
pub mod search;
pub mod server;
pub mod settings;
pub mod sheets;
pub mod telemetry;

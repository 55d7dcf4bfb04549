//! Lapak, the backend of a regency e-marketplace.

/// What a process works with.
pub mod app;
/// Commands that belong to no feature.
pub mod cli;
/// Settings.
pub mod config;
/// All routes and the middleware around them.
pub mod router;
/// Which code does which job.
pub mod worker;

/// Money, ids, time, pages, problems.
pub mod kernel;
/// Adapters to the outside.
pub mod platform;
/// Extractors and the authorization layer.
pub mod web;

/// What operators see.
pub mod admin;
/// Carts.
pub mod cart;
/// Products and stock.
pub mod catalog;
/// Quote, place, settle, cancel.
pub mod checkout;
/// Papers with numbers.
pub mod documents;
/// People, logins, roles.
pub mod identity;
/// What people are told.
pub mod notifications;
/// The desk of the industry office.
pub mod office;
/// Orders.
pub mod orders;
/// Payments and the ledger.
pub mod payments;
/// How offices of the government buy.
pub mod procurement;
/// What is known about a person: handed out, and forgotten.
pub mod reports;
/// Finding products.
pub mod search;
/// What becomes of the money of a sale.
pub mod settlement;
/// Taxes.
pub mod tax;
/// Shops.
pub mod vendors;

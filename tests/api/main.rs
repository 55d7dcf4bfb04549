//! The tests of the whole service: HTTP in, HTTP out, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod support;

mod admin;
mod architecture;
mod audit;
mod auth;
mod authz;
mod cart;
mod catalog;
mod checkout;
mod crash;
mod documents;
mod fulfilment;
mod fuzz;
mod gateways;
mod goods;
mod harness;
mod import;
mod invariants;
mod journey;
mod listings;
mod members;
mod messages;
mod migrations;
mod model;
mod notifications;
mod office;
mod openapi;
mod orders;
mod pairs;
mod payments;
mod privacy;
mod procurement;
pub mod race;
mod refunds;
mod search;
mod server;
mod settlement;
mod users;
mod vendors;

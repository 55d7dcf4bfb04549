//! What becomes of the money of a sale: the commission, the release to the shop, payouts, and the shop's statement.
//!
//! Tables: `commission_rules` (dated), `order_terms` and `order_commissions` (what a sale costs, frozen when it is placed),
//! `payout_batches`, `payouts`. All money moves through `payments::ledger`:
//!
//! | what happened | from (debit) | to (credit) |
//! |---|---|---|
//! | `release` | held for the shop | payable to the shop |
//! | `commission`, `tax_withheld` | payable to the shop | platform fees, taxes |
//! | `netted` | payable to the shop | debt of the shop |
//! | `kept_by_shop` | payable to the shop, or its debt | cash that the shop has |
//! | `payout_due` | payable to the shop | payouts due |
//! | `payout_paid`, `payout_returned` | payouts due | clearing, or payable again |

pub mod disburse;
pub mod entity;
mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod query;
pub mod service;

pub use error::SettlementError;
pub use http::routes;

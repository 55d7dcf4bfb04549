//! Payments, refunds and the ledger, which is the only truth about money.
//!
//! Tables: `payments`, `refunds`, `charges`, `provider_events`, `repayments`, `refund_accounts`, `bank_statements`, `bank_lines`,
//! `ledger_accounts`, `ledger_transfers`. There is no money state without a transfer:
//!
//! | what happened | from (debit) | to (credit) |
//! |---|---|---|
//! | `capture` | clearing, or cash on delivery | escrow of the purchase |
//! | `hold` | escrow of the purchase | held for the shop, per order |
//! | `release` | held for the shop | payable to the shop |
//! | `refund_due` | held for the shop, or escrow | refunds due |
//! | `refund_paid` | refunds due | clearing, or the cash of a sale that the shop entered |
//! | `unmatched` | clearing | unmatched: paid twice, or a line of the bank that nothing explains |
//! | `matched` | unmatched | clearing: sent back, or explained |

pub mod entity;
mod error;
pub mod http;
pub mod jobs;
pub mod ledger;
pub mod model;
pub mod news;
pub mod query;
pub mod service;

pub use error::PaymentError;
pub use http::routes;

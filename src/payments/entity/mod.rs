//! Payments, refunds and the ledger.

pub mod account;
pub mod payment;
pub mod refund;
pub mod transfer;

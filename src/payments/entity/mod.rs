//! Payments, gateways, refunds, statements of the bank and the ledger.

pub mod account;
pub mod bank_line;
pub mod bank_statement;
pub mod charge;
pub mod event;
pub mod payment;
pub mod refund;
pub mod refund_account;
pub mod refund_line;
pub mod repayment;
pub mod transfer;

//! Commissions, what sales cost, and payouts.

pub mod batch;
pub mod commission_rule;
pub mod order_commission;
pub mod order_terms;
pub mod payout;

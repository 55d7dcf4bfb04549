//! How offices of the government buy: rules about people and approvals, and budgets that cannot be overspent.
//!
//! Tables: `duty_rules` and `approval_rules` (dated data, set per deployment), `budget_lines` (ceiling and what of it is
//! reserved, committed and spent; the sum never passes the ceiling, by constraint).

pub mod entity;
mod error;
pub mod http;
pub mod model;
pub mod query;
pub mod service;

pub use error::ProcurementError;
pub use http::routes;

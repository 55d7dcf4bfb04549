//! Rules of buying, and budgets.

pub mod approval_rule;
pub mod budget_line;
pub mod duty_rule;

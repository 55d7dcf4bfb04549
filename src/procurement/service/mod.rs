//! Writing rules and budgets.

mod budget;
mod rules;

pub use budget::{NewLine, add_line, change_ceiling};
pub use rules::{add_approval, add_duty};

//! Pure rules of buying.

mod budget;
mod rules;

pub use budget::{FundSource, account_code};
pub use rules::{
    Apart, Dated, Duty, Form, Step, applying, pairs, pairs_text, parse_pairs, parse_steps, steps_text,
};

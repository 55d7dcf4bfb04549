//! Pure rules of taxes.

mod rate;
mod rule;
mod sale;
mod split;
#[cfg(test)]
mod vectors;

pub use rate::Rate;
pub use rule::{Kind, Rule, Rules, Scheme, check_days};
pub use sale::{Due, Outcome, Payer, Regime, Sale, SaleLine, Seller, assess};
pub use split::{Parts, late_fine, stamp_duty, stamp_threshold, turnover_tax};

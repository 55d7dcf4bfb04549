//! Use cases of commissions, releases and payouts.

mod batches;
mod commission;
mod freeze;
mod pay;
mod release;
mod square;

pub use batches::{bank_file, claim, fill, open_batch, scheduled, send_batch};
pub use commission::add_rule;
pub use freeze::{Sold, SoldLine, freeze};
pub use pay::{ask, deliver, settle_by_hand};
pub use release::{release, turn_back};
pub use square::{square, square_all};

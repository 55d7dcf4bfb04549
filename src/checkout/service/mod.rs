//! Use cases of checkout, one file each.

mod end;
mod expire;
mod fulfil;
mod lines;
mod manual;
mod meals;
mod place;
mod refund;
mod settle;
pub mod terms;

pub use end::{cancel, decline, fail};
pub use expire::{Expiry, expire};
pub use fulfil::{deliver, receive};
pub use manual::{Entered, HandSale, HandSaleLine, enter, void};
pub use place::{Placed, PlacedOrder, PlacedPayment, Wish, place, quote};
pub use refund::confirm_refund;
pub use settle::{Settled, confirm, settle};

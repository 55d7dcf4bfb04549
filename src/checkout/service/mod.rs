//! Use cases of checkout, one file each.

mod bank;
mod charges;
mod direct;
pub mod disputes;
mod end;
mod expire;
mod fulfil;
mod lines;
mod manual;
mod meals;
mod methods;
mod owe;
mod place;
mod refund;
pub mod returns;
mod settle;
pub mod terms;

pub use bank::{Imported, LineDecided, import, match_all, match_by_hand, set_aside};
pub use charges::{Applied, handle, reconcile, settle_in_sandbox, take_message};
pub use direct::confirm_by_shop;
pub use end::{Ending, cancel, cancel_by_shop, decline, fail};
pub use expire::{end_deadline, expire};
pub use fulfil::{Receipt, deliver, receive, receive_shipment};
pub use manual::{Entered, HandSale, HandSaleLine, enter, void};
pub use methods::{Renewed, change, retry};
pub use owe::{Wanted, owe};
pub use place::{Placed, PlacedOrder, PlacedPayment, Wish, place, quote};
pub use refund::{confirm_refund, confirm_repayment, refund_by_finance, refund_by_shop};
pub use settle::{Settled, confirm, settle};

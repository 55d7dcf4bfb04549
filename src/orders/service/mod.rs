//! Writing orders: moving them, parcels, files, messages. Steps take the caller's transaction.

mod accept;
mod acts;
pub mod claims;
pub mod deadlines;
pub mod files;
mod forget;
mod moves;
pub mod news;
pub mod shipments;
pub mod stock;
pub mod talk;

pub use accept::accept;
pub use acts::write as write_act;
pub use forget::forget_buyer;
pub use moves::{By, Claim, advance, claim_closed, claim_opened};
pub use stock::{commit_stock, mark_reservations, return_stock};

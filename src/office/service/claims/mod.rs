//! Shops of the office's list get their owners.

mod codes;
mod letters;
mod take;
mod undo;

pub use codes::{ask, send, told};
pub use letters::{Letter, draw_letters};
pub use take::{by_code, on_the_spot};
pub use undo::unclaim;

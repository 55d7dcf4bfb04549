//! Shops of the office's list get their owners.

mod codes;
mod letters;
mod take;

pub use codes::{ask, send};
pub use letters::{Letter, draw_letters};
pub use take::{by_code, on_the_spot};

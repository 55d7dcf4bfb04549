//! Handing out what is known about a person, and forgetting it.

mod erase;
mod export;

pub use erase::{Erasing, erase};
pub use export::export;

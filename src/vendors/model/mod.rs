//! What a shop is made of, parsed, and how it moves.

mod act;
mod facts;
mod numbers;
pub mod source_key;

pub use act::{Act, Decision};
pub use facts::{Address, AddressIn, Changes, Facts, Papers, description, name, note};
pub use numbers::{Nib, Nik, Npwp, mask};

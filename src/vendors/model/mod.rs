//! What a shop is made of, parsed, and how it moves.

mod act;
mod business;
mod facts;
pub mod numbers;
mod paper;
mod size;
pub mod source_key;
mod storefront;

pub use act::{Act, Decision, FieldReason};
pub use business::{Business, BusinessIn, Present, SECTORS, SignerIn, missing, sector};
pub use facts::{Address, AddressIn, Changes, Facts, Papers, description, name, note};
pub use numbers::{Nib, Nik, Npwp, mask};
pub use paper::{NewPaper, PaperIn, WARNINGS, last_day, missing_papers, warning};
pub use size::SizeClass;
pub use storefront::{
    AreaIn, Hours, PickupIn, Storefront, StorefrontIn, areas, fee_to, is_closed, reopening,
};

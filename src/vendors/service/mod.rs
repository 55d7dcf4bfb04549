//! Use cases that write shops.

mod absorb;
pub mod bank;
mod claim;
mod create;
mod decide;
pub mod direct;
mod edit;
mod fill;
mod papers;
pub mod profile;
mod reseal;
mod reveal;
pub mod storefront;
pub mod wallet;
mod warnings;

pub use absorb::absorb;
pub use claim::{claim, retire, unclaim};
pub use create::{Imported, Named, Outcome, create, create_draft, create_imported, create_named};
pub use decide::decide;
pub use edit::edit;
pub use fill::fill;
pub use papers::{Masked, nik_indexes, npwp};
pub use profile::{Word, review_facts, set_business};
pub use reseal::{reseal, reseal_signers};
pub use reveal::{Number, reveal};

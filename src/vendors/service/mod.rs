//! Use cases that write shops.

mod claim;
mod create;
mod decide;
mod edit;
mod fill;
mod papers;
mod reseal;
mod reveal;

pub use claim::{absorb, claim, retire};
pub use create::{Imported, Named, Outcome, create, create_imported, create_named};
pub use decide::decide;
pub use edit::edit;
pub use fill::fill;
pub use papers::{Masked, nik_indexes};
pub use reseal::reseal;
pub use reveal::{Number, reveal};

//! Use cases that write shops.

mod create;
mod decide;
mod edit;
mod papers;
mod reseal;
mod reveal;

pub use create::{Imported, Named, Outcome, create, create_imported, create_named};
pub use decide::decide;
pub use edit::edit;
pub use papers::Masked;
pub use reseal::reseal;
pub use reveal::{Number, reveal};

//! What an account is made of, parsed.

mod consent;
mod device;
mod password;
mod person;
mod saved;

pub use consent::{ConsentKind, edition};
pub use device::Device;
pub use password::{attempt, password};
pub use person::{Login, Person, Registration};
pub use saved::{Saved, SavedChanges};

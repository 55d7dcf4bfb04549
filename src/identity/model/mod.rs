//! What an account is made of, parsed.

mod device;
mod password;
mod person;
mod purpose;

pub use device::Device;
pub use password::{attempt, hints, password};
pub use person::{Login, Person, Registration};
pub use purpose::Purpose;

//! What an account is made of, parsed.

mod device;
mod password;
mod person;

pub use device::Device;
pub use password::{attempt, password};
pub use person::{Login, Person, Registration};

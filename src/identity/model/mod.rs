//! What an account is made of, parsed.

mod device;
mod mask;
mod membership;
mod password;
mod person;

pub use device::Device;
pub use mask::{masked_email, masked_phone};
pub use membership::{PlatformRole, StaffArea, Term, UnitRole, VendorRole, last_day, may_make, stored_areas};
pub use password::{attempt, password};
pub use person::{Login, Person, Registration};

//! What an account is made of, parsed.

mod api_key;
mod consent;
mod device;
mod mask;
mod membership;
mod password;
mod person;
mod purpose;
mod saved;
mod second_factor;

pub use api_key::{KEY_MARK, NewKey, read_scopes, write_scopes};
pub use consent::{ConsentKind, edition};
pub use device::Device;
pub use mask::{masked_email, masked_phone};
pub use membership::{PlatformRole, StaffArea, Term, UnitRole, VendorRole, last_day, may_make, stored_areas};
pub use password::{attempt, hints, password};
pub use person::{Login, Person, Registration};
pub use purpose::Purpose;
pub use saved::{Saved, SavedChanges};
pub use second_factor::{Authenticator, RECOVERY_CODES, Shown, needs_second_factor, recovery_code, spell};

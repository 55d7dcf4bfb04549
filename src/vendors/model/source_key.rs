//! What makes a row of a list the same row when it is imported again and has no number but the NIK of its owner.

use super::Nik;
use crate::platform::sealed::Sealer;

const PREFIX: &str = "nik:";

/// A keyed hash, since the key of a row is stored in the open.
pub fn of_nik(sealer: &Sealer, nik: &Nik) -> String {
    format!("{PREFIX}{}", sealer.index("vendors.source_key", nik.expose()))
}

/// True if the key of a row hides a NIK.
pub fn is_of_nik(key: &str) -> bool {
    key.starts_with(PREFIX)
}

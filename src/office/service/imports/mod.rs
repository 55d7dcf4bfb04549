//! Lists of shops: sent, mapped, written in steps.

mod known;
mod rows;
mod run;
mod upload;

pub use known::{Known, Verdict};
pub(in crate::office) use rows::row_place;
pub use rows::{Extras, cells_of, of_entry, reread};
pub use run::run;
pub use upload::{Options, discard, start, upload};

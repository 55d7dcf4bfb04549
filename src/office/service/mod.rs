//! Use cases of the office's desk.

pub mod claims;
pub mod duplicates;
pub mod imports;
pub mod invitations;
pub mod merge;
pub mod queue;
pub mod reports;
pub mod reseal;
pub mod surveys;
pub mod trainings;

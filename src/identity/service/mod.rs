//! Use cases that write: accounts, sessions, roles, addresses, consents.

pub mod accounts;
pub mod addresses;
pub mod consents;
pub mod erase;
pub mod login;
pub mod office;
pub mod reseal;
pub mod roles;
pub mod second_factor;
pub mod sessions;

//! Use cases that write: accounts, sessions, roles.

pub mod accounts;
pub mod login;
pub mod office;
pub mod roles;
pub mod sessions;

//! Use cases that write: accounts, sessions, roles.

pub mod accounts;
pub mod invitations;
pub mod login;
pub mod members;
pub mod office;
pub mod people;
pub mod roles;
pub mod second_factor;
pub mod sessions;
pub mod units;

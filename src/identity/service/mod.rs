//! Use cases that write: accounts, sessions, roles.

pub mod accounts;
pub mod api_keys;
pub mod login;
pub mod office;
pub mod refresh;
pub mod roles;
pub mod second_factor;
pub mod sessions;
pub mod step_up;

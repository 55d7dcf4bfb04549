//! Use cases that write: accounts, sessions, roles, addresses, consents.

pub mod accounts;
pub mod addresses;
pub mod api_keys;
pub mod assistance;
pub mod consents;
pub mod contacts;
pub mod erase;
pub mod invitations;
pub mod login;
pub mod members;
pub mod office;
pub mod passwords;
pub mod people;
pub mod proof;
pub mod refresh;
pub mod reseal;
pub mod roles;
pub mod second_factor;
pub mod secrets;
pub mod sessions;
pub mod step_up;
pub mod throttle;
pub mod units;

//! People, logins and roles.
//!
//! Tables: `users`, `sessions`, `refresh_tokens`, `second_factors`, `recovery_codes`, `api_keys`, `memberships`, `work_units`,
//! `invitations`, `throttles`, `one_time_tokens`, `contact_changes`, `addresses`, `consents`.
//! Invariants: one account per e-mail address and per phone number in their folded forms; a refresh token is spent once,
//! and using a spent one ends its session; a code of a second factor is good once; a role is held once per person and place;
//! somebody is left who is operator, and owner of each shop; an invitation is taken once; a code or link that was sent works
//! once and is stored as a hash; attempts to prove to be somebody are counted before any work is done for them.

pub mod authenticate;
pub mod cli;
pub mod entity;
pub mod error;
pub mod http;
pub mod jobs;
pub mod model;
pub mod passwords;
pub mod query;
pub mod service;
pub mod tokens;

pub use authenticate::{Door, authenticate};
pub use error::{IdentityError, MemberError, OwnDataError};
pub use http::routes;
pub use passwords::Passwords;
pub use service::roles::grant;
pub use tokens::Tokens;

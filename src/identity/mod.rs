//! People, logins and roles.
//!
//! Tables: `users`, `sessions`, `refresh_tokens`, `memberships`, `work_units`, `addresses`, `consents`.
//! Invariants: one account per e-mail address and per phone number in their folded forms; a refresh token is spent once,
//! and using a spent one ends its session; a role is held once per person and place.

pub mod authenticate;
pub mod cli;
pub mod entity;
pub mod error;
pub mod http;
pub mod model;
pub mod passwords;
pub mod query;
pub mod service;
pub mod tokens;

pub use authenticate::authenticate;
pub use error::{IdentityError, OwnDataError};
pub use http::routes;
pub use passwords::Passwords;
pub use service::roles::grant;
pub use tokens::Tokens;

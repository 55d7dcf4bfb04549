//! People, logins and roles.

pub mod membership;
pub mod refresh_token;
pub mod session;
pub mod user;
pub mod work_unit;

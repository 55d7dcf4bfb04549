//! People, logins and roles.

pub mod address;
pub mod api_key;
pub mod assistance;
pub mod consent;
pub mod contact_change;
pub mod invitation;
pub mod membership;
pub mod one_time_token;
pub mod recovery_code;
pub mod refresh_token;
pub mod second_factor;
pub mod session;
pub mod throttle;
pub mod user;
pub mod work_unit;

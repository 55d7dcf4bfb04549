//! Accounts and sessions over HTTP.

mod cookie;
mod device;
mod invitations;
mod keys;
mod members;
mod people;
mod register;
mod sessions;
mod units;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

/// The routes of accounts and sessions.
pub fn routes() -> Api<App> {
    Api::new()
        .route(register::REGISTER, routes!(register::register))
        .route(sessions::LOGIN, routes!(sessions::login))
        .route(sessions::REFRESH, routes!(sessions::refresh))
        .route(sessions::LOGOUT, routes!(sessions::logout))
        .route(keys::PUBLIC_KEYS, routes!(keys::public_keys))
        .merge(people::routes())
        .merge(members::routes())
        .merge(units::routes())
        .merge(invitations::routes())
}

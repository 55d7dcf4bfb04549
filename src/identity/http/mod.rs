//! Accounts and sessions over HTTP.

mod addresses;
mod consents;
mod cookie;
mod device;
mod keys;
mod register;
mod sessions;

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
        .route(addresses::LIST, routes!(addresses::list_addresses))
        .route(addresses::CREATE, routes!(addresses::create_address))
        .route(addresses::GET, routes!(addresses::get_address))
        .route(addresses::CHANGE, routes!(addresses::update_address))
        .route(addresses::CHANGE, routes!(addresses::delete_address))
        .route(consents::LIST, routes!(consents::list_consents))
        .route(consents::PUT, routes!(consents::put_consent))
        .route(keys::PUBLIC_KEYS, routes!(keys::public_keys))
}

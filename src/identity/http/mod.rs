//! Accounts and sessions over HTTP.

mod addresses;
mod api_keys;
mod assistance;
mod consents;
mod contacts;
mod cookie;
mod device;
mod invitations;
mod keys;
mod members;
mod own_sessions;
mod passwords;
mod people;
mod register;
mod second_factor;
mod sessions;
mod units;

use utoipa_axum::routes;

use crate::app::App;
use crate::kernel::Problem;
use crate::kernel::fields::Fault;
use crate::web::Api;

/// The routes of accounts and sessions.
pub fn routes() -> Api<App> {
    Api::new()
        .route(register::REGISTER, routes!(register::register))
        .route(sessions::LOGIN, routes!(sessions::login))
        .route(sessions::REFRESH, routes!(sessions::refresh))
        .route(sessions::LOGOUT, routes!(sessions::logout))
        .route(passwords::REQUEST_CODE, routes!(passwords::request_code))
        .route(passwords::CHANGE_PASSWORD, routes!(passwords::change_password))
        .route(passwords::FORGOT_PASSWORD, routes!(passwords::forgot_password))
        .route(passwords::RESET_PASSWORD, routes!(passwords::reset_password))
        .route(contacts::VERIFY_EMAIL, routes!(contacts::verify_email))
        .route(contacts::REQUEST_VERIFICATION, routes!(contacts::request_verification))
        .route(contacts::VERIFY_PHONE, routes!(contacts::verify_phone))
        .route(contacts::CHANGE_CONTACT, routes!(contacts::change_contact))
        .route(contacts::CONFIRM_CONTACT, routes!(contacts::confirm_contact))
        .route(second_factor::STEP_UP, routes!(second_factor::step_up))
        .route(second_factor::BEGIN, routes!(second_factor::begin_second_factor))
        .route(second_factor::CONFIRM, routes!(second_factor::confirm_second_factor))
        .route(second_factor::REMOVE, routes!(second_factor::remove_second_factor))
        .route(second_factor::RENEW_CODES, routes!(second_factor::renew_recovery_codes))
        .route(own_sessions::LIST, routes!(own_sessions::list_my_sessions))
        .route(own_sessions::END, routes!(own_sessions::end_my_session))
        .route(own_sessions::END_MANY, routes!(own_sessions::end_my_sessions))
        .route(api_keys::CREATE, routes!(api_keys::create_api_key))
        .route(api_keys::LIST, routes!(api_keys::list_api_keys))
        .route(api_keys::REVOKE, routes!(api_keys::revoke_api_key))
        .route(addresses::LIST, routes!(addresses::list_addresses))
        .route(addresses::CREATE, routes!(addresses::create_address))
        .route(addresses::GET, routes!(addresses::get_address))
        .route(addresses::CHANGE, routes!(addresses::update_address))
        .route(addresses::CHANGE, routes!(addresses::delete_address))
        .route(consents::LIST, routes!(consents::list_consents))
        .route(consents::PUT, routes!(consents::put_consent))
        .route(assistance::GRANT, routes!(assistance::grant_assistance))
        .route(assistance::READ, routes!(assistance::get_assistance))
        .route(assistance::REVOKE, routes!(assistance::revoke_assistance))
        .route(assistance::LIST, routes!(assistance::list_assistance))
        .route(keys::PUBLIC_KEYS, routes!(keys::public_keys))
        .merge(people::routes())
        .merge(members::routes())
        .merge(units::routes())
        .merge(invitations::routes())
}

/// 422 for a body that must have one of two members.
fn one_of(pointer: &str, one: &str, other: &str) -> Problem {
    let fault = Fault::new(
        "one-of",
        format!("Isi salah satu: {one} atau {other}."),
        format!("Give either {one} or {other}."),
    );
    Problem::field(fault.at(pointer))
}

//! Accounts and sessions over HTTP.

mod contacts;
mod cookie;
mod device;
mod keys;
mod passwords;
mod register;
mod sessions;

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
        .route(keys::PUBLIC_KEYS, routes!(keys::public_keys))
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

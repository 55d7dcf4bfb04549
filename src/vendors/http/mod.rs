//! Shops over HTTP: for everybody, for those who run them, for the office.

mod me;
mod members;
mod office;
mod out;
mod public;
mod reveal;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

/// The routes of shops, and `/v1/me`, which names the shops of the caller.
pub fn routes() -> Api<App> {
    Api::new()
        .route(public::LIST, routes!(public::list_vendors))
        .route(public::GET, routes!(public::get_vendor))
        .route(members::CREATE, routes!(members::create_vendor))
        .route(members::PROFILE, routes!(members::get_vendor_profile))
        .route(members::UPDATE, routes!(members::update_vendor_profile))
        .route(members::SUBMIT, routes!(members::submit_vendor))
        .route(office::READ, routes!(office::list_vendors_as_office))
        .route(office::READ_ONE, routes!(office::get_vendor_as_office))
        .route(office::DECIDE, routes!(office::verify_vendor))
        .route(office::DECIDE, routes!(office::reject_vendor))
        .route(office::DECIDE, routes!(office::suspend_vendor))
        .route(office::DECIDE, routes!(office::reinstate_vendor))
        .route(reveal::REVEAL, routes!(reveal::reveal_vendor_number))
        .route(me::ME, routes!(me::get_me))
}

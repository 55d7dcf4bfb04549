//! Shops over HTTP: for everybody, for those who run them, for the office.

mod bank;
mod direct;
mod life;
mod me;
mod members;
mod office;
mod out;
mod page;
mod papers;
mod public;
mod reveal;
mod reviewing;
mod storefront;

use utoipa_axum::routes;

pub use papers::PaperOut;

use crate::app::App;
use crate::web::Api;

/// The routes of shops, and `/v1/me`, which names the shops of the caller.
pub fn routes() -> Api<App> {
    Api::new()
        .route(public::LIST, routes!(public::list_vendors))
        .route(page::GET, routes!(page::get_vendor))
        .route(page::QR, routes!(page::get_vendor_qr))
        .route(members::CREATE, routes!(members::create_vendor))
        .route(members::PROFILE, routes!(members::get_vendor_profile))
        .route(members::UPDATE, routes!(members::update_vendor_profile))
        .route(members::SUBMIT, routes!(members::submit_vendor))
        .route(life::OPEN_OR_CLOSE, routes!(life::deactivate_vendor))
        .route(life::OPEN_OR_CLOSE, routes!(life::reactivate_vendor))
        .route(life::WITHDRAW, routes!(life::withdraw_vendor))
        .route(life::BUSINESS, routes!(life::update_vendor_business))
        .route(storefront::READ, routes!(storefront::get_storefront))
        .route(storefront::REPLACE, routes!(storefront::update_storefront))
        .route(storefront::REPLACE, routes!(storefront::update_delivery_areas))
        .route(storefront::WRITE, routes!(storefront::begin_holiday))
        .route(storefront::WRITE, routes!(storefront::end_holiday))
        .route(storefront::WRITE, routes!(storefront::set_logo))
        .route(storefront::WRITE, routes!(storefront::set_banner))
        .route(papers::WRITE, routes!(papers::add_paper))
        .route(papers::READ, routes!(papers::list_papers))
        .route(papers::WRITE, routes!(papers::attach_paper_file))
        .route(papers::READ, routes!(papers::get_paper_file))
        .route(papers::OFFICE, routes!(papers::list_papers_as_office))
        .route(papers::OFFICE_ONE, routes!(papers::get_paper_file_as_office))
        .route(bank::SET, routes!(bank::set_bank_account))
        .route(bank::READ, routes!(bank::get_bank_account))
        .route(bank::OFFICE, routes!(bank::get_bank_account_as_office))
        .route(direct::SET, routes!(direct::set_payment_settings))
        .route(direct::READ, routes!(direct::get_payment_settings))
        .route(office::READ, routes!(office::list_vendors_as_office))
        .route(office::READ_ONE, routes!(office::get_vendor_as_office))
        .route(office::DECIDE, routes!(reviewing::review_vendor))
        .route(office::DECIDE, routes!(reviewing::ask_vendor_to_fix))
        .route(office::FACTS, routes!(reviewing::confirm_vendor))
        .route(office::FACTS, routes!(reviewing::refuse_vendor_facts))
        .route(office::DECIDE, routes!(office::verify_vendor))
        .route(office::DECIDE, routes!(office::reject_vendor))
        .route(office::DECIDE, routes!(office::suspend_vendor))
        .route(office::DECIDE, routes!(office::reinstate_vendor))
        .route(reveal::REVEAL, routes!(reveal::reveal_vendor_number))
        .route(me::ME, routes!(me::get_me))
}

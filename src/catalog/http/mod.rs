//! The catalogue over HTTP.

mod answers;
mod categories;
mod files;
mod images;
mod moderation;
mod products;
mod public;
mod requests;
mod stock;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(categories::LIST_CATEGORIES, routes!(categories::list_categories))
        .route(public::LIST_PRODUCTS, routes!(public::list_products))
        .route(public::GET_PRODUCT, routes!(public::get_product))
        .route(files::GET_FILE, routes!(files::get_file))
        .route(products::CREATE_PRODUCT, routes!(products::create_product))
        .route(products::LIST_VENDOR_PRODUCTS, routes!(products::list_vendor_products))
        .route(products::GET_VENDOR_PRODUCT, routes!(products::get_vendor_product))
        .route(products::UPDATE_PRODUCT, routes!(products::update_product))
        .route(products::PUBLISH_PRODUCT, routes!(products::publish_product))
        .route(products::ARCHIVE_PRODUCT, routes!(products::archive_product))
        .route(stock::SET_STOCK, routes!(stock::set_stock))
        .route(images::ADD_PRODUCT_IMAGE, routes!(images::add_product_image))
        .route(images::DELETE_PRODUCT_IMAGE, routes!(images::delete_product_image))
        .route(moderation::LIST_REVIEW_PRODUCTS, routes!(moderation::list_review_products))
        .route(moderation::GET_REVIEW_PRODUCT, routes!(moderation::get_review_product))
        .route(moderation::APPROVE_PRODUCT, routes!(moderation::approve_product))
        .route(moderation::REJECT_PRODUCT, routes!(moderation::reject_product))
}

//! The catalogue over HTTP.

mod answers;
mod attributes;
mod categories;
mod conditions;
mod counts;
mod export;
mod files;
pub(super) mod goods;
mod images;
mod imports;
mod life;
pub(super) mod meals;
mod moderation;
pub(super) mod names;
mod papers;
pub(super) mod products;
mod public;
mod reports;
pub(super) mod requests;
pub(super) mod revisions;
mod sales;
mod shelf;
mod stock;
mod variants;
mod words;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    products_and_stock().merge(listings())
}

fn listings() -> Api<App> {
    Api::new()
        .route(public::LIST_RELATED, routes!(public::list_related_products))
        .route(names::GET_TRANSLATIONS, routes!(names::get_product_translations))
        .route(names::SET_TRANSLATIONS, routes!(names::set_product_translations))
        .route(names::RENAME_PRODUCT, routes!(names::rename_product))
        .route(imports::IMPORT_PRODUCTS, routes!(imports::import_products))
        .route(imports::LIST_IMPORTS, routes!(imports::list_product_imports))
        .route(imports::GET_IMPORT, routes!(imports::get_product_import))
        .route(imports::GET_IMPORT_ERRORS, routes!(imports::get_product_import_errors))
        .route(export::EXPORT_PRODUCTS, routes!(export::export_products))
        .route(life::SCHEDULE_PRODUCT, routes!(life::schedule_product))
        .route(life::UNPUBLISH_PRODUCT, routes!(life::unpublish_product))
        .route(life::UNARCHIVE_PRODUCT, routes!(life::unarchive_product))
        .route(revisions::GET_REVISION, routes!(revisions::get_product_revision))
        .route(revisions::WITHDRAW_REVISION, routes!(revisions::withdraw_product_revision))
        .route(revisions::LIST_REVISIONS, routes!(revisions::list_product_revisions))
        .route(revisions::REVIEW_REVISION, routes!(revisions::review_product_revision))
        .route(revisions::APPROVE_REVISION, routes!(revisions::approve_product_revision))
        .route(revisions::REJECT_REVISION, routes!(revisions::reject_product_revision))
        .route(words::LIST_BANNED_WORDS, routes!(words::list_banned_words))
        .route(words::ADD_BANNED_WORD, routes!(words::add_banned_word))
        .route(words::REMOVE_BANNED_WORD, routes!(words::remove_banned_word))
        .route(words::LIST_CARRIERS, routes!(words::list_products_with_banned_word))
        .route(reports::REPORT_PRODUCT, routes!(reports::report_product))
        .route(reports::REPORT_VENDOR, routes!(reports::report_vendor))
        .route(reports::LIST_REPORTS, routes!(reports::list_content_reports))
        .route(reports::CLOSE_REPORT, routes!(reports::close_content_report))
}

fn products_and_stock() -> Api<App> {
    Api::new()
        .route(categories::LIST_CATEGORIES, routes!(categories::list_categories))
        .route(categories::GET_CATEGORY, routes!(categories::get_category))
        .route(attributes::DEFINE_ATTRIBUTE, routes!(attributes::define_attribute))
        .route(attributes::REDEFINE_ATTRIBUTE, routes!(attributes::redefine_attribute))
        .route(attributes::REMOVE_ATTRIBUTE, routes!(attributes::remove_attribute))
        .route(public::LIST_PRODUCTS, routes!(public::list_products))
        .route(public::GET_PRODUCT, routes!(public::get_product))
        .route(files::GET_FILE, routes!(files::get_file))
        .route(products::CREATE_PRODUCT, routes!(products::create_product))
        .route(products::LIST_VENDOR_PRODUCTS, routes!(products::list_vendor_products))
        .route(products::GET_VENDOR_PRODUCT, routes!(products::get_vendor_product))
        .route(products::UPDATE_PRODUCT, routes!(products::update_product))
        .route(products::PUBLISH_PRODUCT, routes!(products::publish_product))
        .route(products::ARCHIVE_PRODUCT, routes!(products::archive_product))
        .route(variants::COPY_PRODUCT, routes!(variants::copy_product))
        .route(variants::COMBINE_VARIANTS, routes!(variants::combine_variants))
        .route(variants::ORDER_PRODUCT_IMAGES, routes!(variants::order_product_images))
        .route(sales::SET_SALE, routes!(sales::set_sale))
        .route(sales::END_SALE, routes!(sales::end_sale))
        .route(meals::SET_MEAL_PLAN, routes!(meals::set_meal_plan))
        .route(meals::GET_MEAL_PLAN, routes!(meals::get_meal_plan))
        .route(meals::SET_MEAL_DAY, routes!(meals::set_meal_day))
        .route(meals::SOLD_OUT_TODAY, routes!(meals::sold_out_today))
        .route(meals::UNDO_SOLD_OUT_TODAY, routes!(meals::undo_sold_out_today))
        .route(stock::SET_STOCK, routes!(stock::set_stock))
        .route(shelf::LIST_STOCK, routes!(shelf::list_stock))
        .route(shelf::LIST_MOVEMENTS, routes!(shelf::list_stock_movements))
        .route(shelf::SET_LOW_STOCK, routes!(shelf::set_low_stock))
        .route(counts::OPEN_STOCK_COUNT, routes!(counts::open_stock_count))
        .route(counts::LIST_STOCK_COUNTS, routes!(counts::list_stock_counts))
        .route(counts::GET_STOCK_COUNT, routes!(counts::get_stock_count))
        .route(counts::LIST_STOCK_COUNT_LINES, routes!(counts::list_stock_count_lines))
        .route(counts::ENTER_STOCK_COUNT, routes!(counts::enter_stock_count))
        .route(counts::CLOSE_STOCK_COUNT, routes!(counts::close_stock_count))
        .route(counts::CANCEL_STOCK_COUNT, routes!(counts::cancel_stock_count))
        .route(images::ADD_PRODUCT_IMAGE, routes!(images::add_product_image))
        .route(images::DELETE_PRODUCT_IMAGE, routes!(images::delete_product_image))
        .route(moderation::LIST_REVIEW_PRODUCTS, routes!(moderation::list_review_products))
        .route(moderation::GET_REVIEW_PRODUCT, routes!(moderation::get_review_product))
        .route(moderation::APPROVE_PRODUCT, routes!(moderation::approve_product))
        .route(moderation::REJECT_PRODUCT, routes!(moderation::reject_product))
        .route(moderation::TAKE_DOWN_PRODUCT, routes!(moderation::take_down_product))
        .route(papers::DECIDE, routes!(papers::accept_paper))
        .route(papers::DECIDE, routes!(papers::reject_paper))
        .route(papers::EXEMPT, routes!(papers::exempt_vendor))
}

//! Taxes over HTTP: rules for the office, letters and turnover for shops.

mod rules;
mod shops;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(rules::LIST, routes!(rules::list_tax_rules))
        .route(rules::ADD, routes!(rules::add_tax_rule))
        .route(shops::READ, routes!(shops::get_vendor_tax))
        .route(shops::SET, routes!(shops::set_vendor_tax))
        .route(shops::STATE, routes!(shops::state_turnover))
        .route(shops::RECORD, routes!(shops::record_tax_letter))
        .route(shops::STAMP, routes!(shops::get_stamp_duty))
}

//! Buying by offices over HTTP: rules for operators, budgets for work units.

mod budget;
mod rules;
mod unit_rules;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(rules::LIST, routes!(rules::list_duty_rules))
        .route(rules::ADD, routes!(rules::add_duty_rule))
        .route(rules::LIST, routes!(rules::list_approval_rules))
        .route(rules::ADD, routes!(rules::add_approval_rule))
        .route(unit_rules::READ, routes!(unit_rules::get_unit_rules))
        .route(budget::READ, routes!(budget::list_budget_lines))
        .route(budget::READ, routes!(budget::get_budget_line))
        .route(budget::ADD, routes!(budget::create_budget_line))
        .route(budget::CHANGE, routes!(budget::update_budget_line))
}

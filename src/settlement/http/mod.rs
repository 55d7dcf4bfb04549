//! Commissions, payouts, statements and the books over HTTP.

mod commission;
mod money;
mod payouts;
mod statement;

use utoipa_axum::routes;

use crate::app::App;
use crate::web::Api;

pub use payouts::{PayoutBatchOut, PayoutOut};

/// Routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(commission::LIST, routes!(commission::list_commission_rules))
        .route(commission::ADD, routes!(commission::add_commission_rule))
        .route(payouts::LIST_BATCHES, routes!(payouts::list_payout_batches))
        .route(payouts::OPEN_BATCH, routes!(payouts::open_payout_batch))
        .route(payouts::GET_BATCH, routes!(payouts::get_payout_batch))
        .route(payouts::SEND_BATCH, routes!(payouts::send_payout_batch))
        .route(payouts::DRAW_FILE, routes!(payouts::draw_payout_file))
        .route(payouts::SETTLE, routes!(payouts::settle_payout))
        .route(payouts::LIST_OWN, routes!(payouts::list_vendor_payouts))
        .route(statement::STATEMENT, routes!(statement::get_vendor_statement))
        .route(statement::BALANCE, routes!(statement::get_vendor_balance))
        .route(statement::TERMS, routes!(statement::get_order_terms))
        .route(money::BOOKS, routes!(money::get_books))
}

//! Checkout over HTTP, and the moves of orders and payments that touch both.

mod manual;
mod orders;
mod payments;
mod place;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::app::App;
use crate::kernel::Problem;
use crate::orders::http::optional_note;
use crate::web::{Api, ValidJson};

/// Routes of this feature. The sandbox exists only where the settings say so.
pub fn routes() -> Api<App> {
    Api::new()
        .route(place::QUOTE_CHECKOUT, routes!(place::quote_checkout))
        .route(place::PLACE_CHECKOUT, routes!(place::place_checkout))
        .route(place::GET_PURCHASE, routes!(place::get_purchase))
        .route(manual::ENTER_MANUAL_ORDER, routes!(manual::enter_manual_order))
        .route(manual::VOID_MANUAL_ORDER, routes!(manual::void_manual_order))
        .route(manual::GET_TURNOVER, routes!(manual::get_vendor_turnover))
        .route(orders::CANCEL_ORDER, routes!(orders::cancel_order))
        .route(orders::RECEIVE_ORDER, routes!(orders::receive_order))
        .route(orders::DECLINE_ORDER, routes!(orders::decline_order))
        .route(orders::DELIVER_ORDER, routes!(orders::deliver_order))
        .route(payments::SETTLE_SANDBOX_PAYMENT, routes!(payments::settle_sandbox_payment))
        .route(payments::FAIL_SANDBOX_PAYMENT, routes!(payments::fail_sandbox_payment))
        .route(payments::CONFIRM_PAYMENT, routes!(payments::confirm_payment))
        .route(payments::CONFIRM_REFUND, routes!(payments::confirm_refund))
}

/// A remark that may be left out.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OptionalNote {
    note: Option<String>,
}

fn note_of(body: Option<ValidJson<OptionalNote>>) -> Result<Option<String>, Problem> {
    optional_note(body.and_then(|ValidJson(body)| body.note))
}

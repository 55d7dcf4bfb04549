//! Checkout over HTTP, and the moves of orders and payments that touch both.

mod bank;
mod disputes;
mod manual;
mod methods;
mod orders;
mod payments;
mod place;
mod refunds;
mod returns;
mod timeline;
mod webhooks;

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
        .route(orders::RECEIVE_SHIPMENT, routes!(orders::receive_shipment))
        .route(orders::DECLINE_ORDER, routes!(orders::decline_order))
        .route(orders::CANCEL_VENDOR_ORDER, routes!(orders::cancel_vendor_order))
        .route(returns::REQUEST_RETURN, routes!(returns::request_return))
        .route(returns::WITHDRAW_RETURN, routes!(returns::withdraw_return))
        .route(returns::SHIP_RETURN, routes!(returns::ship_return))
        .route(returns::APPROVE_RETURN, routes!(returns::approve_return))
        .route(returns::REFUSE_RETURN, routes!(returns::refuse_return))
        .route(returns::RECEIVE_RETURN, routes!(returns::receive_return))
        .route(disputes::OPEN_DISPUTE, routes!(disputes::open_dispute))
        .route(disputes::GET_DISPUTE, routes!(disputes::get_dispute))
        .route(disputes::ANSWER_DISPUTE, routes!(disputes::answer_dispute))
        .route(disputes::WITHDRAW_DISPUTE, routes!(disputes::withdraw_dispute))
        .route(disputes::OPEN_VENDOR_DISPUTE, routes!(disputes::open_vendor_dispute))
        .route(disputes::GET_VENDOR_DISPUTE, routes!(disputes::get_vendor_dispute))
        .route(disputes::ANSWER_VENDOR_DISPUTE, routes!(disputes::answer_vendor_dispute))
        .route(disputes::WITHDRAW_VENDOR_DISPUTE, routes!(disputes::withdraw_vendor_dispute))
        .route(disputes::LIST_DISPUTES, routes!(disputes::list_disputes))
        .route(disputes::GET_ANY_DISPUTE, routes!(disputes::get_dispute_as_office))
        .route(disputes::ANSWER_AS_OFFICE, routes!(disputes::answer_dispute_as_office))
        .route(disputes::RULE_DISPUTE, routes!(disputes::rule_dispute))
        .route(timeline::GET_TIMELINE, routes!(timeline::get_order_timeline))
        .route(timeline::GET_VENDOR_TIMELINE, routes!(timeline::get_vendor_order_timeline))
        .route(timeline::GET_TIMELINE_AS_OFFICE, routes!(timeline::get_order_timeline_as_office))
        .route(orders::DELIVER_ORDER, routes!(orders::deliver_order))
        .route(orders::DELIVER_SHIPMENT, routes!(orders::deliver_shipment))
        .route(payments::SETTLE_SANDBOX_PAYMENT, routes!(payments::settle_sandbox_payment))
        .route(payments::FAIL_SANDBOX_PAYMENT, routes!(payments::fail_sandbox_payment))
        .route(payments::CONFIRM_PAYMENT, routes!(payments::confirm_payment))
        .route(refunds::REFUND_ORDER, routes!(refunds::refund_order))
        .route(refunds::REFUND_OWN_ORDER, routes!(refunds::refund_own_order))
        .route(payments::CONFIRM_REFUND, routes!(payments::confirm_refund))
        .route(methods::RETRY, routes!(methods::retry_payment))
        .route(methods::CHANGE, routes!(methods::change_payment_method))
        .route(methods::CONFIRM, routes!(methods::confirm_direct_payment))
        .route(webhooks::RECEIVE, routes!(webhooks::receive_webhook))
        .route(bank::IMPORT, routes!(bank::import_bank_statement))
        .route(bank::DECIDE, routes!(bank::match_bank_line))
        .route(bank::DECIDE, routes!(bank::set_bank_line_aside))
        .route(bank::CONFIRM_REPAYMENT, routes!(bank::confirm_repayment))
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

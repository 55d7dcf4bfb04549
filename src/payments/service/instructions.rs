//! What a buyer has to do, with what a gateway or the shop said.

use sea_orm::ConnectionTrait;

use super::charges;
use crate::app::App;
use crate::orders::entity::purchase::PaymentMethod;
use crate::orders::query as orders_query;
use crate::payments::entity::charge::Status;
use crate::payments::entity::payment;
use crate::payments::error::PaymentError;
use crate::payments::model::{self, Instructions};
use crate::platform::gateways::PayBy;
use crate::vendors::service::direct;

/// What the buyer of a payment has to do; nothing once nothing is left to do.
pub async fn instructions(
    app: &App,
    db: &impl ConnectionTrait,
    payment: &payment::Model,
) -> Result<Option<Instructions>, PaymentError> {
    if !payment.status.is_open() {
        return Ok(None);
    }
    let reference = payment.reference.as_deref();
    let mut told =
        model::instructions(&app.config.payments, payment.method, (payment.id, reference), payment.amount);
    if charges::way(payment.method).is_some() {
        fill_in_charge(db, payment, &mut told).await?;
    } else if payment.method == PaymentMethod::DirectToVendor {
        fill_in_shop(app, db, payment, &mut told).await?;
    }
    Ok(Some(told))
}

async fn fill_in_charge(
    db: &impl ConnectionTrait,
    payment: &payment::Model,
    told: &mut Instructions,
) -> Result<(), PaymentError> {
    let Some(charge) = charges::newest(db, payment.id).await? else {
        return Ok(());
    };
    let pay_by = charge.pay_by.as_deref().filter(|_| charge.status == Status::Open);
    let pay_by = pay_by.and_then(|text| serde_json::from_str(text).ok());
    match told {
        Instructions::Qris { payload, charge: status, .. } => {
            *status = charge.status;
            if let Some(PayBy::Qris { payload: code }) = pay_by {
                *payload = Some(code);
            }
        }
        Instructions::VirtualAccount { bank, number, charge: status, .. } => {
            *status = charge.status;
            if let Some(PayBy::VirtualAccount { bank: at, number: to }) = pay_by {
                (*bank, *number) = (Some(at), Some(to));
            }
        }
        _ => {}
    }
    Ok(())
}

async fn fill_in_shop(
    app: &App,
    db: &impl ConnectionTrait,
    payment: &payment::Model,
    told: &mut Instructions,
) -> Result<(), PaymentError> {
    let orders = orders_query::of_purchase(db, payment.purchase_id).await?;
    let Some(vendor) = orders.first().map(|whole| whole.order.vendor_id) else {
        return Ok(());
    };
    let to = direct::destination(app, db, vendor).await?;
    if let Instructions::DirectToVendor { bank_code, account, name, qris, .. } = told {
        // A code cannot carry more than one payment may be; then the account is left.
        let code = to.qris.and_then(|code| code.with_amount(payment.amount).ok());
        *qris = code.map(|code| code.to_string());
        (*bank_code, *account, *name) = (to.bank_code, to.number, to.holder);
    }
    Ok(())
}

//! Cash on delivery, and what buyers paid straight to the shop, stays with it: it is set against what the shop is owed.
//! What is missing (the commission, a refund) becomes a debt of the shop.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::app::App;
use crate::kernel::{Rupiah, VendorId};
use crate::orders::entity::order;
use crate::payments::PaymentError;
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::payments::query as payments;
use crate::platform::jobs::JobError;
use crate::settlement::entity::order_terms;
use crate::settlement::error::SettlementError;
use crate::settlement::query;

/// Orders that are set off in one transaction.
const AT_ONCE: u64 = 100;

/// Sets the cash that a shop has against what it is owed; true if there may be more.
pub async fn square(
    txn: &DatabaseTransaction,
    vendor: VendorId,
    now: DateTime<Utc>,
) -> Result<bool, SettlementError> {
    let mut standing = ledger::lock_shop(txn, vendor, now).await?;
    let due = query::cash_due(txn, vendor, AT_ONCE).await?;
    for terms in &due {
        let squared = order_terms::Entity::update_many()
            .col_expr(order_terms::Column::CashDue, Expr::value(false))
            .filter(order_terms::Column::OrderId.eq(terms.order_id))
            .filter(order_terms::Column::CashDue.eq(true))
            .exec(txn)
            .await?;
        if squared.rows_affected != 1 {
            continue;
        }
        let order = order::Entity::find_by_id(terms.order_id).one(txn).await?;
        let order = order.ok_or(SettlementError::NotFound)?;
        let payment = payments::of_purchase(txn, order.purchase_id).await?.ok_or(PaymentError::NotFound)?;
        let cash = order.total.get();
        let credit = ledger::source(txn, payment.id).await?.unwrap_or(Account::CASH);
        let from_payable = cash.min(standing.payable.max(0));
        let entry = |debit, amount| -> Result<Entry, SettlementError> {
            let amount = Rupiah::new(amount)?;
            Ok(Entry { kind: Kind::KeptByShop, debit, credit, amount, order_id: Some(order.id) })
        };
        let entries = [
            entry(Account::payable(vendor), from_payable)?,
            entry(Account::debt(vendor), cash - from_payable)?,
        ];
        ledger::post(txn, Cause::Order(order.id, payment.id), &entries, now).await?;
        standing.payable -= from_payable;
    }
    Ok(due.len() as u64 == AT_ONCE)
}

/// Does so for every shop; periodic.
pub async fn square_all(app: App) -> Result<(), JobError> {
    let shops = query::shops_with_cash(app.db.read()).await?;
    for vendor in shops {
        loop {
            let txn = app.db.begin().await?;
            let more = square(&txn, vendor, app.now()).await.map_err(JobError::new)?;
            app.commit(txn).await?;
            if !more {
                break;
            }
        }
    }
    Ok(())
}

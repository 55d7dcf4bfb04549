//! The order completed: what was held for it becomes the shop's, less the commission and the taxes that were frozen.

use chrono::{DateTime, Datelike as _, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use crate::catalog::entity::category::TaxClass;
use crate::kernel::clock::business_date;
use crate::kernel::{OrderId, Rupiah};
use crate::orders::query::Whole;
use crate::payments::entity::account::Kind as AccountKind;
use crate::payments::entity::payment;
use crate::payments::entity::transfer::Kind;
use crate::payments::ledger::{self, Account, Cause, Entry};
use crate::platform::news::{Audience, News, tell};
use crate::settlement::entity::order_terms;
use crate::settlement::error::SettlementError;
use crate::settlement::model::kept;
use crate::settlement::query;
use crate::tax;
use crate::tax::entity::order_tax;
use crate::tax::model::{Kind as TaxKind, Payer, Scheme};

/// Releases what is still held for an order; nothing if everything went back. The caller holds the turn of the purchase.
pub async fn release(
    txn: &DatabaseTransaction,
    payment: &payment::Model,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Result<(), SettlementError> {
    let order = &whole.order;
    let left = ledger::of_order(txn, order.id).await?.of(Account::held(order.vendor_id));
    let left = Rupiah::new(left.max(0))?;
    let terms = query::terms(txn, order.id).await?;
    let has_cash = ledger::source(txn, payment.id).await?.is_some_and(Account::is_with_shops);
    if has_cash {
        // Whatever went back meanwhile: the buyer's cash is with the shop.
        mark_cash(txn, order.id).await?;
    }
    if left.is_zero() {
        return Ok(());
    }
    let payable = Account::payable(order.vendor_id);
    let entry =
        |kind, (debit, credit), amount| Entry { kind, debit, credit, amount, order_id: Some(order.id) };
    let mut entries = vec![entry(Kind::Release, (Account::held(order.vendor_id), payable), left)];
    let cuts = cuts(txn, order.id, terms.as_ref(), (left, order.total)).await?;
    let mut earned = left;
    for (kind, account, amount) in cuts {
        earned = earned.minus(amount)?;
        entries.push(entry(kind, (payable, account), amount));
    }
    let standing = ledger::lock_shop(txn, order.vendor_id, now).await?;
    // Money that the shop has already pays no debt.
    if !has_cash {
        let owed = earned.get().min(standing.debt.max(0));
        entries.push(entry(Kind::Netted, (payable, Account::debt(order.vendor_id)), Rupiah::new(owed)?));
    }
    ledger::post(txn, Cause::Order(order.id, payment.id), &entries, now).await?;
    if let Some(terms) = terms {
        count_turnover(txn, &terms, kept(terms.net_total, (left, order.total)), now).await?;
    }
    Ok(())
}

/// What others get of what is left of an order: account by account, in proportion to what was frozen.
async fn cuts(
    txn: &DatabaseTransaction,
    id: OrderId,
    terms: Option<&order_terms::Model>,
    part: (Rupiah, Rupiah),
) -> Result<Vec<(Kind, Account, Rupiah)>, SettlementError> {
    let Some(terms) = terms else { return Ok(Vec::new()) };
    let ppn = Account::platform(AccountKind::TaxPpn);
    let mut cuts = vec![
        (Kind::Commission, Account::FEES, kept(terms.commission, part)),
        // The tax on the commission is the platform's to remit.
        (Kind::Commission, ppn, kept(terms.commission_tax, part)),
        (Kind::ToCourier, Account::platform(AccountKind::CourierPayable), kept(terms.courier_net, part)),
    ];
    if !terms.remitted_by_platform.is_zero() {
        let taxes = tax::query::of_orders(txn, [id]).await?;
        let of_platform: Vec<&order_tax::Model> =
            taxes.iter().filter(|tax| tax.payer == Payer::Platform).collect();
        for kind in [TaxKind::Ppn, TaxKind::Pbjt, TaxKind::Pph22, TaxKind::Pph23, TaxKind::PphFinal] {
            let due = of_platform.iter().filter(|tax| tax.kind == kind).map(|tax| tax.amount);
            cuts.push((Kind::TaxWithheld, tax_account(kind), kept(Rupiah::sum(due)?, part)));
        }
    }
    Ok(cuts)
}

fn tax_account(kind: TaxKind) -> Account {
    Account::platform(match kind {
        TaxKind::Pbjt => AccountKind::TaxPbjt,
        TaxKind::Pph22 => AccountKind::TaxPph22,
        TaxKind::Pph23 => AccountKind::TaxPph23,
        TaxKind::PphFinal => AccountKind::TaxPphFinal,
        TaxKind::Ppn | TaxKind::StampDuty | TaxKind::LateFine => AccountKind::TaxPpn,
    })
}

async fn mark_cash(txn: &DatabaseTransaction, id: OrderId) -> Result<(), SettlementError> {
    order_terms::Entity::update_many()
        .col_expr(order_terms::Column::CashDue, Expr::value(true))
        .filter(order_terms::Column::OrderId.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Takes what went back after the release out of the year of the shop.
pub async fn turn_back(
    txn: &DatabaseTransaction,
    whole: &Whole,
    amount: Rupiah,
    now: DateTime<Utc>,
) -> Result<(), SettlementError> {
    if let Some(terms) = query::terms(txn, whole.order.id).await? {
        let net = kept(terms.net_total, (amount, whole.order.total));
        // Whenever it goes back: it was turnover of the year in which it was released.
        let counted = ledger::released_at(txn, whole.order.id).await?.unwrap_or(now);
        tax::service::turn_over(txn, terms.vendor_id, (-net.get(), Rupiah::MAX), counted).await?;
    }
    Ok(())
}

/// Adds the sale to the year of the shop, and tells the shop when it crosses what is free of tax.
async fn count_turnover(
    txn: &DatabaseTransaction,
    terms: &order_terms::Model,
    net: Rupiah,
    now: DateTime<Utc>,
) -> Result<(), SettlementError> {
    let rules = tax::query::rules(txn).await?;
    let rule = rules.find(business_date(now), (Scheme::Turnover, TaxKind::PphFinal), TaxClass::None);
    let threshold = rule.and_then(|rule| rule.threshold).unwrap_or(Rupiah::MAX);
    if tax::service::turn_over(txn, terms.vendor_id, (net.get(), threshold), now).await? {
        let news = News {
            to: Audience::Vendor(terms.vendor_id),
            kind: "settlement.turnover_crossed",
            object: ("vendor", terms.vendor_id.0),
            data: json!({"threshold": threshold, "year": business_date(now).year()}),
        };
        tell(txn, &[news], now).await?;
    }
    Ok(())
}

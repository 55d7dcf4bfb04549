//! Freezes what a sale costs when it is placed: taxes line by line, the commission, and who gets what.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};

use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::clock::business_date;
use crate::kernel::{CategoryId, OrderId, OrderLineId, Rupiah, VendorId};
use crate::settlement::entity::commission_rule::Scope;
use crate::settlement::entity::{order_commission, order_terms};
use crate::settlement::error::SettlementError;
use crate::settlement::model::{Charge, Goods, Parents, Rule, charges};
use crate::settlement::query;
use crate::tax;
use crate::tax::model::{Outcome, Regime, Rules, Sale, SaleLine, Seller, assess};

/// An order that is being placed.
#[derive(Clone, Debug)]
pub struct Sold {
    pub order_id: OrderId,
    pub vendor_id: VendorId,
    pub lines: Vec<SoldLine>,
    pub shipping: Rupiah,
    pub total: Rupiah,
}

/// One of its lines; parts of bundles are left out.
#[derive(Clone, Copy, Debug)]
pub struct SoldLine {
    pub id: OrderLineId,
    pub category: CategoryId,
    pub tax_class: TaxClass,
    pub total: Rupiah,
}

/// Freezes the terms of orders. A fixed number of statements, however many there are.
pub async fn freeze(
    app: &App,
    txn: &DatabaseTransaction,
    orders: &[Sold],
    now: DateTime<Utc>,
) -> Result<(), SettlementError> {
    let today = business_date(now);
    let shops: Vec<VendorId> = orders.iter().map(|order| order.vendor_id).collect();
    let monthly = app.config.tax.pbjt_monthly_turnover.get();
    let (sellers, rules) = query::sellers(txn, &shops, (today, monthly)).await?;
    let appointed_from = app.config.tax.appointed_from;
    // Most shops here owe no tax on a sale; then the rules need not be read.
    let taxed = appointed_from.is_some() || sellers.values().any(|seller| seller.is_pkp || seller.owes_pbjt);
    let taxes = if taxed { tax::query::rules_on(txn, today).await? } else { Rules::default() };
    let by_category = rules.iter().any(|rule| rule.scope == Scope::Category);
    let parents = if by_category { query::parents(txn).await? } else { Parents::new() };
    let regime = Regime::Public { appointed_from };
    let (mut dues, mut terms, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for order in orders {
        let seller = sellers.get(&order.vendor_id).copied().unwrap_or_default();
        let sale = Assessed { order, today };
        let mut outcome = sale.taxes(&taxes, (regime, seller))?;
        let charges = sale.charges((&rules, &parents), &mut outcome)?;
        outcome.parts.check()?;
        terms.push(terms_of(order, &outcome, &charges, now)?);
        parts.extend(charges.into_iter().map(|charge| commission_of(order.order_id, charge)));
        dues.extend(outcome.taxes.into_iter().map(|due| (order.order_id, due)));
    }
    order_terms::Entity::insert_many(terms).exec_without_returning(txn).await?;
    if !parts.is_empty() {
        order_commission::Entity::insert_many(parts).exec_without_returning(txn).await?;
    }
    Ok(tax::service::freeze(txn, dues, now).await?)
}

struct Assessed<'a> {
    order: &'a Sold,
    today: chrono::NaiveDate,
}

impl Assessed<'_> {
    fn taxes(&self, rules: &Rules, (regime, seller): (Regime, Seller)) -> Result<Outcome, SettlementError> {
        let line = |line: &SoldLine| SaleLine {
            id: Some(line.id),
            class: line.tax_class,
            amount: line.total,
            to_courier: false,
        };
        let mut lines: Vec<SaleLine> = self.order.lines.iter().map(line).collect();
        if !self.order.shipping.is_zero() {
            // The shop's own courier: the way is a service of the shop.
            let (class, amount) = (TaxClass::PpnStandard, self.order.shipping);
            lines.push(SaleLine { id: None, class, amount, to_courier: false });
        }
        Ok(assess(rules, &Sale { day: self.today, regime, seller, lines: &lines })?)
    }

    /// What the platform takes from what the shop gets.
    fn charges(
        &self,
        (rules, parents): (&[Rule], &Parents),
        outcome: &mut Outcome,
    ) -> Result<Vec<Charge>, SettlementError> {
        let goods = |line: &SoldLine| Goods { category: line.category, amount: line.total };
        let goods: Vec<Goods> = self.order.lines.iter().map(goods).collect();
        let vendor = self.order.vendor_id;
        let mut charges = charges((rules, parents), self.today, vendor, (&goods, self.order.shipping))?;
        for charge in &mut charges {
            // A tax that is withheld leaves the shop less than what was sold; an order is not refused for it.
            *charge = charge.within(outcome.parts.seller_net);
            outcome.parts.charge(charge.commission.plus(charge.tax)?)?;
        }
        Ok(charges)
    }
}

fn terms_of(
    order: &Sold,
    outcome: &Outcome,
    charges: &[Charge],
    now: DateTime<Utc>,
) -> Result<order_terms::ActiveModel, SettlementError> {
    let parts = &outcome.parts;
    let in_price = outcome.taxes.iter().filter(|tax| tax.in_price).map(|tax| tax.amount);
    Ok(order_terms::ActiveModel {
        order_id: Set(order.order_id),
        vendor_id: Set(order.vendor_id),
        buyer_total: Set(parts.buyer_total),
        seller_net: Set(parts.seller_net),
        courier_net: Set(parts.courier_net),
        commission: Set(Rupiah::sum(charges.iter().map(|charge| charge.commission))?),
        commission_tax: Set(Rupiah::sum(charges.iter().map(|charge| charge.tax))?),
        remitted_by_platform: Set(parts.remitted_by_platform),
        withheld_by_treasurer: Set(parts.withheld_by_treasurer),
        platform_discounts: Set(parts.platform_discounts),
        net_total: Set(order.total.minus(Rupiah::sum(in_price)?)?),
        cash_due: Set(false),
        created_at: Set(now),
    })
}

fn commission_of(order_id: OrderId, charge: Charge) -> order_commission::ActiveModel {
    order_commission::ActiveModel {
        order_id: Set(order_id),
        rule_id: Set(charge.rule_id),
        base: Set(charge.base),
        rate_bp: Set(charge.rate_bp),
        commission: Set(charge.commission),
        tax: Set(charge.tax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{BasisPoints, CommissionRuleId};
    use uuid::Uuid;

    fn rp(amount: i64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    /// Commission, its tax and what the shop gets of an order over Rp 1,000, of which Rp 5 are withheld (PMK 37).
    fn taken(floor: i64) -> (i64, i64, i64) {
        let line = SoldLine {
            id: OrderLineId::generate(),
            category: CategoryId::generate(),
            tax_class: TaxClass::None,
            total: rp(1_000),
        };
        let order = Sold {
            order_id: OrderId::generate(),
            vendor_id: VendorId::generate(),
            lines: vec![line],
            shipping: Rupiah::ZERO,
            total: rp(1_000),
        };
        let today = "2026-11-24".parse().unwrap();
        let rule = Rule {
            id: CommissionRuleId::generate(),
            scope: Scope::Global,
            scope_id: Uuid::nil(),
            rate: BasisPoints::new(100).unwrap(),
            rate_bp: 100,
            floor: rp(floor),
            cap: None,
            on_shipping: false,
            tax: BasisPoints::new(1_100).unwrap(),
            valid_from: today,
            valid_to: None,
        };
        let sale = Assessed { order: &order, today };
        let regime = Regime::Public { appointed_from: Some(today) };
        let seller = Seller { has_npwp: true, ..Seller::default() };
        let mut outcome = sale.taxes(&tax::query::seeded(), (regime, seller)).unwrap();
        let charges = sale.charges((&[rule], &Parents::new()), &mut outcome).unwrap();
        outcome.parts.check().unwrap();
        (charges[0].commission.get(), charges[0].tax.get(), outcome.parts.seller_net.get())
    }

    #[test]
    fn a_floor_takes_no_more_than_what_is_left_to_the_shop() {
        assert_eq!(taken(500), (500, 55, 440));
        assert_eq!(taken(900), (900, 95, 0));
        assert_eq!(taken(2_000), (995, 0, 0));
    }
}

//! Who gets what of a sale, and the sums of documents and years.

use chrono::NaiveDate;

use super::rule::{Kind, Rule, Rules, Scheme};
use super::sale::Payer;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::{MoneyError, Rupiah};
use crate::tax::error::TaxError;

/// Who gets what of what the buyer pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub buyer_total: Rupiah,
    pub seller_net: Rupiah,
    pub courier_net: Rupiah,
    pub platform_fee: Rupiah,
    pub remitted_by_platform: Rupiah,
    pub withheld_by_treasurer: Rupiah,
    pub platform_discounts: Rupiah,
}

impl Parts {
    pub(super) fn withhold(&mut self, payer: Payer, amount: Rupiah) -> Result<(), MoneyError> {
        match payer {
            Payer::Seller => {}
            Payer::Platform => self.remitted_by_platform = self.remitted_by_platform.plus(amount)?,
            Payer::Treasurer => self.withheld_by_treasurer = self.withheld_by_treasurer.plus(amount)?,
        }
        Ok(())
    }

    /// The platform takes its fee from what the shop gets, the tax on the fee included.
    pub fn charge(&mut self, fee: Rupiah) -> Result<(), MoneyError> {
        self.seller_net = self.seller_net.minus(fee)?;
        self.platform_fee = self.platform_fee.plus(fee)?;
        Ok(())
    }

    /// Refuses parts that are not exactly what the buyer pays.
    pub fn check(&self) -> Result<(), TaxError> {
        let parts = Rupiah::sum([
            self.seller_net,
            self.courier_net,
            self.platform_fee,
            self.remitted_by_platform,
            self.withheld_by_treasurer,
        ])?;
        let paid = self.buyer_total.plus(self.platform_discounts)?;
        if parts == paid { Ok(()) } else { Err(TaxError::Identity(format!("{self:?}"))) }
    }
}

/// Stamp duty of a document over an amount.
pub fn stamp_duty(rules: &Rules, day: NaiveDate, amount: Rupiah) -> Rupiah {
    let due = stamp_rule(rules, day).filter(|rule| rule.threshold.is_none_or(|most| amount > most));
    due.map_or(Rupiah::ZERO, |rule| rule.flat)
}

/// Above which amount a document owes stamp duty.
pub fn stamp_threshold(rules: &Rules, day: NaiveDate) -> Rupiah {
    stamp_rule(rules, day).and_then(|rule| rule.threshold).unwrap_or(Rupiah::ZERO)
}

fn stamp_rule(rules: &Rules, day: NaiveDate) -> Option<&Rule> {
    rules.find(day, (Scheme::Document, Kind::StampDuty), TaxClass::None)
}

/// The fine for delivering so many days late.
pub fn late_fine(rules: &Rules, day: NaiveDate, (net, days): (Rupiah, i64)) -> Rupiah {
    let rule = rules.find(day, (Scheme::Document, Kind::LateFine), TaxClass::None);
    rule.map_or(Rupiah::ZERO, |rule| rule.rate.times(days.max(0)).of(net))
}

/// The final tax of a small business on the turnover of a year; individuals are free up to the threshold.
pub fn turnover_tax(rules: &Rules, day: NaiveDate, (turnover, is_person): (Rupiah, bool)) -> Rupiah {
    let Some(rule) = rules.find(day, (Scheme::Turnover, Kind::PphFinal), TaxClass::None) else {
        return Rupiah::ZERO;
    };
    let free = rule.threshold.filter(|_| is_person).unwrap_or(Rupiah::ZERO);
    rule.rate.of(turnover.minus(free).unwrap_or(Rupiah::ZERO))
}

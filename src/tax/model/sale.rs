//! What is due on one sale: of every line and of the shipping, and who remits it.

use chrono::NaiveDate;
use sea_orm::prelude::StringLen;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rate::Rate;
use super::rule::{Kind, Rule, Rules, Scheme};
use super::split::Parts;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::{MoneyError, OrderLineId, Rupiah, TaxRuleId};

/// Under which regime a sale is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// To the public: prices include every tax. The platform collects under PMK 37 if it is appointed.
    Public {
        /// From when on the platform is appointed; never if absent.
        appointed_from: Option<NaiveDate>,
    },
    /// To the government, paid through a platform that is appointed under PMK 58: net plus tax.
    Platform58,
    /// To the government, paid by a treasurer (PMK 59): net plus tax.
    Treasurer59,
}

/// What matters of the seller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seller {
    /// An individual, not a company.
    pub is_person: bool,
    /// Registered for PPN.
    pub is_pkp: bool,
    /// Has a tax number.
    pub has_npwp: bool,
    /// Above the local threshold of PBJT.
    pub owes_pbjt: bool,
    /// Has a valid letter for the final tax (Surat Keterangan PP 55).
    pub final_tax: bool,
    /// Has a valid letter that nothing is withheld (SKB).
    pub exempt: bool,
    /// Gave the statement that this year's turnover stays low.
    pub low_turnover_stated: bool,
    /// What the year brought before this sale, without taxes.
    pub turnover: i64,
}

/// One line; the shipping has no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaleLine {
    pub id: Option<OrderLineId>,
    pub class: TaxClass,
    /// Including taxes for the public, without them for the government.
    pub amount: Rupiah,
    /// It goes to a courier and not to the seller.
    pub to_courier: bool,
}

/// One sale.
#[derive(Clone, Debug)]
pub struct Sale<'a> {
    pub day: NaiveDate,
    pub regime: Regime,
    pub seller: Seller,
    pub lines: &'a [SaleLine],
}

/// Who remits a tax.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = TaxPayer)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The shop, from what it got.
    Seller,
    /// The platform, which keeps it back.
    Platform,
    /// The treasurer, who keeps it back.
    Treasurer,
}

/// One tax of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub line_id: Option<OrderLineId>,
    pub rule_id: TaxRuleId,
    pub kind: Kind,
    /// The net price that the rate is of.
    pub net: Rupiah,
    pub rate: Rate,
    /// The base as a document shows it.
    pub base: Rupiah,
    pub amount: Rupiah,
    pub payer: Payer,
    /// It is in what the buyer pays; an income tax is not.
    pub in_price: bool,
}

/// All taxes of a sale, and who gets what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub taxes: Vec<Due>,
    pub parts: Parts,
}

/// Assesses a sale.
pub fn assess(rules: &Rules, sale: &Sale<'_>) -> Result<Outcome, MoneyError> {
    let mut work = Work { rules, sale, taxes: Vec::new(), parts: Parts::default() };
    let net_total = Rupiah::sum(sale.lines.iter().map(|line| work.net(line)))?;
    for line in sale.lines {
        work.line(line, net_total)?;
    }
    Ok(Outcome { taxes: work.taxes, parts: work.parts })
}

struct Work<'a> {
    rules: &'a Rules,
    sale: &'a Sale<'a>,
    taxes: Vec<Due>,
    parts: Parts,
}

impl Work<'_> {
    /// The tax that is in the price of a line: PPN or PBJT, never both.
    fn price_rule(&self, line: &SaleLine) -> Option<&Rule> {
        let seller = &self.sale.seller;
        let kind = match line.class {
            TaxClass::PpnStandard | TaxClass::PpnLuxury if seller.is_pkp => Kind::Ppn,
            TaxClass::PbjtFood if seller.owes_pbjt => Kind::Pbjt,
            _ => return None,
        };
        self.rules.find(self.sale.day, (Scheme::Sale, kind), line.class)
    }

    /// The price without the tax in it.
    fn net(&self, line: &SaleLine) -> Rupiah {
        match (self.sale.regime, self.price_rule(line)) {
            (Regime::Public { .. }, Some(rule)) => rule.rate.net_of(line.amount),
            _ => line.amount,
        }
    }

    fn line(&mut self, line: &SaleLine, net_total: Rupiah) -> Result<(), MoneyError> {
        let net = self.net(line);
        let price_tax = self.price_rule(line).map(|rule| {
            let amount = match self.sale.regime {
                Regime::Public { .. } => line.amount.minus(net).unwrap_or(Rupiah::ZERO),
                _ => rule.rate.of(net),
            };
            (due(line, rule, (net, rule.rate), amount), self.payer_of(rule.kind, net_total))
        });
        let income_tax = self.income_rule(line, net_total).map(|(rule, payer)| {
            let seller = &self.sale.seller;
            let rate = if seller.has_npwp { rule.rate } else { rule.rate.times(rule.no_npwp_factor) };
            (due(line, rule, (net, rate), rate.of(net)), payer)
        });
        let mut to_seller = net;
        let mut paid = net;
        for (tax, payer) in price_tax.into_iter().chain(income_tax) {
            let tax = Due { payer, ..tax };
            let kept_by_seller = if tax.in_price {
                paid = paid.plus(tax.amount)?;
                if payer == Payer::Seller { Some(to_seller.plus(tax.amount)?) } else { None }
            } else {
                (payer != Payer::Seller).then(|| to_seller.minus(tax.amount)).transpose()?
            };
            to_seller = kept_by_seller.unwrap_or(to_seller);
            self.parts.withhold(payer, tax.amount)?;
            if !tax.amount.is_zero() {
                self.taxes.push(tax);
            }
        }
        self.parts.buyer_total = self.parts.buyer_total.plus(paid)?;
        let net_part = if line.to_courier { &mut self.parts.courier_net } else { &mut self.parts.seller_net };
        *net_part = net_part.plus(to_seller)?;
        Ok(())
    }

    /// Who remits PPN and PBJT. PBJT is always the caterer's own.
    fn payer_of(&self, kind: Kind, net_total: Rupiah) -> Payer {
        match (self.sale.regime, kind) {
            (Regime::Platform58, Kind::Ppn) => Payer::Platform,
            (Regime::Treasurer59, Kind::Ppn) if self.above(Kind::Ppn, net_total) => Payer::Treasurer,
            _ => Payer::Seller,
        }
    }

    fn above(&self, kind: Kind, net_total: Rupiah) -> bool {
        let rule = self.rules.find(self.sale.day, (Scheme::Treasurer59, kind), TaxClass::None);
        rule.is_some_and(|rule| rule.threshold.is_none_or(|most| net_total > most))
    }

    /// The income tax that somebody else withholds from a line.
    fn income_rule(&self, line: &SaleLine, net_total: Rupiah) -> Option<(&Rule, Payer)> {
        let (sale, seller) = (self.sale, &self.sale.seller);
        let rule = |scheme, kind| self.rules.find(sale.day, (scheme, kind), line.class);
        if seller.exempt {
            return None;
        }
        match sale.regime {
            Regime::Platform58 => Some((rule(Scheme::Platform58, Kind::Pph22)?, Payer::Platform)),
            Regime::Treasurer59 => Some((self.withheld_by_treasurer(line, net_total)?, Payer::Treasurer)),
            Regime::Public { appointed_from } => {
                let appointed = appointed_from.is_some_and(|from| from <= sale.day);
                let rule = rule(Scheme::Platform37, Kind::Pph22).filter(|_| appointed)?;
                let low = rule.threshold.is_some_and(|most| seller.turnover <= most.get());
                let relieved = seller.is_person && seller.low_turnover_stated && low;
                (!relieved && !line.to_courier).then_some((rule, Payer::Platform))
            }
        }
    }

    fn withheld_by_treasurer(&self, line: &SaleLine, net_total: Rupiah) -> Option<&Rule> {
        let seller = &self.sale.seller;
        if seller.is_person && seller.low_turnover_stated {
            return None;
        }
        let kind = match line.class {
            _ if seller.final_tax => Kind::PphFinal,
            TaxClass::PbjtFood => Kind::Pph23,
            _ => Kind::Pph22,
        };
        let rule = self.rules.find(self.sale.day, (Scheme::Treasurer59, kind), line.class)?;
        rule.threshold.is_none_or(|most| net_total > most).then_some(rule)
    }
}

fn due(line: &SaleLine, rule: &Rule, (net, rate): (Rupiah, Rate), amount: Rupiah) -> Due {
    Due {
        line_id: line.id,
        rule_id: rule.id,
        kind: rule.kind,
        net,
        rate,
        base: rate.base_of(net),
        amount,
        payer: Payer::Seller,
        in_price: matches!(rule.kind, Kind::Ppn | Kind::Pbjt),
    }
}

//! Dated rules: data of the office, not constants of the code.

use chrono::{Datelike, NaiveDate};
use sea_orm::prelude::StringLen;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rate::Rate;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::fields::{Fault, number};
use crate::kernel::{Fields, Rupiah, TaxRuleId};

/// Years that rules and letters may be in: their days are stored and compared as text, so all must be equally long.
const YEARS: (i32, i32) = (1945, 2199);

/// What is taxed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = TaxKind)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Value added tax.
    Ppn,
    /// Regional tax on catered food.
    Pbjt,
    /// Income tax on goods.
    #[sea_orm(string_value = "pph22")]
    #[serde(rename = "pph22")]
    Pph22,
    /// Income tax on services.
    #[sea_orm(string_value = "pph23")]
    #[serde(rename = "pph23")]
    Pph23,
    /// Final income tax of small businesses.
    PphFinal,
    /// Stamp duty on a document.
    StampDuty,
    /// Not a tax: the fine for a late delivery, as dated as the others.
    LateFine,
}

/// Where a rule applies.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[schema(as = TaxScheme)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// On every sale.
    Sale,
    /// PMK 58: the platform collects on orders of the government that are paid through it.
    #[sea_orm(string_value = "platform58")]
    #[serde(rename = "platform58")]
    Platform58,
    /// PMK 59: the treasurer withholds.
    #[sea_orm(string_value = "treasurer59")]
    #[serde(rename = "treasurer59")]
    Treasurer59,
    /// PMK 37: the platform collects from sellers, once it is appointed.
    #[sea_orm(string_value = "platform37")]
    #[serde(rename = "platform37")]
    Platform37,
    /// On what a seller turns over in a year.
    Turnover,
    /// On documents.
    Document,
}

/// One rule in its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: TaxRuleId,
    pub code: String,
    pub scheme: Scheme,
    pub kind: Kind,
    /// Only for goods of this class; all if absent.
    pub tax_class: Option<TaxClass>,
    pub rate: Rate,
    /// An amount instead of a rate.
    pub flat: Rupiah,
    /// Not due up to and including this amount.
    pub threshold: Option<Rupiah>,
    /// So many times as high for sellers without a tax number.
    pub no_npwp_factor: i64,
    pub valid_from: NaiveDate,
    /// The last day; open if absent.
    pub valid_to: Option<NaiveDate>,
}

/// Checks from when to when something holds; faults go to `fields`.
pub fn check_days(fields: &mut Fields, (from, to): (NaiveDate, Option<NaiveDate>)) {
    for (pointer, day) in [("/valid_from", Some(from)), ("/valid_to", to)] {
        fields.take_opt(pointer, day.map(|day| number(day.year(), YEARS.0, YEARS.1)));
    }
    if to.is_some_and(|last| last < from) {
        let fault = Fault::new("before-start", "Berakhir sebelum mulai.", "It ends before it begins.");
        fields.push("/valid_to", fault);
    }
}

/// All rules.
#[derive(Clone, Debug, Default)]
pub struct Rules(pub Vec<Rule>);

impl Rule {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

impl Rules {
    /// The rule of a kind for a class of goods on a day: one for the very class wins over one for all, a later one over
    /// an earlier one.
    pub fn find(&self, day: NaiveDate, (scheme, kind): (Scheme, Kind), class: TaxClass) -> Option<&Rule> {
        let fits = |rule: &&Rule| {
            rule.scheme == scheme
                && rule.kind == kind
                && rule.holds_on(day)
                && rule.tax_class.is_none_or(|of| of == class)
        };
        let rank = |rule: &&Rule| (rule.tax_class.is_some(), rule.valid_from, rule.id);
        self.0.iter().filter(fits).max_by_key(rank)
    }
}

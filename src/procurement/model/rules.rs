//! Dated rules: which duties are of different people, and who approves what. Data of the office, not constants of the code.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::prelude::StringLen;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identity::entity::work_unit::Kind;
use crate::kernel::Rupiah;

/// What somebody does in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Asks for the goods.
    Requester,
    /// Approves.
    Approver,
    /// Counts and takes in the goods.
    Receiver,
    /// Pays.
    Payer,
}

/// Two duties that are of different people.
pub type Apart = (Duty, Duty);

impl Duty {
    const ALL: [Self; 4] = [Self::Requester, Self::Approver, Self::Receiver, Self::Payer];

    const fn name(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Approver => "approver",
            Self::Receiver => "receiver",
            Self::Payer => "payer",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.name() == name)
    }
}

/// Pairs in one order, each once; nothing if somebody would have to be another person than himself.
pub fn pairs(given: &[[Duty; 2]]) -> Option<Vec<Apart>> {
    let mut pairs: Vec<Apart> =
        given.iter().map(|[one, other]| ((*one).min(*other), (*one).max(*other))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.iter().all(|(one, other)| one != other).then_some(pairs)
}

/// Pairs as stored.
pub fn pairs_text(apart: &[Apart]) -> String {
    let pair = |(one, other): &Apart| format!("{}-{}", one.name(), other.name());
    apart.iter().map(pair).collect::<Vec<_>>().join(" ")
}

/// Pairs from what is stored.
pub fn parse_pairs(stored: &str) -> Vec<Apart> {
    let pair = |text: &str| {
        let (one, other) = text.split_once('-')?;
        Some((Duty::parse(one)?, Duty::parse(other)?))
    };
    stored.split(' ').filter_map(pair).collect()
}

/// Who has to approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStep)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Pejabat Pengadaan.
    ProcurementOfficer,
    /// PPK.
    CommitmentOfficer,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::ProcurementOfficer => "procurement_officer",
            Self::CommitmentOfficer => "commitment_officer",
        }
    }
}

/// Steps as stored.
pub fn steps_text(steps: &[Step]) -> String {
    steps.iter().map(|step| step.name()).collect::<Vec<_>>().join(" ")
}

/// Steps from what is stored.
pub fn parse_steps(stored: &str) -> Vec<Step> {
    let known = [Step::ProcurementOfficer, Step::CommitmentOfficer];
    stored.split(' ').filter_map(|name| known.into_iter().find(|step| step.name() == name)).collect()
}

/// The form of the contract (Perpres 16/2018 art. 28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[schema(as = ContractForm)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Bukti pembelian.
    PurchaseReceipt,
    /// Kuitansi.
    Receipt,
    /// SPK.
    WorkOrder,
    /// Surat perjanjian.
    Agreement,
}

/// What all dated rules of buying have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    pub code: String,
    /// All kinds if absent.
    pub unit_kind: Option<Kind>,
    /// Counts for amounts that are higher.
    pub above: Rupiah,
    pub valid_from: NaiveDate,
    /// The last day; open if absent.
    pub valid_to: Option<NaiveDate>,
    pub rule: T,
}

/// The rule that counts for a kind of unit, an amount and a day. Of each code only the latest that has begun is looked at.
/// Rules for the very kind take the place of all general ones; among them the one with the highest `above` below the
/// amount counts.
pub fn applying<T>(rules: &[Dated<T>], (kind, amount): (Kind, Rupiah), day: NaiveDate) -> Option<&Dated<T>> {
    let mut latest: HashMap<&str, &Dated<T>> = HashMap::new();
    for rule in rules.iter().filter(|rule| rule.valid_from <= day) {
        let held = latest.entry(&rule.code).or_insert(rule);
        if held.valid_from < rule.valid_from {
            *held = rule;
        }
    }
    let fits = |rule: &&Dated<T>| {
        rule.valid_to.is_none_or(|last| day <= last)
            && rule.unit_kind.is_none_or(|of| of == kind)
            && (rule.above < amount || rule.above.is_zero())
    };
    let rank = |rule: &&Dated<T>| (rule.unit_kind.is_some(), rule.above, rule.valid_from);
    latest
        .into_values()
        .filter(fits)
        .max_by(|one, other| (rank(one), &one.code).cmp(&(rank(other), &other.code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(code: &str, kind: Option<Kind>, above: i64, from: &str) -> Dated<&'static str> {
        Dated {
            code: code.to_owned(),
            unit_kind: kind,
            above: Rupiah::new(above).unwrap(),
            valid_from: day(from),
            valid_to: None,
            rule: "",
        }
    }

    fn found(rules: &[Dated<&'static str>], kind: Kind, amount: i64, on: &str) -> String {
        let rule = applying(rules, (kind, Rupiah::new(amount).unwrap()), day(on));
        rule.map_or_else(String::new, |rule| rule.code.clone())
    }

    #[test]
    fn the_ladder_counts_above_its_steps() {
        let ladder = [
            rule("10", None, 0, "2026-01-01"),
            rule("50", None, 10_000_000, "2026-01-01"),
            rule("200", None, 50_000_000, "2026-01-01"),
            rule("over", None, 200_000_000, "2026-01-01"),
        ];
        let at = |amount| found(&ladder, Kind::Skpd, amount, "2026-11-24");
        let amounts = [0, 1, 10_000_000, 10_000_001, 50_000_000, 50_000_001, 200_000_000, 200_000_001];
        assert_eq!(amounts.map(at), ["10", "10", "10", "50", "50", "200", "200", "over"]);
        assert_eq!(found(&ladder, Kind::Skpd, 1, "2025-12-31"), "");
    }

    #[test]
    fn a_later_rule_of_a_code_takes_the_place_of_the_earlier_one() {
        let mut rules = vec![rule("step", None, 10, "2026-01-01"), rule("step", None, 100, "2026-06-01")];
        assert_eq!(found(&rules, Kind::Skpd, 50, "2026-05-31"), "step");
        assert_eq!(found(&rules, Kind::Skpd, 50, "2026-06-01"), "");
        // One that has ended does not let the earlier one come back.
        rules[1].above = Rupiah::ZERO;
        rules[1].valid_to = Some(day("2026-06-30"));
        assert_eq!(found(&rules, Kind::Skpd, 50, "2026-06-30"), "step");
        assert_eq!(found(&rules, Kind::Skpd, 50, "2026-07-01"), "");
    }

    #[test]
    fn rules_of_the_very_kind_win() {
        let rules =
            [rule("all", None, 10, "2026-01-01"), rule("school", Some(Kind::School), 0, "2026-01-01")];
        assert_eq!(found(&rules, Kind::School, 50, "2026-11-24"), "school");
        assert_eq!(found(&rules, Kind::Skpd, 50, "2026-11-24"), "all");
    }

    #[test]
    fn pairs_and_steps_come_back_from_what_is_stored() {
        use Duty::{Approver, Payer, Requester};
        let given = [[Approver, Requester], [Requester, Approver], [Payer, Requester]];
        let apart = pairs(&given).unwrap();
        assert_eq!(apart, [(Requester, Approver), (Requester, Payer)]);
        assert_eq!(parse_pairs(&pairs_text(&apart)), apart);
        assert_eq!(pairs(&[[Payer, Payer]]), None);
        let steps = [Step::ProcurementOfficer, Step::CommitmentOfficer];
        assert_eq!(parse_steps(&steps_text(&steps)), steps);
    }
}

//! Shops added up: by a property of theirs, and in all.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::region::name_of;
use crate::office::query::figures::Fact;
use crate::vendors::model::SizeClass;

/// A property that shops are added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Line of work.
    Sector,
    /// Kecamatan.
    District,
    /// Size class by sales.
    Size,
    /// Sells online.
    Online,
    /// Exports.
    Export,
    /// Took a training.
    Training,
}

/// Shops added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Summary {
    /// `kuliner`, `32.16.09`, `micro`, `yes`, `no`, `unknown`.
    pub key: String,
    /// The name of a district.
    pub label: Option<String>,
    pub shops: i64,
    /// Those that sell on the platform.
    pub active: i64,
    /// Those that answered the survey of the period.
    pub surveyed: i64,
    /// Sales of a month in rupiah, of those that said.
    pub turnover_month: i64,
    pub workers_male: i64,
    pub workers_female: i64,
    pub online: i64,
    pub export: i64,
    pub trained: i64,
    /// Shops whose sales are known before and after their first training, and those sales of a month.
    pub compared: i64,
    pub turnover_before: i64,
    pub turnover_after: i64,
}

impl Summary {
    fn add(&mut self, fact: &Fact) {
        let survey = fact.survey.as_ref();
        self.shops += 1;
        self.active += i64::from(fact.active);
        self.surveyed += i64::from(survey.is_some());
        self.turnover_month += fact.monthly().unwrap_or(0);
        self.workers_male += i64::from(survey.and_then(|row| row.workers_male).unwrap_or(0));
        self.workers_female += i64::from(survey.and_then(|row| row.workers_female).unwrap_or(0));
        self.online += i64::from(online(fact) == "yes");
        self.export += i64::from(export(fact) == "yes");
        self.trained += i64::from(fact.trained.is_some());
        if let (Some(before), Some(after)) = (fact.before, fact.after) {
            self.compared += 1;
            self.turnover_before += before;
            self.turnover_after += after;
        }
    }
}

/// Adds up by a property, in the order of its values.
pub fn by(facts: &[Fact], by: By, today: NaiveDate) -> Vec<Summary> {
    let mut groups: BTreeMap<String, Summary> = BTreeMap::new();
    for fact in facts {
        let key = key_of(fact, by, today);
        let group = groups.entry(key.clone()).or_insert_with(|| Summary {
            label: (by == By::District).then(|| name_of(&key).map(str::to_owned)).flatten(),
            key,
            ..Summary::default()
        });
        group.add(fact);
    }
    groups.into_values().collect()
}

/// Adds up all.
pub fn total(facts: &[Fact]) -> Summary {
    let mut total = Summary { key: "total".to_owned(), ..Summary::default() };
    facts.iter().for_each(|fact| total.add(fact));
    total
}

fn key_of(fact: &Fact, by: By, today: NaiveDate) -> String {
    match by {
        By::Sector => fact.sector.clone().unwrap_or_else(|| "unknown".to_owned()),
        By::District => fact.district_code.clone(),
        By::Size => size(fact, today).to_owned(),
        By::Online => online(fact).to_owned(),
        By::Export => export(fact).to_owned(),
        By::Training => if fact.trained.is_some() { "yes" } else { "no" }.to_owned(),
    }
}

/// The size class of a shop by its sales of a year, or by its capital.
pub fn size(fact: &Fact, today: NaiveDate) -> &'static str {
    SizeClass::of(fact.capital, fact.yearly(), today).map_or("unknown", SizeClass::name)
}

/// Whether a shop sells online, as it says.
pub fn online(fact: &Fact) -> &'static str {
    match fact.survey.as_ref().and_then(|row| row.sells_online) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// Whether a shop exports, as it says.
pub fn export(fact: &Fact) -> &'static str {
    match &fact.survey {
        None => "unknown",
        Some(row)
            if row.export_countries.is_some() || row.turnover_export.is_some_and(|sum| sum.get() > 0) =>
        {
            "yes"
        }
        Some(_) => "no",
    }
}

//! What a shop says of a period.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Period;
use crate::kernel::Rupiah;
use crate::kernel::fields::{Fault, Fields, number, text};

/// Most people of a business that the office asks.
const MOST_WORKERS: i32 = 100_000;

/// An answer to the survey. Parts of the turnover may be left out; those that are given add up to no more than it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerIn {
    /// `2026`, `2026-S2`, `2026-11`.
    #[schema(example = "2026-S2")]
    period: String,
    /// In rupiah, of the whole period unless `months` says otherwise.
    turnover: i64,
    /// How many months the turnover is of: 1 for "a month".
    months: Option<i32>,
    turnover_local: Option<i64>,
    turnover_domestic: Option<i64>,
    turnover_export: Option<i64>,
    /// Share of the turnover that is sold online, 0 to 100.
    online_percent: Option<i32>,
    export_countries: Option<Vec<String>>,
    workers_male: Option<i32>,
    workers_female: Option<i32>,
}

/// A checked answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub period: Period,
    pub months: i32,
    pub turnover: Rupiah,
    pub local: Option<Rupiah>,
    pub domestic: Option<Rupiah>,
    pub export: Option<Rupiah>,
    pub online_percent: Option<i32>,
    /// With `;` between them.
    pub export_countries: Option<String>,
    pub workers_male: Option<i32>,
    pub workers_female: Option<i32>,
}

fn money(amount: i64) -> Result<Rupiah, Fault> {
    Rupiah::new(amount)
        .map_err(|_| Fault::new("amount", "Jumlah rupiah tidak benar.", "Not an amount in rupiah."))
}

impl AnswerIn {
    /// Checks an answer; all faults at once.
    pub fn parse(self, fields: &mut Fields) -> Option<Answer> {
        let period = fields.take("/period", Period::parse(&self.period));
        let turnover = fields.take("/turnover", money(self.turnover));
        let months = period.map_or(12, Period::months);
        let months = fields.take("/months", number(self.months.unwrap_or(months), 1, months));
        let local = fields.take_opt("/turnover_local", self.turnover_local.map(money));
        let domestic = fields.take_opt("/turnover_domestic", self.turnover_domestic.map(money));
        let export = fields.take_opt("/turnover_export", self.turnover_export.map(money));
        let share = self.online_percent.map(|percent| number(percent, 0, 100));
        let share = fields.take_opt("/online_percent", share);
        let people = |count: Option<i32>| count.map(|count| number(count, 0, MOST_WORKERS));
        let male = fields.take_opt("/workers_male", people(self.workers_male));
        let female = fields.take_opt("/workers_female", people(self.workers_female));
        let countries = self.export_countries.unwrap_or_default();
        let countries = fields.take("/export_countries", self::countries(&countries));
        let answer = Answer {
            period: period?,
            months: months?,
            turnover: turnover?,
            local: local?,
            domestic: domestic?,
            export: export?,
            online_percent: share?,
            export_countries: countries?,
            workers_male: male?,
            workers_female: female?,
        };
        if !answer.adds_up() {
            fields.push("/turnover", too_little());
        }
        Some(answer)
    }
}

impl Answer {
    fn adds_up(&self) -> bool {
        let parts = [self.local, self.domestic, self.export].into_iter().flatten();
        parts.map(|part| i128::from(part.get())).sum::<i128>() <= i128::from(self.turnover.get())
    }
}

fn countries(names: &[String]) -> Result<Option<String>, Fault> {
    let names: Result<Vec<String>, Fault> = names.iter().map(|name| text(name, 2, 60, false)).collect();
    let names = names?;
    if names.len() > 50 || names.iter().any(|name| name.contains(';')) {
        return Err(Fault::new("countries", "Daftar negara tidak benar.", "Not a list of countries."));
    }
    Ok(Some(names.join(";")).filter(|text| !text.is_empty()))
}

fn too_little() -> Fault {
    Fault::new("sum", "Lebih kecil daripada jumlah bagiannya.", "Less than its parts add up to.")
}

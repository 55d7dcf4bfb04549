//! Portions of a day: when something is made, how late it can be ordered, in which windows and districts it is brought.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::entity::{meal_day, meal_plan};
use crate::kernel::clock::{business_date, start_of_business_day};
use crate::kernel::fields::{Fault, Fields, number};
use crate::kernel::{FieldError, region};

/// Nobody orders further ahead.
pub const HORIZON_DAYS: u64 = 60;
/// Most portions of a day.
const MAX_PORTIONS: i32 = 100_000;
/// Most windows and districts of a plan.
const MAX_LISTED: usize = 60;

/// How late can be ordered for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutoff {
    /// Until the day, or its window, begins.
    None,
    /// So many hours before the window, or the day, begins.
    Hours(i32),
    /// Until a minute of a day so many days before.
    Day { days: i32, minute: i32 },
}

/// A time of day in which something is brought, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    from: i32,
    to: i32,
}

/// When a product is made, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Portions, Monday first; nothing on a day of rest.
    pub weekdays: [i32; 7],
    pub cutoff: Cutoff,
    pub windows: Vec<Window>,
    /// Codes of districts; none is everywhere.
    pub districts: Vec<String>,
}

/// The columns of a plan, wherever they were read.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    pub weekdays: &'a str,
    pub cutoff: (Option<i32>, Option<i32>, Option<i32>),
    pub windows: &'a str,
    pub districts: &'a str,
}

/// A plan as a request has it.
#[derive(Debug)]
pub struct RawPlan {
    pub weekdays: Vec<i32>,
    pub cutoff_hours: Option<i32>,
    pub cutoff_days: Option<i32>,
    pub cutoff_time: Option<String>,
    pub windows: Vec<String>,
    pub districts: Vec<String>,
}

/// A day for which can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Free {
    pub date: NaiveDate,
    pub left: i32,
}

impl Window {
    /// `10:00-12:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let window = Self { from: minute(from.trim())?, to: minute(to.trim())? };
        (window.from < window.to).then_some(window)
    }

    /// As people write it.
    pub fn text(self) -> String {
        format!("{}-{}", clock(self.from), clock(self.to))
    }
}

/// `15:00` or `15.00` as minutes of the day.
fn minute(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once([':', '.'])?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute): (i32, i32) =
        (digits(hour).then(|| hour.parse().ok())??, digits(minute).then(|| minute.parse().ok())??);
    (hour < 24 && minute < 60).then_some(60 * hour + minute)
}

/// Minutes of the day as `15:00`.
pub fn clock(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl Plan {
    /// Checks a plan; all faults at once.
    pub fn parse(raw: &RawPlan) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let weekdays = fields.take("/weekdays", weekdays(&raw.weekdays));
        let windows = fields.take("/windows", each(&raw.windows, Window::parse, wrong_window));
        let known = |code: &str| region::name_of(code).map(|_| code.to_owned());
        let districts = fields.take("/districts", each(&raw.districts, known, wrong_district));
        let cutoff = match (raw.cutoff_hours, raw.cutoff_days, &raw.cutoff_time) {
            (None, None, None) => Some(Cutoff::None),
            (Some(hours), None, None) => {
                fields.take("/cutoff_hours", number(hours, 0, 24 * 30)).map(Cutoff::Hours)
            }
            (None, Some(days), Some(time)) => {
                let days = fields.take("/cutoff_days", number(days, 0, 30));
                let minute = fields.take("/cutoff_time", minute(time).ok_or_else(wrong_time));
                days.zip(minute).map(|(days, minute)| Cutoff::Day { days, minute })
            }
            _ => {
                fields.push("/cutoff_hours", one_cutoff());
                None
            }
        };
        match (weekdays, cutoff, windows, districts) {
            (Some(weekdays), Some(cutoff), Some(windows), Some(districts)) => {
                Ok(Self { weekdays, cutoff, windows, districts })
            }
            _ => Err(fields.into_errors()),
        }
    }

    /// From its columns; what is unreadable is a day of rest.
    pub fn decode(stored: Stored<'_>) -> Self {
        let texts = |column: &str| serde_json::from_str::<Vec<String>>(column).unwrap_or_default();
        Self {
            weekdays: serde_json::from_str(stored.weekdays).unwrap_or_default(),
            cutoff: match stored.cutoff {
                (Some(hours), _, _) => Cutoff::Hours(hours),
                (None, Some(days), Some(minute)) => Cutoff::Day { days, minute },
                _ => Cutoff::None,
            },
            windows: texts(stored.windows).iter().filter_map(|text| Window::parse(text)).collect(),
            districts: texts(stored.districts),
        }
    }

    /// Of a row.
    pub fn of(row: &meal_plan::Model) -> Self {
        Self::decode(Stored {
            weekdays: &row.weekdays,
            cutoff: (row.cutoff_hours, row.cutoff_days, row.cutoff_minute),
            windows: &row.windows,
            districts: &row.districts,
        })
    }

    /// The cut-off as it is stored: hours, or days and a minute.
    pub fn cutoff_columns(&self) -> (Option<i32>, Option<i32>, Option<i32>) {
        match self.cutoff {
            Cutoff::None => (None, None, None),
            Cutoff::Hours(hours) => (Some(hours), None, None),
            Cutoff::Day { days, minute } => (None, Some(days), Some(minute)),
        }
    }

    /// What is made on such a weekday.
    pub fn usual(&self, date: NaiveDate) -> i32 {
        let index = usize::try_from(date.weekday().num_days_from_monday()).unwrap_or(0);
        self.weekdays.get(index).copied().unwrap_or(0)
    }

    /// The last moment to order for a day and, if one is chosen, its window.
    pub fn deadline(&self, date: NaiveDate, window: Option<Window>) -> DateTime<Utc> {
        let day = start_of_business_day(date);
        let opens = window.or_else(|| self.windows.iter().copied().max_by_key(|window| window.from));
        let begins = day + Duration::minutes(opens.map_or(0, |window| window.from).into());
        match self.cutoff {
            Cutoff::None => begins,
            Cutoff::Hours(hours) => begins - Duration::hours(hours.into()),
            Cutoff::Day { days, minute } => {
                day - Duration::days(days.into()) + Duration::minutes(minute.into())
            }
        }
    }

    /// Finds the window that a buyer names; any text is fine where the shop has none.
    pub fn window(&self, wished: Option<&str>) -> Result<Option<Window>, Fault> {
        if self.windows.is_empty() {
            return Ok(None);
        }
        let found = wished.and_then(Window::parse).filter(|window| self.windows.contains(window));
        found.map(Some).ok_or_else(|| self.no_such_window())
    }

    /// Whether somebody may order for this day now; whether portions are left is another matter.
    pub fn check(
        &self,
        date: NaiveDate,
        window: Option<Window>,
        (day, now): (Option<&meal_day::Model>, DateTime<Utc>),
    ) -> Result<(), Fault> {
        if business_date(now) + Days::new(HORIZON_DAYS) < date {
            return Err(too_far());
        }
        self.check_open(date, day)?;
        if now >= self.deadline(date, window) { Err(too_late()) } else { Ok(()) }
    }

    /// Whether it is made on this day.
    pub fn check_open(&self, date: NaiveDate, day: Option<&meal_day::Model>) -> Result<(), Fault> {
        let closed = day.map_or(self.usual(date) == 0, |day| day.is_closed || day.planned == 0);
        if closed { Err(closed_day()) } else { Ok(()) }
    }

    /// What is left of a day. More may be ordered than is made now: orders stay when a shop makes less.
    pub fn left(&self, date: NaiveDate, day: Option<&meal_day::Model>) -> i32 {
        match day {
            Some(day) if day.is_closed || day.is_sold_out => 0,
            Some(day) => day.capacity - day.taken,
            None => self.usual(date),
        }
    }

    /// The next days for which can be ordered.
    pub fn next_free(&self, days: &[meal_day::Model], now: DateTime<Utc>, most: usize) -> Vec<Free> {
        let known: BTreeMap<&str, &meal_day::Model> =
            days.iter().map(|day| (day.day.as_str(), day)).collect();
        let today = business_date(now);
        let dates = (0..=HORIZON_DAYS).map(|ahead| today + Days::new(ahead));
        let free = dates.filter_map(|date| {
            let day = known.get(date.to_string().as_str()).copied();
            let left = self.left(date, day);
            (left > 0 && self.check(date, None, (day, now)).is_ok()).then_some(Free { date, left })
        });
        free.take(most).collect()
    }

    fn no_such_window(&self) -> Fault {
        let all = self.windows.iter().map(|window| window.text()).collect::<Vec<_>>().join(", ");
        Fault::new("unknown-window", format!("Jam antar: {all}."), format!("The windows are {all}."))
    }
}

fn weekdays(raw: &[i32]) -> Result<[i32; 7], Fault> {
    let seven: Result<[i32; 7], _> = raw.try_into();
    let seven = seven.map_err(|_| {
        Fault::new("seven-days", "Isi tujuh angka, mulai Senin.", "Give seven numbers, Monday first.")
    })?;
    seven.iter().try_for_each(|portions| number(*portions, 0, MAX_PORTIONS).map(|_| ()))?;
    Ok(seven)
}

/// The portions of one day.
pub fn capacity(portions: i32) -> Result<i32, Fault> {
    number(portions, 0, MAX_PORTIONS)
}

fn each<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Option<T>,
    fault: fn() -> Fault,
) -> Result<Vec<T>, Fault> {
    if texts.len() > MAX_LISTED {
        return Err(Fault::new("too-many", "Terlalu banyak.", "Too many."));
    }
    texts.iter().map(|text| parse(text)).collect::<Option<_>>().ok_or_else(fault)
}

fn wrong_window() -> Fault {
    Fault::new("wrong-window", "Tulis jam antar seperti 10:00-12:00.", "Write a window like 10:00-12:00.")
}

fn wrong_district() -> Fault {
    Fault::new("unknown-district", "Kode kecamatan tidak dikenal.", "Unknown district code.")
}

fn wrong_time() -> Fault {
    Fault::new("wrong-time", "Tulis jam seperti 15:00.", "Write a time like 15:00.")
}

fn one_cutoff() -> Fault {
    Fault::new(
        "one-cut-off",
        "Isi cutoff_hours saja, atau cutoff_days bersama cutoff_time.",
        "Give cutoff_hours alone, or cutoff_days with cutoff_time.",
    )
}

fn too_far() -> Fault {
    Fault::new(
        "too-far",
        format!("Paling jauh {HORIZON_DAYS} hari ke depan."),
        format!("At most {HORIZON_DAYS} days ahead."),
    )
}

fn closed_day() -> Fault {
    Fault::new("closed-day", "Toko tidak membuatnya pada hari itu.", "It is not made on that day.")
}

fn too_late() -> Fault {
    Fault::new(
        "too-late",
        "Sudah lewat batas waktu pemesanan untuk hari itu.",
        "It is too late to order for that day.",
    )
}

#[cfg(test)]
mod tests;

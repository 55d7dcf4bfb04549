//! What a survey is about: a year, a semester or a month, in the time of Jakarta.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};

use crate::kernel::clock::business_date;
use crate::kernel::fields::Fault;

/// `2026`, `2026-S2` or `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    year: i32,
    /// The first month, and how many.
    from: u32,
    months: u32,
}

impl Period {
    /// Reads a period.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let fault = || {
            Fault::new("period", "Isi seperti 2026, 2026-S2 atau 2026-11.", "Like 2026, 2026-S2 or 2026-11.")
        };
        let (year, part) = match text.split_once('-') {
            Some((year, part)) => (year, Some(part)),
            None => (text, None),
        };
        if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fault());
        }
        let year: i32 = year.parse().map_err(|_| fault())?;
        let (from, months) = match part {
            None => (1, 12),
            Some("S1") => (1, 6),
            Some("S2") => (7, 6),
            Some(month) if month.len() == 2 => match month.parse() {
                Ok(month @ 1..=12) => (month, 1),
                _ => return Err(fault()),
            },
            Some(_) => return Err(fault()),
        };
        if (1990..=2200).contains(&year) { Ok(Self { year, from, months }) } else { Err(fault()) }
    }

    /// The semester of a moment.
    pub fn semester_of(now: DateTime<Utc>) -> Self {
        let today = business_date(now);
        Self { year: today.year(), from: if today.month() <= 6 { 1 } else { 7 }, months: 6 }
    }

    /// The year it is in.
    pub fn year(self) -> i32 {
        self.year
    }

    /// How many months it has.
    pub fn months(self) -> i32 {
        self.months.try_into().unwrap_or(12)
    }

    /// Its first month, and the one after its last: `(year, month)`.
    pub fn bounds(self) -> [(i32, u32); 2] {
        let end = self.from + self.months;
        [(self.year, self.from), if end > 12 { (self.year + 1, end - 12) } else { (self.year, end) }]
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.from) {
            (12, _) => write!(f, "{}", self.year),
            (6, 1) => write!(f, "{}-S1", self.year),
            (6, _) => write!(f, "{}-S2", self.year),
            (_, month) => write!(f, "{}-{month:02}", self.year),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_come_back_as_they_are_written() {
        for (text, months) in [("2026", 12), ("2026-S1", 6), ("2026-S2", 6), ("2026-11", 1)] {
            let period = Period::parse(text).unwrap();
            assert_eq!((period.to_string().as_str(), period.months()), (text, months));
        }
        for bad in ["", "26", "2026-13", "2026-S3", "2026-1", "1026", "2026-", "+026", "x"] {
            assert!(Period::parse(bad).is_err(), "{bad}");
        }
        let now = "2026-06-30T18:00:00Z".parse().unwrap();
        assert_eq!(Period::semester_of(now).to_string(), "2026-S2", "it is July in Jakarta");
        assert_eq!(Period::parse("2026-S2").unwrap().bounds(), [(2026, 7), (2027, 1)]);
        assert_eq!(Period::parse("2026-12").unwrap().bounds(), [(2026, 12), (2027, 1)]);
    }
}

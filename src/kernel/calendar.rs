//! Working days in Asia/Jakarta: Monday to Friday without holidays. All deadlines that the law or a shop counts in working days.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};

use super::clock::{business_date, start_of_business_day};

/// Further than this nobody looks for a working day: a table full of holidays must not hang a request.
const FURTHEST: usize = 3660;

/// Which days are worked on.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    holidays: BTreeSet<NaiveDate>,
}

impl WorkingDays {
    /// A week without weekends and these days.
    pub fn without(holidays: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self { holidays: holidays.into_iter().collect() }
    }

    /// True if people work on this day.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day)
    }

    /// `days` working days later, at the same time of day; what begins on a free day begins with the next working day.
    ///
    /// A deadline therefore never falls on a free day, and two steps are as long as one over both.
    pub fn add_working_days(&self, at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
        let today = business_date(at);
        let (mut day, time) = if self.is_working(today) {
            (today, at - start_of_business_day(today))
        } else {
            (self.next_working(today), chrono::Duration::zero())
        };
        for _ in 0..days {
            day = self.next_working(day);
        }
        start_of_business_day(day) + time
    }

    /// Working days from the day of one moment to the day of another, without the first.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        let (first, last) = (business_date(from), business_date(to));
        first.iter_days().skip(1).take_while(|day| *day <= last).filter(|day| self.is_working(*day)).count()
    }

    fn next_working(&self, day: NaiveDate) -> NaiveDate {
        let later = day.iter_days().skip(1).take(FURTHEST);
        let found = later.into_iter().find(|day| self.is_working(*day));
        found.unwrap_or_else(|| day.checked_add_days(Days::new(1)).unwrap_or(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn christmas() -> WorkingDays {
        WorkingDays::without([day("2026-12-24"), day("2026-12-25"), day("2027-01-01")])
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        let days = christmas();
        // A Tuesday, 10.00 in Jakarta.
        let tuesday = at("2026-11-24T03:00:00Z");
        assert_eq!(days.add_working_days(tuesday, 0), tuesday);
        assert_eq!(days.add_working_days(tuesday, 3), at("2026-11-27T03:00:00Z"));
        assert_eq!(days.add_working_days(tuesday, 4), at("2026-11-30T03:00:00Z"));
        // The Wednesday before Christmas.
        assert_eq!(days.add_working_days(at("2026-12-23T03:00:00Z"), 1), at("2026-12-28T03:00:00Z"));
    }

    #[test]
    fn what_begins_on_a_free_day_begins_with_the_next_working_day() {
        let days = christmas();
        // Saturday evening: the clock starts on Monday at midnight in Jakarta.
        assert_eq!(days.add_working_days(at("2026-11-28T12:00:00Z"), 0), at("2026-11-29T17:00:00Z"));
        assert_eq!(days.add_working_days(at("2026-11-28T12:00:00Z"), 1), at("2026-11-30T17:00:00Z"));
        // It is still Friday in UTC, but Saturday in Jakarta.
        assert_eq!(days.add_working_days(at("2026-11-27T18:00:00Z"), 1), at("2026-11-30T17:00:00Z"));
    }

    #[test]
    fn a_table_full_of_holidays_does_not_hang() {
        let always = day("2026-01-01").iter_days().take(5000);
        let days = WorkingDays::without(always);
        assert!(days.add_working_days(at("2026-01-05T00:00:00Z"), 3) > at("2026-01-05T00:00:00Z"));
    }

    prop_compose! {
        fn any_calendar()(offsets in prop::collection::vec(0..400_u64, 0..60)) -> WorkingDays {
            WorkingDays::without(offsets.into_iter().map(|days| day("2026-01-01") + Days::new(days)))
        }
    }

    proptest! {
        #[test]
        fn a_deadline_falls_on_a_working_day(days in any_calendar(), minutes in 0..500_000_i64, n in 0..20_u32) {
            let start = at("2025-12-31T17:00:00Z") + chrono::Duration::minutes(minutes);
            let end = days.add_working_days(start, n);
            prop_assert!(days.is_working(business_date(end)));
            prop_assert!(end >= start);
            let worked = days.is_working(business_date(start));
            let free_start = usize::from(!worked);
            prop_assert_eq!(days.between(start, end), n as usize + free_start);
        }

        #[test]
        fn two_steps_are_as_long_as_one(days in any_calendar(), minutes in 0..500_000_i64, a in 0..10_u32, b in 0..10_u32) {
            let start = at("2025-12-31T17:00:00Z") + chrono::Duration::minutes(minutes);
            let in_two = days.add_working_days(days.add_working_days(start, a), b);
            prop_assert_eq!(in_two, days.add_working_days(start, a + b));
        }

        #[test]
        fn who_begins_later_ends_no_earlier(days in any_calendar(), minutes in 0..500_000_i64, more in 0..5_000_i64, n in 0..10_u32) {
            let start = at("2025-12-31T17:00:00Z") + chrono::Duration::minutes(minutes);
            let later = start + chrono::Duration::minutes(more);
            prop_assert!(days.add_working_days(start, n) <= days.add_working_days(later, n));
        }

        #[test]
        fn a_new_holiday_never_shortens_a_deadline(days in any_calendar(), extra in 0..400_u64, minutes in 0..500_000_i64, n in 0..10_u32) {
            let start = at("2025-12-31T17:00:00Z") + chrono::Duration::minutes(minutes);
            let mut more = days.clone();
            more.holidays.insert(day("2026-01-01") + Days::new(extra));
            prop_assert!(days.add_working_days(start, n) <= more.add_working_days(start, n));
        }
    }
}

//! The only source of time. Real in production, moved by hand in tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, SubsecRound, Utc};

/// West Indonesian Time (Asia/Jakarta) is UTC+7 all year, without daylight saving.
const WIB_HOURS: i64 = 7;

/// Tells the time, cut to microseconds because PostgreSQL keeps no more.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Microseconds since 1970, moved by tests.
    Fake(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `start` until [`Clock::advance`].
    pub fn fake(start: DateTime<Utc>) -> Self {
        Self::Fake(Arc::new(AtomicI64::new(start.timestamp_micros())))
    }

    /// The present moment in UTC, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the one place that reads the machine's clock"
            )]
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Fake(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fake clock forward; the machine's clock does not listen.
    pub fn advance(&self, by: Duration) {
        if let Self::Fake(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }
}

/// The date in Asia/Jakarta, the time of all business rules.
pub fn business_date(at: DateTime<Utc>) -> NaiveDate {
    (at + Duration::hours(WIB_HOURS)).date_naive()
}

/// The moment at which a date begins in Asia/Jakarta.
pub fn start_of_business_day(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc() - Duration::hours(WIB_HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_business_day_starts_at_midnight_in_jakarta() {
        let before = "2026-11-23T16:59:59Z".parse().unwrap();
        let after = "2026-11-23T17:00:00Z".parse().unwrap();
        assert_eq!(business_date(before).to_string(), "2026-11-23");
        assert_eq!(business_date(after).to_string(), "2026-11-24");
        assert_eq!(start_of_business_day(business_date(after)), after);
    }

    #[test]
    fn a_fake_clock_moves_only_by_hand() {
        let clock = Clock::fake("2026-01-01T00:00:00Z".parse().unwrap());
        let start = clock.now();
        clock.advance(Duration::seconds(5));
        assert_eq!(clock.now() - start, Duration::seconds(5));
    }

    #[test]
    fn the_machine_clock_is_cut_to_microseconds() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1000, 0);
    }
}

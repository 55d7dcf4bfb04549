//! A circuit breaker: after several failures in a row callers are turned away at once until a pause is over.
//!
//! Pure; the caller brings the time.

use chrono::{DateTime, TimeDelta, Utc};

/// Whether a call may be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    most_failures: u32,
    pause: TimeDelta,
    open_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// Opens for `pause` after `most_failures` failures in a row.
    pub fn new(most_failures: u32, pause: TimeDelta) -> Self {
        Self { failures: 0, most_failures, pause, open_until: None }
    }

    /// Whether a call may be tried now. After the pause one caller gets through; the others wait for its outcome.
    pub fn allows(&mut self, now: DateTime<Utc>) -> bool {
        match self.open_until {
            Some(until) if now < until => false,
            Some(_) => {
                // Whoever asks next is turned away until this trial has ended, or another pause is over.
                self.open_until = Some(now + self.pause);
                true
            }
            None => true,
        }
    }

    /// Whether calls are turned away now.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.open_until.is_some_and(|until| now < until)
    }

    /// Notes a call that worked.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
    }

    /// Notes a call that failed.
    pub fn failed(&mut self, now: DateTime<Utc>) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.most_failures {
            self.open_until = Some(now + self.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Breaker;
    use chrono::{DateTime, TimeDelta, Utc};

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn it_opens_pauses_tries_one_and_closes() {
        let mut breaker = Breaker::new(3, TimeDelta::seconds(10));
        for second in 0..2 {
            breaker.failed(at(second));
        }
        assert!(breaker.allows(at(2)), "two failures are not enough");
        breaker.failed(at(2));
        assert!(!breaker.allows(at(11)));
        assert!(breaker.allows(at(12)), "one trial after the pause");
        assert!(!breaker.allows(at(13)), "and only one");
        breaker.failed(at(14));
        assert!(!breaker.allows(at(23)));
        assert!(breaker.allows(at(24)));
        breaker.succeeded();
        assert!(breaker.allows(at(25)) && !breaker.is_open(at(25)));
    }
}

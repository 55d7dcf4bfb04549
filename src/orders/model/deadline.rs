//! Until when somebody has to do something about an order: fixed by the move that begins the waiting, never moved.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Accepted, Completed, Delivered, Paid, Placed, Status};
use crate::config;
use crate::kernel::WorkingDays;
use crate::kernel::clock::start_of_business_day;
use crate::orders::entity::order;

/// What an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The shop to take it on.
    Accept,
    /// The shop to send it.
    Ship,
    /// The buyer to say that it came.
    Complete,
}

/// A moment in the waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Half of the time is over.
    Half,
    /// A day is left.
    LastDay,
    /// The time is over.
    End,
}

impl Step {
    /// As it is kept with the order.
    pub fn number(self) -> i32 {
        match self {
            Self::Half => 1,
            Self::LastDay => 2,
            Self::End => 3,
        }
    }
}

impl Stage {
    /// What an order in this state waits for.
    pub fn of(status: Status) -> Option<Self> {
        match status {
            Placed | Paid => Some(Self::Accept),
            Accepted => Some(Self::Ship),
            Delivered => Some(Self::Complete),
            _ => None,
        }
    }

    /// When the waiting ends.
    pub fn end(self, order: &order::Model) -> Option<DateTime<Utc>> {
        match self {
            Self::Accept => order.accept_by,
            Self::Ship => order.ship_by,
            Self::Complete => order.complete_at,
        }
    }
}

/// The first moment of a waiting.
pub fn first_step(begun: DateTime<Utc>, end: DateTime<Utc>) -> (Step, DateTime<Utc>) {
    (Step::Half, begun + (end - begun) / 2)
}

/// The moment after this one; none after the end.
pub fn next_step(step: Step, now: DateTime<Utc>, end: DateTime<Utc>) -> Option<(Step, DateTime<Utc>)> {
    let last_day = end - Duration::days(1);
    match step {
        Step::Half if last_day > now => Some((Step::LastDay, last_day)),
        Step::Half | Step::LastDay => Some((Step::End, end)),
        Step::End => None,
    }
}

/// Working days that are promised to an order when it is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    pub accept: i32,
    pub ship: i32,
    pub complete: i32,
    pub give_back: i32,
    pub dispute: i32,
}

impl Promise {
    /// By the settings, and by the days that the articles take to make.
    pub fn of(settings: &config::Orders, lead_times: impl Iterator<Item = i32>) -> Self {
        let lead = lead_times.max().unwrap_or(0);
        Self {
            accept: settings.accept_days.into(),
            ship: i32::from(settings.ship_days).max(lead),
            complete: settings.complete_days.into(),
            give_back: settings.return_days.into(),
            dispute: settings.dispute_days.into(),
        }
    }
}

/// Moments that a move fixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    pub accept_by: Option<DateTime<Utc>>,
    pub ship_by: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub complete_at: Option<DateTime<Utc>>,
    pub return_by: Option<DateTime<Utc>>,
    pub dispute_by: Option<DateTime<Utc>>,
}

/// True if a move to this state begins a waiting or a window.
pub fn begins_something(to: Status) -> bool {
    Stage::of(to).is_some() || to == Completed
}

/// What a move to `to` fixes, by the days that were promised when the order was placed.
pub fn moments(order: &order::Model, to: Status, days: &WorkingDays, now: DateTime<Utc>) -> Moments {
    let after = |count: i32| Some(days.add_working_days(now, count.unsigned_abs()));
    let mut moments = Moments::default();
    match to {
        // What is made for a day brings the moment from which on it is too late.
        Placed | Paid => {
            let usual = after(order.accept_days);
            moments.accept_by = usual.into_iter().chain(order.accept_by).min();
        }
        Accepted => moments.ship_by = Some(ship_by(order, days, now)),
        Delivered | Completed if order.delivered_at.is_none() => {
            moments.delivered_at = Some(now);
            moments.return_by = after(order.return_days);
            moments.dispute_by = after(order.dispute_days);
        }
        _ => {}
    }
    if to == Delivered {
        moments.complete_at = after(order.complete_days);
    }
    moments
}

/// The day of delivery if there is one ahead, else so many working days.
fn ship_by(order: &order::Model, days: &WorkingDays, now: DateTime<Utc>) -> DateTime<Utc> {
    let date = order.delivery_date.as_deref().and_then(|date| date.parse::<NaiveDate>().ok());
    let end_of_date = date.and_then(|date| date.succ_opt()).map(start_of_business_day);
    let usual = || days.add_working_days(now, order.ship_days.unsigned_abs());
    end_of_date.filter(|end| *end > now).unwrap_or_else(usual)
}

#[cfg(test)]
mod tests {
    use super::super::action::tests::an_order;
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_move_fixes_its_deadlines_and_no_others() {
        let days = WorkingDays::default();
        // A Tuesday.
        let now = at("2026-11-24T03:00:00Z");
        let paid = moments(&an_order(Paid), Paid, &days, now);
        assert_eq!(paid, Moments { accept_by: Some(at("2026-11-27T03:00:00Z")), ..Moments::default() });
        let mut meal = an_order(super::super::AwaitingPayment);
        for (cap, end) in [
            ("2026-11-24T17:00:00Z", "2026-11-24T17:00:00Z"),
            ("2026-12-24T17:00:00Z", "2026-11-27T03:00:00Z"),
        ] {
            meal.accept_by = Some(at(cap));
            assert_eq!(moments(&meal, Paid, &days, now).accept_by, Some(at(end)));
        }
        let mut order = an_order(Paid);
        assert_eq!(moments(&order, Accepted, &days, now).ship_by, Some(at("2026-12-01T03:00:00Z")));
        order.delivery_date = Some("2026-11-25".to_owned());
        assert_eq!(moments(&order, Accepted, &days, now).ship_by, Some(at("2026-11-25T17:00:00Z")));
        order.delivery_date = Some("2026-11-20".to_owned());
        assert_eq!(moments(&order, Accepted, &days, now).ship_by, Some(at("2026-12-01T03:00:00Z")));
        let delivered = moments(&an_order(super::super::Shipped), Delivered, &days, now);
        assert_eq!(delivered.complete_at, Some(at("2026-11-27T03:00:00Z")));
        assert_eq!(delivered.return_by, Some(at("2026-11-26T03:00:00Z")));
        assert_eq!(delivered.dispute_by, Some(at("2026-12-03T03:00:00Z")));
    }

    #[test]
    fn completing_does_not_open_the_windows_again() {
        let mut order = an_order(Delivered);
        order.delivered_at = Some(at("2026-11-24T03:00:00Z"));
        let later = moments(&order, Completed, &WorkingDays::default(), at("2026-11-30T03:00:00Z"));
        assert_eq!(later, Moments::default());
    }

    #[test]
    fn reminders_come_at_half_time_and_on_the_last_day() {
        let (begun, end) = (at("2026-11-24T00:00:00Z"), at("2026-11-28T00:00:00Z"));
        let (step, half) = first_step(begun, end);
        assert_eq!((step, half), (Step::Half, at("2026-11-26T00:00:00Z")));
        assert_eq!(next_step(step, half, end), Some((Step::LastDay, at("2026-11-27T00:00:00Z"))));
        assert_eq!(next_step(Step::LastDay, at("2026-11-27T00:00:00Z"), end), Some((Step::End, end)));
        assert_eq!(next_step(Step::End, end, end), None);
        // Where the last day is more than half of it, once is enough.
        let soon = at("2026-11-25T00:00:00Z");
        assert_eq!(next_step(Step::Half, at("2026-11-24T12:00:00Z"), soon), Some((Step::End, soon)));
    }
}

//! Days, deadlines, and what is wrong with a plan.

use super::*;
use crate::kernel::ProductId;
use proptest::prelude::*;

fn raw() -> RawPlan {
    RawPlan {
        weekdays: vec![50, 50, 50, 50, 50, 20, 0],
        cutoff_hours: None,
        cutoff_days: Some(1),
        cutoff_time: Some("15:00".to_owned()),
        windows: vec!["07:00-09:00".to_owned(), "10.00-12.00".to_owned()],
        districts: vec!["32.16.09".to_owned()],
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn day(date: &str, capacity: i32, taken: i32) -> meal_day::Model {
    meal_day::Model {
        product_id: ProductId::generate(),
        day: date.to_owned(),
        planned: capacity,
        capacity,
        taken,
        is_exception: false,
        is_closed: false,
        is_sold_out: false,
    }
}

#[test]
fn the_day_before_until_three() {
    let plan = Plan::parse(&raw()).unwrap();
    let wednesday = date("2026-11-25");
    let before: DateTime<Utc> = "2026-11-24T07:59:59Z".parse().unwrap();
    assert!(plan.check(wednesday, None, (None, before)).is_ok());
    let after = before + Duration::seconds(1);
    assert_eq!(plan.check(wednesday, None, (None, after)).unwrap_err().code, "too-late");
    assert_eq!(plan.check(date("2026-11-29"), None, (None, before)).unwrap_err().code, "closed-day");
    assert_eq!(plan.check(date("2027-11-29"), None, (None, before)).unwrap_err().code, "too-far");
    assert_eq!(plan.check(date("2026-11-20"), None, (None, before)).unwrap_err().code, "too-late");
}

#[test]
fn hours_count_from_the_window() {
    let plan = Plan { cutoff: Cutoff::Hours(3), ..Plan::parse(&raw()).unwrap() };
    let window = plan.window(Some("10:00-12:00")).unwrap();
    let deadline = plan.deadline(date("2026-11-25"), window);
    assert_eq!(deadline.to_rfc3339(), "2026-11-25T00:00:00+00:00");
    assert_eq!(plan.window(Some("13:00-14:00")).unwrap_err().code, "unknown-window");
    assert_eq!(plan.window(None).unwrap_err().code, "unknown-window");
}

#[test]
fn free_days_are_those_with_portions_left() {
    let plan = Plan::parse(&raw()).unwrap();
    let now: DateTime<Utc> = "2026-11-24T03:00:00Z".parse().unwrap();
    let mut closed = day("2026-11-27", 50, 0);
    closed.is_closed = true;
    let days = [day("2026-11-25", 50, 50), day("2026-11-26", 50, 49), closed, day("2026-11-29", 5, 0)];
    let free: Vec<(String, i32)> =
        plan.next_free(&days, now, 3).iter().map(|free| (free.date.to_string(), free.left)).collect();
    let expected = [("2026-11-26", 1), ("2026-11-28", 20), ("2026-11-29", 5)];
    assert_eq!(free, expected.map(|(date, left)| (date.to_owned(), left)));
}

#[test]
fn every_fault_of_a_plan_is_named() {
    let wrong = RawPlan {
        weekdays: vec![1],
        cutoff_hours: Some(1),
        cutoff_days: Some(1),
        cutoff_time: None,
        windows: vec!["12:00-10:00".to_owned()],
        districts: vec!["99.99.99".to_owned()],
    };
    let faults = Plan::parse(&wrong).unwrap_err();
    let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(pointers, ["/weekdays", "/windows", "/districts", "/cutoff_hours"]);
}

proptest! {
    #[test]
    fn windows_come_back_from_their_text(from in 0..1439i32, length in 1..600i32) {
        let to = (from + length).min(1439);
        prop_assume!(from < to);
        let window = Window { from, to };
        prop_assert_eq!(Window::parse(&window.text()), Some(window));
    }
}

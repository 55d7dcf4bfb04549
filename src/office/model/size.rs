//! Size classes of businesses by what they sell in a year.

use chrono::NaiveDate;

/// Bounds that hold from a day on; a business at the bound is still in the class.
struct Rule {
    from: (i32, u32, u32),
    bounds: [(&'static str, i64); 3],
}

/// The last one that has begun holds.
const RULES: &[Rule] = &[
    // PP 7/2021, article 35: annual sales of businesses that exist already.
    Rule {
        from: (2021, 2, 2),
        bounds: [("micro", 2_000_000_000), ("small", 15_000_000_000), ("medium", 50_000_000_000)],
    },
];

/// Every class, the smallest first.
pub const CLASSES: [&str; 5] = ["micro", "small", "medium", "large", "unknown"];

/// The class of what is sold in a month, on a day.
pub fn class_of(monthly: Option<i64>, today: NaiveDate) -> &'static str {
    let begun = |rule: &&Rule| {
        let (year, month, day) = rule.from;
        NaiveDate::from_ymd_opt(year, month, day).is_some_and(|from| from <= today)
    };
    let (Some(monthly), Some(rule)) = (monthly, RULES.iter().rev().find(begun)) else {
        return "unknown";
    };
    let yearly = monthly.saturating_mul(12);
    let fits = rule.bounds.iter().find(|(_, most)| yearly <= *most);
    fits.map_or("large", |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_in_the_class() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let of = |yearly: i64| class_of(Some(yearly / 12), today);
        assert_eq!(of(1_999_999_992), "micro");
        assert_eq!(of(2_000_000_004), "small");
        assert_eq!(of(15_000_000_012), "medium");
        assert_eq!(of(60_000_000_000), "large");
        assert_eq!(class_of(None, today), "unknown");
        assert_eq!(class_of(Some(1), NaiveDate::from_ymd_opt(2020, 1, 1).unwrap()), "unknown");
    }
}

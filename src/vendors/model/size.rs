//! How large a business is. Thresholds are data with a date from which they hold (`config/finance/size_classes.csv`).

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::Rupiah;

/// The classes of the regulation on small business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SizeClass {
    /// Usaha mikro.
    Micro,
    /// Usaha kecil.
    Small,
    /// Usaha menengah.
    Medium,
    /// Usaha besar.
    Large,
}

struct Limit {
    valid_from: NaiveDate,
    class: SizeClass,
    capital: Option<i64>,
    turnover: Option<i64>,
}

static LIMITS: LazyLock<Vec<Limit>> = LazyLock::new(|| {
    let rows = include_str!("../../../config/finance/size_classes.csv").lines().skip(1);
    rows.filter_map(limit).collect()
});

fn limit(row: &str) -> Option<Limit> {
    let mut cells = row.trim_end().split(',');
    let valid_from = cells.next()?.parse().ok()?;
    let class = match cells.next()? {
        "micro" => SizeClass::Micro,
        "small" => SizeClass::Small,
        "medium" => SizeClass::Medium,
        "large" => SizeClass::Large,
        _ => return None,
    };
    let mut amount = || cells.next().and_then(|cell| cell.parse().ok());
    Some(Limit { valid_from, class, capital: amount(), turnover: amount() })
}

impl SizeClass {
    /// The class on a day: by the turnover of a year, or by capital for a business that has none yet.
    pub fn of(capital: Option<Rupiah>, turnover: Option<Rupiah>, on: NaiveDate) -> Option<Self> {
        let valid_from = LIMITS.iter().map(|limit| limit.valid_from).filter(|from| *from <= on).max()?;
        let fits = |limit: &&Limit| match (turnover, capital) {
            (Some(turnover), _) => limit.turnover.is_none_or(|most| turnover.get() <= most),
            (None, Some(capital)) => limit.capital.is_none_or(|most| capital.get() <= most),
            (None, None) => false,
        };
        LIMITS.iter().filter(|limit| limit.valid_from == valid_from).find(fits).map(|limit| limit.class)
    }

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// True for what purchases of the government are reserved for.
    pub const fn is_umk(self) -> bool {
        matches!(self, Self::Micro | Self::Small)
    }
}

#[cfg(test)]
mod tests {
    use SizeClass::{Large, Medium, Micro, Small};

    use super::*;

    fn class(capital: Option<i64>, turnover: Option<i64>) -> Option<SizeClass> {
        let rp = |amount: Option<i64>| amount.map(|amount| Rupiah::new(amount).unwrap());
        SizeClass::of(rp(capital), rp(turnover), NaiveDate::from_ymd_opt(2026, 11, 24).unwrap())
    }

    #[test]
    fn the_limits_belong_to_the_smaller_class() {
        for (turnover, expected) in [
            (0, Micro),
            (2_000_000_000, Micro),
            (2_000_000_001, Small),
            (15_000_000_000, Small),
            (15_000_000_001, Medium),
            (50_000_000_000, Medium),
            (50_000_000_001, Large),
        ] {
            assert_eq!(class(None, Some(turnover)), Some(expected), "{turnover}");
        }
        for (capital, expected) in [
            (1_000_000_000, Micro),
            (1_000_000_001, Small),
            (5_000_000_001, Medium),
            (10_000_000_000, Medium),
            (10_000_000_001, Large),
        ] {
            assert_eq!(class(Some(capital), None), Some(expected), "{capital}");
        }
    }

    #[test]
    fn sales_count_before_capital_and_nothing_says_nothing() {
        assert_eq!(class(Some(20_000_000_000), Some(1)), Some(Micro));
        assert_eq!(class(None, None), None);
        let before = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
        assert_eq!(SizeClass::of(None, Some(Rupiah::ZERO), before), None);
        assert!(Micro.is_umk() && Small.is_umk() && !Medium.is_umk() && !Large.is_umk());
    }
}

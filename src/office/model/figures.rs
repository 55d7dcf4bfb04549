//! Figures over many.

use serde::Serialize;
use utoipa::ToSchema;

/// How long things took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Durations {
    /// How many.
    pub count: usize,
    /// Half took no longer.
    pub median_minutes: i64,
    /// Nine of ten took no longer.
    pub p90_minutes: i64,
    pub longest_minutes: i64,
}

/// Sums up durations in minutes.
pub fn durations(minutes: impl Iterator<Item = i64>) -> Durations {
    let mut all: Vec<i64> = minutes.collect();
    all.sort_unstable();
    let at = |tenths: usize| {
        let rank = (all.len() * tenths).div_ceil(10).max(1);
        all.get(rank - 1).copied().unwrap_or(0)
    };
    Durations {
        count: all.len(),
        median_minutes: at(5),
        p90_minutes: at(9),
        longest_minutes: all.last().copied().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_ranked() {
        assert_eq!(durations([].into_iter()), Durations::default());
        let ten = durations((1..=10).rev());
        let expected = Durations { count: 10, median_minutes: 5, p90_minutes: 9, longest_minutes: 10 };
        assert_eq!(ten, expected);
        assert_eq!(durations([7].into_iter()).p90_minutes, 7);
    }
}

//! Rupiah in whole numbers: never a float, never below zero by accident, never a rupiah lost.

use std::fmt;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// A whole number of rupiah. The rupiah has no sub-unit in use, so 1 means Rp 1.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    DeriveValueType,
    utoipa::ToSchema,
)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = 0)]
pub struct Rupiah(i64);

/// Why an amount cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts are never below zero.
    #[error("an amount cannot be negative")]
    Negative,
    /// Larger than [`Rupiah::MAX`].
    #[error("the amount is too large")]
    Overflow,
}

impl Rupiah {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Rp 1,000 trillion: far above any budget of a regency, far below what breaks a sum in `i64`.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// An amount of rupiah between zero and [`Rupiah::MAX`].
    pub fn new(amount: i64) -> Result<Self, MoneyError> {
        match amount {
            ..0 => Err(MoneyError::Negative),
            _ if amount > Self::MAX.0 => Err(MoneyError::Overflow),
            _ => Ok(Self(amount)),
        }
    }

    /// The number of rupiah.
    pub fn get(self) -> i64 {
        self.0
    }

    /// True for Rp 0.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).ok_or(MoneyError::Overflow).and_then(Self::new)
    }

    /// The difference; fails below zero.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_sub(other.0).ok_or(MoneyError::Overflow).and_then(Self::new)
    }

    /// The price of `quantity` pieces.
    pub fn times(self, quantity: i32) -> Result<Self, MoneyError> {
        self.0.checked_mul(i64::from(quantity)).ok_or(MoneyError::Overflow).and_then(Self::new)
    }

    /// The sum of many.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Share of this amount, rounded half up to a whole rupiah.
    pub fn share(self, rate: BasisPoints) -> Self {
        let exact = i128::from(self.0) * i128::from(rate.0);
        // At most 100 % of self, so it fits.
        Self(i64::try_from((exact + 5_000) / 10_000).unwrap_or(self.0))
    }

    /// Splits the amount by weight by the largest remainder: the parts always add up.
    ///
    /// With all weights zero (or none) nothing is given out: the caller decides.
    pub fn split(self, weights: &[i64]) -> Vec<Self> {
        split_units(self.0, weights).into_iter().map(Self).collect()
    }
}

/// Splits whole units (rupiah, pieces) by weight by the largest remainder; ties go to the earlier part.
///
/// Weights below zero count as zero.
pub fn split_units(amount: i64, weights: &[i64]) -> Vec<i64> {
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from(*weight).max(0)).collect();
    let total: i128 = weights.iter().sum();
    if total == 0 || amount <= 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &i128| i128::from(amount) * weight;
    let mut parts: Vec<i64> =
        weights.iter().map(|weight| i64::try_from(exact(weight) / total).unwrap_or(0)).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(exact(&weights[*index]) % total));
    let missing = amount - parts.iter().sum::<i64>();
    for index in by_remainder.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[index] += 1;
    }
    parts
}

impl TryFrom<i64> for Rupiah {
    type Error = MoneyError;
    fn try_from(amount: i64) -> Result<Self, MoneyError> {
        Self::new(amount)
    }
}

impl From<Rupiah> for i64 {
    fn from(amount: Rupiah) -> Self {
        amount.0
    }
}

impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rp {}", dots(self.0))
    }
}

/// `1.250.000`, and `-1.250.000` below zero.
pub fn dots(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    if amount < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// A rate in hundredths of a per cent (1 % = 100), between 0 and 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// A rate of at most 100 %.
    pub fn new(points: u16) -> Result<Self, MoneyError> {
        if points > 10_000 { Err(MoneyError::Overflow) } else { Ok(Self(points)) }
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = MoneyError;
    fn try_from(points: u16) -> Result<Self, MoneyError> {
        Self::new(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rp(amount: i64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    #[test]
    fn shows_indonesian_thousands() {
        assert_eq!(rp(0).to_string(), "Rp 0");
        assert_eq!(rp(999).to_string(), "Rp 999");
        assert_eq!(rp(1_250_000).to_string(), "Rp 1.250.000");
    }

    #[test]
    fn refuses_what_cannot_be() {
        assert_eq!(Rupiah::new(-1), Err(MoneyError::Negative));
        assert_eq!(Rupiah::MAX.plus(rp(1)), Err(MoneyError::Overflow));
        assert_eq!(Rupiah::MAX.times(i32::MAX), Err(MoneyError::Overflow));
        assert_eq!(rp(1).times(-1), Err(MoneyError::Negative));
        assert_eq!(rp(1).minus(rp(2)), Err(MoneyError::Negative));
        assert!(serde_json::from_str::<Rupiah>("-5").is_err());
        assert!(serde_json::from_str::<Rupiah>("1.5").is_err());
    }

    #[test]
    fn splits_by_the_largest_remainder() {
        assert_eq!(split_units(100_000, &[1, 1, 1]), [33_334, 33_333, 33_333]);
        assert_eq!(split_units(10, &[7, 2, 1]), [7, 2, 1]);
        assert_eq!(split_units(1, &[1, 2]), [0, 1]);
        assert_eq!(split_units(5, &[0, 0]), [0, 0]);
        assert_eq!(split_units(5, &[]), Vec::<i64>::new());
    }

    #[test]
    fn a_share_rounds_half_up() {
        let half_percent = BasisPoints::new(50).unwrap();
        assert_eq!(rp(15_900).share(half_percent), rp(80));
        assert_eq!(rp(99).share(half_percent), rp(0));
        assert_eq!(rp(100).share(half_percent), rp(1));
    }

    proptest! {
        #[test]
        fn a_split_never_loses_a_rupiah(amount in 0..=Rupiah::MAX.get(), weights in prop::collection::vec(0..1_000_000i64, 1..30)) {
            let parts = rp(amount).split(&weights);
            let total: i64 = weights.iter().sum();
            let given: i64 = parts.iter().map(|part| part.get()).sum();
            prop_assert_eq!(given, if total == 0 { 0 } else { amount });
            for (part, weight) in parts.iter().zip(&weights) {
                if total > 0 {
                    let exact = i128::from(amount) * i128::from(*weight) / i128::from(total);
                    prop_assert!((i128::from(part.get()) - exact).abs() <= 1);
                }
            }
        }

        #[test]
        fn a_share_is_never_more_than_the_whole(amount in 0..=Rupiah::MAX.get(), points in 0..=10_000u16) {
            let share = rp(amount).share(BasisPoints::new(points).unwrap());
            prop_assert!(share <= rp(amount));
        }
    }
}

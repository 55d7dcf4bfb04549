//! What an article costs in a quantity: its price, or the price of the best tier reached.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::Rupiah;

/// A lower price from a quantity on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From this quantity on.
    pub min_quantity: i32,
    /// Per piece, in rupiah.
    pub price: Rupiah,
}

/// Tiers as stored with a variant. What cannot be read is no discount.
pub fn stored_tiers(text: &str) -> Vec<Tier> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The price of one piece when `quantity` are bought.
pub fn unit_price(price: Rupiah, tiers: &[Tier], quantity: i32) -> Rupiah {
    tiers.iter().filter(|tier| quantity >= tier.min_quantity).map(|tier| tier.price).fold(price, Rupiah::min)
}

/// The price of a sale that is on at `now`: from its first moment, not at its last.
pub fn on_sale(
    price: Option<Rupiah>,
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Option<Rupiah> {
    price.filter(|_| from.is_none_or(|from| from <= now) && to.is_none_or(|to| now < to))
}

/// What is asked: the usual price, or that of a sale where it is lower.
pub fn asked(usual: Rupiah, sale: Option<Rupiah>) -> Rupiah {
    sale.map_or(usual, |sale| sale.min(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_tier_reached_counts() {
        let rp = |amount| Rupiah::new(amount).unwrap();
        let tiers = stored_tiers(r#"[{"min_quantity":6,"price":900},{"min_quantity":12,"price":800}]"#);
        let prices: Vec<i64> = [1, 5, 6, 11, 12, 99].map(|n| unit_price(rp(1000), &tiers, n).get()).to_vec();
        assert_eq!(prices, [1000, 1000, 900, 900, 800, 800]);
        assert_eq!(unit_price(rp(1000), &stored_tiers("broken"), 5), rp(1000));
    }

    #[test]
    fn a_sale_is_on_from_its_first_moment_and_off_at_its_last() {
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let price = Some(Rupiah::new(900).unwrap());
        let span = (Some(at(10)), Some(at(20)));
        let on: Vec<bool> = [9, 10, 19, 20].map(|second| on_sale(price, span, at(second)).is_some()).to_vec();
        assert_eq!(on, [false, true, true, false]);
        assert_eq!(on_sale(None, span, at(15)), None);
    }
}

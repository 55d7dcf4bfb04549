//! What an article costs in a quantity: its price, or the price of the best tier reached.

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
}

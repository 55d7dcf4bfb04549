//! Prices that fall with the quantity.

use super::goods::MAX_PIECES;
use super::{price, small};
use crate::catalog::price::{Tier, stored_tiers};
use crate::kernel::fields::{Fault, Fields};
use crate::kernel::{FieldError, Rupiah};

/// Most tiers of a variant.
const MAX_TIERS: usize = 10;

/// Tiers with rising quantities and falling prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiers(Vec<Tier>);

impl Tiers {
    /// Checks `(min_quantity, price)` pairs; pointers are relative to the list.
    pub fn parse(tiers: &[(i64, i64)]) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        if tiers.len() > MAX_TIERS {
            fields.push("", too_many());
            return Err(fields.into_errors());
        }
        let mut parsed: Vec<Tier> = Vec::new();
        for (index, (quantity, rupiah)) in tiers.iter().enumerate() {
            let quantity = fields.take(&format!("/{index}/min_quantity"), small(*quantity, 2, MAX_PIECES));
            let amount = fields.take(&format!("/{index}/price"), price(*rupiah));
            let (Some(min_quantity), Some(price)) = (quantity, amount) else {
                continue;
            };
            if parsed.last().is_some_and(|last| last.min_quantity >= min_quantity) {
                fields.push(format!("/{index}/min_quantity"), not_rising());
            }
            if parsed.last().is_some_and(|last| last.price <= price) {
                fields.push(format!("/{index}/price"), not_falling());
            }
            parsed.push(Tier { min_quantity, price });
        }
        if fields.any() {
            return Err(fields.into_errors());
        }
        Ok(Self(parsed))
    }

    /// Checks that the first tier is cheaper than a single piece.
    pub fn below(&self, base: Rupiah) -> Result<(), Fault> {
        match self.0.first() {
            Some(first) if first.price >= base => Err(not_falling()),
            _ => Ok(()),
        }
    }

    /// As stored.
    pub fn encode(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// From the column; what is unreadable counts as no tiers, so that the full price is asked.
    pub fn decode(text: &str) -> Self {
        Self(stored_tiers(text))
    }

    /// The tiers in order.
    pub fn into_list(self) -> Vec<Tier> {
        self.0
    }
}

fn too_many() -> Fault {
    Fault::new(
        "too-many",
        format!("Paling banyak {MAX_TIERS} tingkat harga."),
        format!("At most {MAX_TIERS} price tiers."),
    )
}

fn not_rising() -> Fault {
    Fault::new(
        "not-rising",
        "Jumlah harus lebih besar dari tingkat sebelumnya.",
        "The quantity must be larger than that of the tier before.",
    )
}

fn not_falling() -> Fault {
    Fault::new(
        "not-falling",
        "Harga harus lebih murah dari tingkat sebelumnya.",
        "The price must be lower than that of the tier before.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::price::unit_price;
    use proptest::prelude::*;

    fn rp(amount: i64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    fn codes(tiers: &[(i64, i64)]) -> Vec<(String, &'static str)> {
        Tiers::parse(tiers).unwrap_err().into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn quantities_rise_and_prices_fall() {
        let tiers = Tiers::parse(&[(10, 900), (50, 800)]).unwrap();
        assert!(tiers.below(rp(1000)).is_ok());
        assert_eq!(tiers.below(rp(900)).unwrap_err().code, "not-falling");
        assert_eq!(codes(&[(10, 900), (10, 800)]), [("/1/min_quantity".to_owned(), "not-rising")]);
        assert_eq!(codes(&[(10, 900), (11, 900)]), [("/1/price".to_owned(), "not-falling")]);
        assert_eq!(codes(&[(1, 0)]).len(), 2);
        assert_eq!(codes(&[(2, 1); 11])[0].1, "too-many");
    }

    #[test]
    fn tiers_come_back_from_the_column() {
        let tiers = Tiers::parse(&[(10, 900)]).unwrap();
        assert_eq!(tiers.encode(), r#"[{"min_quantity":10,"price":900}]"#);
        assert_eq!(Tiers::decode(&tiers.encode()), tiers);
        assert_eq!(Tiers::default().encode(), "");
        assert_eq!(Tiers::decode(""), Tiers::default());
    }

    proptest! {
        #[test]
        fn buying_more_never_costs_more_a_piece(
            steps in prop::collection::vec((1..100i64, 1..500i64), 0..8), base in 10_000..50_000i64, quantity in 1..2000i32,
        ) {
            let mut at = (1, base);
            let tiers: Vec<_> = steps.iter().map(|(more, less)| { at = (at.0 + more, at.1 - less); at }).collect();
            let tiers = Tiers::parse(&tiers).unwrap();
            prop_assert!(tiers.below(rp(base)).is_ok());
            let at = |quantity| unit_price(rp(base), &tiers.0, quantity);
            prop_assert!(at(quantity + 1) <= at(quantity) && at(quantity) <= rp(base));
        }
    }
}

//! Units in which goods are sold, and the price of a comparable measure of them. Whole numbers only.

use crate::kernel::Rupiah;
use crate::kernel::fields::{Fault, number};

/// What a unit measures; only units of one kind can be converted into each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Mass,
    Volume,
    Length,
    Sheets,
    Pieces,
    Pairs,
    Portions,
}

/// A unit: its name, what it measures, how many of the smallest unit of that measure it is, and other spellings.
#[derive(Debug, PartialEq, Eq)]
pub struct Unit {
    pub name: &'static str,
    pub measure: Measure,
    size: i64,
    also: &'static [&'static str],
}

const fn unit(name: &'static str, measure: Measure, size: i64, also: &'static [&'static str]) -> Unit {
    Unit { name, measure, size, also }
}

/// Every unit that can be converted; others (bungkus, toples, paket) say nothing about how much is in them.
pub const UNITS: &[Unit] = &[
    unit("gram", Measure::Mass, 1, &["g", "gr"]),
    unit("ons", Measure::Mass, 100, &[]),
    unit("kg", Measure::Mass, 1_000, &["kilo", "kilogram"]),
    unit("kuintal", Measure::Mass, 100_000, &[]),
    unit("ton", Measure::Mass, 1_000_000, &[]),
    unit("ml", Measure::Volume, 1, &["cc", "mililiter"]),
    unit("liter", Measure::Volume, 1_000, &["l", "ltr"]),
    unit("mm", Measure::Length, 1, &["milimeter"]),
    unit("cm", Measure::Length, 10, &["sentimeter"]),
    unit("meter", Measure::Length, 1_000, &["m"]),
    unit("lembar", Measure::Sheets, 1, &["lbr"]),
    unit("rim", Measure::Sheets, 500, &[]),
    unit("pcs", Measure::Pieces, 1, &["buah", "bh", "biji"]),
    unit("lusin", Measure::Pieces, 12, &[]),
    unit("kodi", Measure::Pieces, 20, &[]),
    unit("gros", Measure::Pieces, 144, &[]),
    unit("pasang", Measure::Pairs, 1, &[]),
    unit("porsi", Measure::Portions, 1, &["pax"]),
];

impl Measure {
    /// The unit that prices are compared in.
    pub fn compared_in(self) -> &'static str {
        match self {
            Self::Mass => "kg",
            Self::Volume => "liter",
            Self::Length => "meter",
            Self::Sheets => "lembar",
            Self::Pieces => "pcs",
            Self::Pairs => "pasang",
            Self::Portions => "porsi",
        }
    }
}

impl Unit {
    /// By its name or another spelling, in any case.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.trim().to_lowercase();
        UNITS.iter().find(|unit| unit.name == name || unit.also.contains(&name.as_str()))
    }

    /// `amount` of this unit in another: whole ones, and what is left over in the smallest unit of the measure.
    pub fn convert(&self, amount: i64, to: &Self) -> Option<(i64, i64)> {
        let smallest = amount.checked_mul(self.size).filter(|_| self.measure == to.measure)?;
        Some((smallest / to.size, smallest % to.size))
    }
}

/// How much is in one: 250 gram, 12 pcs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    pub amount: i64,
    pub unit: &'static Unit,
}

/// A price for a measure that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    pub price: Rupiah,
    pub per: &'static str,
}

impl Content {
    /// Checks an amount and the name of a unit.
    pub fn parse(amount: i64, unit: &str) -> (Result<i64, Fault>, Result<&'static Unit, Fault>) {
        (number(amount, 1, 1_000_000_000), Unit::find(unit).ok_or_else(unknown_unit))
    }

    /// From the columns of a variant; without them the unit of the product tells, if it is one that measures.
    pub fn stored(amount: Option<i64>, unit: Option<&str>, product_unit: &str) -> Option<Self> {
        match (amount, unit) {
            (Some(amount), Some(unit)) => Unit::find(unit).map(|unit| Self { amount, unit }),
            _ => Unit::find(product_unit).map(|unit| Self { amount: 1, unit }),
        }
    }

    /// The price of one kg, liter, sheet ..., rounded half up once.
    pub fn unit_price(&self, price: Rupiah) -> Option<UnitPrice> {
        let per = self.unit.measure.compared_in();
        let size = i128::from(Unit::find(per)?.size);
        let held = i128::from(self.amount) * i128::from(self.unit.size);
        if held <= 0 {
            return None;
        }
        let exact = i128::from(price.get()) * size;
        let rounded = (2 * exact + held) / (2 * held);
        let price = i64::try_from(rounded).ok().and_then(|rounded| Rupiah::new(rounded).ok())?;
        Some(UnitPrice { price, per })
    }
}

/// The lowest of several, if all are for the same measure.
pub fn lowest(prices: impl Iterator<Item = Option<UnitPrice>>) -> Option<UnitPrice> {
    let prices: Vec<UnitPrice> = prices.collect::<Option<_>>()?;
    let first = prices.first()?;
    prices.iter().all(|price| price.per == first.per).then_some(())?;
    prices.iter().copied().min_by_key(|price| price.price)
}

fn unknown_unit() -> Fault {
    let names: Vec<&str> = UNITS.iter().map(|unit| unit.name).collect();
    let names = names.join(", ");
    Fault::new(
        "unknown-unit",
        format!("Satuan tidak dikenal; yang dikenal: {names}."),
        format!("Unknown unit; known are {names}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(name: &str) -> &'static Unit {
        Unit::find(name).unwrap()
    }

    fn priced(rupiah: i64, amount: i64, unit: &str) -> (i64, &'static str) {
        let price = Content { amount, unit: find(unit) }.unit_price(Rupiah::new(rupiah).unwrap()).unwrap();
        (price.price.get(), price.per)
    }

    #[test]
    fn everyday_units_convert() {
        for (amount, from, to, expected) in [
            (1, "rim", "lembar", 500),
            (1, "lusin", "pcs", 12),
            (1, "kodi", "buah", 20),
            (1, "gros", "lusin", 12),
            (1, "gros", "biji", 144),
            (1, "ons", "gr", 100),
            (1, "kilo", "ons", 10),
            (3, "ltr", "cc", 3_000),
            (2, "m", "cm", 200),
        ] {
            assert_eq!(find(from).convert(amount, find(to)), Some((expected, 0)), "{amount} {from} in {to}");
        }
        assert_eq!(find("lembar").convert(1_250, find("rim")), Some((2, 250)));
        assert_eq!(find("kg").convert(1, find("liter")), None);
        assert_eq!(find("ton").convert(i64::MAX, find("gram")), None);
        assert!(Unit::find("bungkus").is_none());
    }

    #[test]
    fn prices_are_compared_in_one_measure() {
        assert_eq!(priced(18_000, 250, "gram"), (72_000, "kg"));
        assert_eq!(priced(45_000, 1, "rim"), (90, "lembar"));
        assert_eq!(priced(30_000, 1, "lusin"), (2_500, "pcs"));
        assert_eq!(priced(5_000, 600, "ml"), (8_333, "liter"));
        assert_eq!(priced(5, 10, "pcs"), (1, "pcs"));
        assert_eq!(priced(4, 10, "pcs"), (0, "pcs"));
        assert_eq!(priced(25_000, 1, "porsi"), (25_000, "porsi"));
        let rp = |price| Rupiah::new(price).unwrap();
        let kg = |price| Some(UnitPrice { price: rp(price), per: "kg" });
        let liter = Some(UnitPrice { price: rp(1), per: "liter" });
        assert_eq!(lowest([kg(5), kg(3)].into_iter()), kg(3));
        assert_eq!(lowest([kg(5), liter].into_iter()), None);
        assert_eq!(lowest([kg(5), None].into_iter()), None);
    }

    #[test]
    fn names_are_never_ambiguous() {
        let mut names: Vec<&str> = UNITS
            .iter()
            .flat_map(|unit| std::iter::once(unit.name).chain(unit.also.iter().copied()))
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    fn any_unit() -> impl Strategy<Value = &'static Unit> {
        (0..UNITS.len()).prop_map(|index| &UNITS[index])
    }

    proptest! {
        #[test]
        fn nothing_is_lost_by_converting(amount in 0..1_000_000_000i64, from in any_unit(), to in any_unit()) {
            match from.convert(amount, to) {
                Some((whole, rest)) => {
                    prop_assert!(rest >= 0 && rest < to.size);
                    prop_assert_eq!(whole * to.size + rest, amount * from.size);
                    // And back again, as far as it came out even.
                    let (back, left) = to.convert(whole, from).unwrap();
                    prop_assert_eq!(back * from.size + left + rest, amount * from.size);
                }
                None => prop_assert!(from.measure != to.measure),
            }
        }

        #[test]
        fn the_price_of_a_unit_is_the_nearest_rupiah(price in 1..1_000_000_000_000i64, amount in 1..1_000_000i64, unit in any_unit()) {
            let content = Content { amount, unit };
            if let Some(found) = content.unit_price(Rupiah::new(price).unwrap()) {
                let per = find(found.per);
                let (held, size) = (i128::from(amount) * i128::from(unit.size), i128::from(per.size));
                // |found - price * size / held| <= 1/2, and a half goes up.
                let error = 2 * (i128::from(found.price.get()) * held - i128::from(price) * size);
                prop_assert!(error <= held && error > -held);
            }
        }

        #[test]
        fn the_same_content_in_another_unit_costs_the_same(price in 1..1_000_000_000i64, amount in 1..10_000i64, from in any_unit(), to in any_unit()) {
            if let Some((whole, 0)) = from.convert(amount, to).filter(|(whole, _)| *whole > 0) {
                let price = Rupiah::new(price).unwrap();
                let one = Content { amount, unit: from }.unit_price(price);
                prop_assert_eq!(one, Content { amount: whole, unit: to }.unit_price(price));
            }
        }
    }
}

//! What the platform takes: the most specific rule of the day, with floor and cap.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::kernel::{BasisPoints, CategoryId, CommissionRuleId, MoneyError, Rupiah, VendorId};
use crate::settlement::entity::commission_rule::Scope;

/// One rule in its time.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: CommissionRuleId,
    pub scope: Scope,
    pub scope_id: Uuid,
    pub rate: BasisPoints,
    pub rate_bp: i32,
    pub floor: Rupiah,
    pub cap: Option<Rupiah>,
    pub on_shipping: bool,
    pub tax: BasisPoints,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// What is sold of a category.
#[derive(Clone, Copy, Debug)]
pub struct Goods {
    pub category: CategoryId,
    pub amount: Rupiah,
}

/// What one rule takes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    pub rule_id: CommissionRuleId,
    pub base: Rupiah,
    pub rate_bp: i32,
    pub commission: Rupiah,
    pub tax: Rupiah,
}

impl Charge {
    /// Never more than what is there: the commission first, then the tax on it.
    #[must_use]
    pub fn within(self, room: Rupiah) -> Self {
        let commission = self.commission.min(room);
        let left = room.minus(commission).unwrap_or(Rupiah::ZERO);
        Self { commission, tax: self.tax.min(left), ..self }
    }
}

/// Which category is in which.
pub type Parents = HashMap<CategoryId, Option<CategoryId>>;

/// What is taken of the order of a shop.
pub fn charges(
    (rules, parents): (&[Rule], &Parents),
    day: NaiveDate,
    vendor: VendorId,
    (goods, shipping): (&[Goods], Rupiah),
) -> Result<Vec<Charge>, MoneyError> {
    let mut bases: Vec<(&Rule, Rupiah)> = Vec::new();
    for piece in goods {
        let Some(rule) = find((rules, parents), day, vendor, piece.category) else { continue };
        match bases.iter_mut().find(|(known, _)| known.id == rule.id) {
            Some((_, base)) => *base = base.plus(piece.amount)?,
            None => bases.push((rule, piece.amount)),
        }
    }
    // Shipping belongs to the order: the rule of most of the goods says whether it counts.
    if let Some((rule, base)) = bases.iter_mut().max_by_key(|(rule, base)| (*base, rule.id))
        && rule.on_shipping
    {
        *base = base.plus(shipping)?;
    }
    bases.into_iter().map(|(rule, base)| Ok(charge(rule, base))).collect()
}

fn charge(rule: &Rule, base: Rupiah) -> Charge {
    let wanted = base.share(rule.rate).max(rule.floor);
    let commission = rule.cap.map_or(wanted, |cap| wanted.min(cap));
    let tax = commission.share(rule.tax);
    // Never more than what was sold, the tax on it included.
    Charge { rule_id: rule.id, base, rate_bp: rule.rate_bp, commission, tax }.within(base)
}

/// A rule of the shop wins over one of the category, the nearest category over those around it, and any over the general
/// one; of two for the same place the later one.
fn find<'a>(
    (rules, parents): (&'a [Rule], &Parents),
    day: NaiveDate,
    vendor: VendorId,
    category: CategoryId,
) -> Option<&'a Rule> {
    let mut path = vec![category];
    while let Some(Some(parent)) = path.last().and_then(|last| parents.get(last)) {
        if path.contains(parent) {
            break;
        }
        path.push(*parent);
    }
    let nearness = |rule: &Rule| match rule.scope {
        Scope::Global => Some(0),
        Scope::Vendor => (rule.scope_id == vendor.0).then_some(0),
        Scope::Category => {
            let depth = path.iter().position(|known| known.0 == rule.scope_id)?;
            Some(path.len() - depth)
        }
    };
    let holds = |rule: &&Rule| rule.valid_from <= day && rule.valid_to.is_none_or(|last| day <= last);
    rules
        .iter()
        .filter(holds)
        .filter_map(|rule| Some((rule.scope, nearness(rule)?, rule.valid_from, rule)))
        .max_by_key(|(scope, near, from, rule)| (*scope, *near, *from, rule.id))
        .map(|(_, _, _, rule)| rule)
}

/// What of a part is left for what was not given back, rounded down in favour of the shop.
pub fn kept(part: Rupiah, (left, total): (Rupiah, Rupiah)) -> Rupiah {
    let exact = i128::from(part.get()) * i128::from(left.get()) / i128::from(total.get().max(1));
    i64::try_from(exact).ok().and_then(|amount| Rupiah::new(amount).ok()).unwrap_or(part).min(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rp(amount: i64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(scope: Scope, scope_id: Uuid, rate_bp: u16) -> Rule {
        Rule {
            id: CommissionRuleId::generate(),
            scope,
            scope_id,
            rate: BasisPoints::new(rate_bp).unwrap(),
            rate_bp: rate_bp.into(),
            floor: Rupiah::ZERO,
            cap: None,
            on_shipping: false,
            tax: BasisPoints::new(1_100).unwrap(),
            valid_from: day("2026-01-01"),
            valid_to: None,
        }
    }

    #[test]
    fn the_most_specific_rule_of_the_day_wins() {
        let (vendor, food, snacks) = (VendorId::generate(), CategoryId::generate(), CategoryId::generate());
        let parents = Parents::from([(snacks, Some(food)), (food, None)]);
        let later = Rule { valid_from: day("2026-06-01"), ..rule(Scope::Global, Uuid::nil(), 300) };
        let mut rules = vec![rule(Scope::Global, Uuid::nil(), 200), later];
        let rate = |rules: &[Rule], on: &str| {
            let goods = [Goods { category: snacks, amount: rp(100_000) }];
            let found = charges((rules, &parents), day(on), vendor, (&goods, rp(9_000))).unwrap();
            found.first().map(|charge| (charge.rate_bp, charge.commission.get(), charge.tax.get()))
        };
        assert_eq!(rate(&rules, "2025-12-31"), None);
        assert_eq!(rate(&rules, "2026-05-31"), Some((200, 2_000, 220)));
        assert_eq!(rate(&rules, "2026-06-01"), Some((300, 3_000, 330)));
        rules.push(rule(Scope::Category, food.0, 400));
        assert_eq!(rate(&rules, "2026-06-01").unwrap().0, 400);
        rules.push(rule(Scope::Category, snacks.0, 500));
        assert_eq!(rate(&rules, "2026-06-01").unwrap().0, 500);
        rules.push(rule(Scope::Vendor, vendor.0, 0));
        assert_eq!(rate(&rules, "2026-06-01"), Some((0, 0, 0)));
        rules.push(rule(Scope::Vendor, VendorId::generate().0, 900));
        assert_eq!(rate(&rules, "2026-06-01").unwrap().0, 0);
    }

    #[test]
    fn floors_caps_and_shipping() {
        let (vendor, category) = (VendorId::generate(), CategoryId::generate());
        let base = rule(Scope::Global, Uuid::nil(), 500);
        let taken = |rule: Rule, amount: i64| {
            let goods = [Goods { category, amount: rp(amount) }];
            let parents = Parents::new();
            let found =
                charges((&[rule], &parents), day("2026-06-01"), vendor, (&goods, rp(20_000))).unwrap();
            (found[0].base.get(), found[0].commission.get())
        };
        assert_eq!(taken(Rule { floor: rp(2_000), ..base.clone() }, 10_000), (10_000, 2_000));
        assert_eq!(taken(Rule { cap: Some(rp(3_000)), ..base.clone() }, 100_000), (100_000, 3_000));
        assert_eq!(taken(Rule { on_shipping: true, ..base.clone() }, 100_000), (120_000, 6_000));
        assert_eq!(taken(Rule { floor: rp(2_000), ..base }, 500), (500, 500));
    }

    proptest! {
        #[test]
        fn a_charge_is_never_more_than_what_was_sold(
            amounts in prop::collection::vec(0..50_000_000i64, 1..10), rate in 0..=10_000u16, floor in 0..100_000i64,
        ) {
            let (vendor, category) = (VendorId::generate(), CategoryId::generate());
            let rule = Rule { floor: rp(floor), ..rule(Scope::Global, Uuid::nil(), rate) };
            let goods: Vec<Goods> = amounts.iter().map(|amount| Goods { category, amount: rp(*amount) }).collect();
            let found = charges((&[rule], &Parents::new()), day("2026-06-01"), vendor, (&goods, rp(0))).unwrap();
            let sold: i64 = amounts.iter().sum();
            prop_assert!(found[0].commission.get() + found[0].tax.get() <= sold);
        }

        #[test]
        fn what_is_kept_grows_with_what_is_left(part in 0..1_000_000i64, total in 1..1_000_000i64, left in 0..1_000_000i64) {
            let (part, left) = (part.min(total), left.min(total));
            let kept_now = kept(rp(part), (rp(left), rp(total)));
            prop_assert!(kept_now.get() <= left);
            prop_assert_eq!(kept(rp(part), (rp(total), rp(total))).get(), part);
            prop_assert_eq!(kept(rp(part), (rp(0), rp(total))).get(), 0);
        }
    }
}

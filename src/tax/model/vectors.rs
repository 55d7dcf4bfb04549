//! The vectors of the field, and properties that hold for every sale.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::{Rupiah, TaxRuleId};
use crate::tax::query::seeded;

const PKP: Seller = Seller {
    is_person: false,
    is_pkp: true,
    has_npwp: true,
    owes_pbjt: false,
    final_tax: false,
    exempt: false,
    low_turnover_stated: false,
    turnover: 0,
};
const SMALL: Seller = Seller { is_person: true, is_pkp: false, ..PKP };
const CATERER: Seller = Seller { owes_pbjt: true, ..SMALL };
const PUBLIC: Regime = Regime::Public { appointed_from: None };

fn rp(amount: i64) -> Rupiah {
    Rupiah::new(amount).unwrap()
}

fn day() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

fn goods(class: TaxClass, amount: i64) -> SaleLine {
    SaleLine { id: None, class, amount: rp(amount), to_courier: false }
}

fn sold(regime: Regime, seller: Seller, lines: &[SaleLine]) -> Outcome {
    let outcome = assess(&seeded(), &Sale { day: day(), regime, seller, lines }).unwrap();
    outcome.parts.check().unwrap();
    outcome
}

fn amounts(outcome: &Outcome, kind: Kind) -> Vec<i64> {
    outcome.taxes.iter().filter(|tax| tax.kind == kind).map(|tax| tax.amount.get()).collect()
}

#[test]
fn ppn_is_eleven_per_cent_and_loses_no_rupiah() {
    for (price, base, tax) in [(1_000_000, 916_667, 110_000), (935_000, 857_083, 102_850)] {
        let outcome = sold(Regime::Treasurer59, PKP, &[goods(TaxClass::PpnStandard, price)]);
        let ppn = &outcome.taxes[0];
        assert_eq!((ppn.base.get(), ppn.amount.get()), (base, tax), "PPN-1, PPN-2");
    }
    let luxury = sold(Regime::Platform58, PKP, &[goods(TaxClass::PpnLuxury, 1_000_000)]);
    assert_eq!(amounts(&luxury, Kind::Ppn), [120_000], "PPN-7");
    for (gross, net) in [(1_500_000, 1_351_351), (1_110_000, 1_000_000), (2_220_000, 2_000_000)] {
        let outcome = sold(PUBLIC, PKP, &[goods(TaxClass::PpnStandard, gross)]);
        let ppn = &outcome.taxes[0];
        assert_eq!((ppn.net.get(), ppn.amount.get()), (net, gross - net), "PPN-8, PPN-10");
        assert_eq!((outcome.parts.buyer_total.get(), outcome.parts.seller_net.get()), (gross, gross));
    }
    assert_eq!(sold(PUBLIC, SMALL, &[goods(TaxClass::PpnStandard, 1_000_000)]).taxes, [], "PPN-11");
}

#[test]
fn the_rate_is_that_of_the_day() {
    let at = |day: &str| {
        let lines = [goods(TaxClass::PpnStandard, 1_000_000)];
        let sale = Sale { day: day.parse().unwrap(), regime: Regime::Platform58, seller: PKP, lines: &lines };
        assess(&seeded(), &sale).unwrap().taxes.first().map(|tax| (tax.rate.base, tax.amount.get()))
    };
    assert_eq!(at("2024-12-31"), Some(((1, 1), 110_000)));
    assert_eq!(at("2025-01-01"), Some(((11, 12), 110_000)));
    assert_eq!(at("2022-03-31"), None);
}

#[test]
fn the_platform_collects_under_58() {
    let shipping = SaleLine { to_courier: true, ..goods(TaxClass::PpnStandard, 15_900) };
    let outcome = sold(Regime::Platform58, PKP, &[goods(TaxClass::PpnStandard, 935_000), shipping]);
    assert_eq!(amounts(&outcome, Kind::Ppn), [102_850, 1_749]);
    assert_eq!(amounts(&outcome, Kind::Pph22), [4_675, 80]);
    let parts = outcome.parts;
    assert_eq!(parts.buyer_total.get(), 1_055_499, "58-1");
    assert_eq!(parts.remitted_by_platform.get(), 109_354, "58-1");
    assert_eq!(parts.seller_net.get() + parts.courier_net.get(), 946_145, "58-1");
    let outcome = sold(Regime::Platform58, SMALL, &[goods(TaxClass::PpnStandard, 2_500_000)]);
    assert_eq!(amounts(&outcome, Kind::Pph22), [12_500], "58-2");
    assert_eq!((outcome.parts.buyer_total.get(), outcome.parts.seller_net.get()), (2_500_000, 2_487_500));
}

#[test]
fn the_treasurer_withholds_under_59() {
    let outcome = sold(Regime::Treasurer59, PKP, &[goods(TaxClass::PpnStandard, 2_500_000)]);
    assert_eq!(amounts(&outcome, Kind::Ppn), [275_000], "59-1");
    assert_eq!(amounts(&outcome, Kind::Pph22), [37_500], "59-1");
    assert_eq!((outcome.parts.buyer_total.get(), outcome.parts.seller_net.get()), (2_775_000, 2_462_500));
    let outcome = sold(Regime::Treasurer59, PKP, &[goods(TaxClass::PpnStandard, 2_000_000)]);
    assert_eq!(outcome.parts.withheld_by_treasurer.get(), 0, "59-2");
    assert_eq!((outcome.parts.buyer_total.get(), outcome.parts.seller_net.get()), (2_220_000, 2_220_000));
    assert_eq!(outcome.taxes[0].payer, Payer::Seller, "59-2");
    let letter = Seller { final_tax: true, ..SMALL };
    let outcome = sold(Regime::Treasurer59, letter, &[goods(TaxClass::PpnStandard, 50_000_000)]);
    assert_eq!(amounts(&outcome, Kind::PphFinal), [250_000], "59-5");
    let nobody = Seller { has_npwp: false, ..SMALL };
    let outcome = sold(Regime::Treasurer59, nobody, &[goods(TaxClass::None, 2_500_000)]);
    assert_eq!(amounts(&outcome, Kind::Pph22), [75_000], "doubled without NPWP");
    let letter = Seller { exempt: true, ..PKP };
    let outcome = sold(Regime::Treasurer59, letter, &[goods(TaxClass::PpnExempt, 2_500_000)]);
    assert_eq!(outcome.taxes, [], "a letter of exemption");
    let stated = Seller { low_turnover_stated: true, ..SMALL };
    assert_eq!(sold(Regime::Treasurer59, stated, &[goods(TaxClass::None, 2_500_000)]).taxes, []);
}

#[test]
fn catered_meals_carry_the_regional_tax() {
    let outcome = sold(Regime::Treasurer59, CATERER, &[goods(TaxClass::PbjtFood, 4_500_000)]);
    assert_eq!(amounts(&outcome, Kind::Pbjt), [450_000], "MAM-1");
    assert_eq!(amounts(&outcome, Kind::Ppn), [0; 0], "MAM-1");
    assert_eq!(amounts(&outcome, Kind::Pph23), [90_000], "MAM-1");
    assert_eq!((outcome.parts.buyer_total.get(), outcome.parts.seller_net.get()), (4_950_000, 4_860_000));
    let nobody = Seller { has_npwp: false, ..CATERER };
    let outcome = sold(Regime::Treasurer59, nobody, &[goods(TaxClass::PbjtFood, 4_500_000)]);
    assert_eq!(amounts(&outcome, Kind::Pph23), [180_000], "4 % without NPWP");
    assert_eq!(sold(PUBLIC, SMALL, &[goods(TaxClass::PbjtFood, 100_000)]).taxes, [], "MAM-4");
    assert_eq!(sold(PUBLIC, SMALL, &[goods(TaxClass::PpnStandard, 100_000)]).taxes, [], "MAM-5");
    let outcome = sold(PUBLIC, CATERER, &[goods(TaxClass::PbjtFood, 110_000)]);
    assert_eq!((outcome.taxes[0].net.get(), outcome.taxes[0].amount.get()), (100_000, 10_000));
    // A registered caterer never charges both.
    let both = Seller { is_pkp: true, ..CATERER };
    assert_eq!(sold(PUBLIC, both, &[goods(TaxClass::PbjtFood, 110_000)]).taxes.len(), 1);
}

#[test]
fn the_appointed_platform_collects_from_sellers() {
    let appointed = Regime::Public { appointed_from: Some(day()) };
    let later = Regime::Public { appointed_from: day().succ_opt() };
    let lines = [goods(TaxClass::None, 1_000_000)];
    let stated = Seller { low_turnover_stated: true, turnover: 500_000_000, ..SMALL };
    assert_eq!(sold(appointed, stated, &lines).taxes, [], "37-1");
    assert_eq!(amounts(&sold(appointed, SMALL, &lines), Kind::Pph22), [5_000], "37-2");
    assert_eq!(amounts(&sold(appointed, PKP, &lines), Kind::Pph22), [5_000], "37-3");
    let crossed = Seller { turnover: 500_000_001, ..stated };
    assert_eq!(amounts(&sold(appointed, crossed, &lines), Kind::Pph22), [5_000], "after the crossing");
    for regime in [PUBLIC, later] {
        assert_eq!(sold(regime, SMALL, &lines).taxes, [], "37-5");
    }
    // The base is what the bill says without PPN.
    let outcome = sold(appointed, PKP, &[goods(TaxClass::PpnStandard, 1_110_000)]);
    assert_eq!(amounts(&outcome, Kind::Pph22), [5_000]);
    assert_eq!(
        (outcome.parts.seller_net.get(), outcome.parts.remitted_by_platform.get()),
        (1_105_000, 5_000)
    );
}

#[test]
fn years_and_documents() {
    let year = |turnover, is_person| turnover_tax(&seeded(), day(), (rp(turnover), is_person)).get();
    assert_eq!(year(750_000_000, true), 1_250_000, "UMKM-1");
    assert_eq!(year(500_000_000, true), 0);
    assert_eq!(year(750_000_000, false), 3_750_000, "UMKM-3");
    let stamp = |amount| stamp_duty(&seeded(), day(), rp(amount)).get();
    assert_eq!((stamp(5_000_000), stamp(5_000_001)), (0, 10_000), "MET-1");
    assert_eq!(late_fine(&seeded(), day(), (rp(10_000_000), 3)).get(), 30_000, "DENDA-1");
}

#[test]
fn a_fee_is_a_part_of_what_the_seller_gets() {
    let mut parts = sold(PUBLIC, PKP, &[goods(TaxClass::PpnStandard, 111_000)]).parts;
    parts.charge(rp(11_000)).unwrap();
    parts.check().unwrap();
    assert_eq!((parts.seller_net.get(), parts.platform_fee.get()), (100_000, 11_000));
    parts.platform_fee = rp(10_999);
    assert!(parts.check().is_err());
}

#[test]
fn a_rule_for_the_class_wins_and_ids_are_the_same_everywhere() {
    let rules = seeded();
    let ids: std::collections::BTreeSet<TaxRuleId> = rules.0.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules.0.len());
    let found = rules.find(day(), (Scheme::Treasurer59, Kind::Pph23), TaxClass::PbjtFood).unwrap();
    assert_eq!(found.code, "pmk59-pph23-catering");
    assert!(rules.find(day(), (Scheme::Treasurer59, Kind::Pph23), TaxClass::None).is_none());
}

fn any_class() -> impl Strategy<Value = TaxClass> {
    prop_oneof![
        Just(TaxClass::PpnStandard),
        Just(TaxClass::PpnLuxury),
        Just(TaxClass::PpnExempt),
        Just(TaxClass::PbjtFood),
        Just(TaxClass::None)
    ]
}

fn any_seller() -> impl Strategy<Value = Seller> {
    let flags = prop::array::uniform7(any::<bool>());
    (flags, 0..1_000_000_000i64).prop_map(|(flags, turnover)| Seller {
        is_person: flags[0],
        is_pkp: flags[1],
        has_npwp: flags[2],
        owes_pbjt: flags[3],
        final_tax: flags[4],
        exempt: flags[5],
        low_turnover_stated: flags[6],
        turnover,
    })
}

fn any_regime() -> impl Strategy<Value = Regime> {
    prop_oneof![
        Just(PUBLIC),
        Just(Regime::Public { appointed_from: Some(day()) }),
        Just(Regime::Platform58),
        Just(Regime::Treasurer59)
    ]
}

proptest! {
    #[test]
    fn the_identity_always_holds(
        regime in any_regime(),
        seller in any_seller(),
        lines in prop::collection::vec((any_class(), 0..500_000_000i64, any::<bool>()), 0..12),
        fee in 0..1_000i64,
    ) {
        let lines: Vec<SaleLine> = lines
            .into_iter()
            .map(|(class, amount, to_courier)| SaleLine { to_courier, ..goods(class, amount) })
            .collect();
        let outcome = assess(&seeded(), &Sale { day: day(), regime, seller, lines: &lines }).unwrap();
        let mut parts = outcome.parts;
        prop_assert!(parts.check().is_ok());
        let stated: i64 = lines.iter().map(|line| line.amount.get()).sum();
        match regime {
            Regime::Public { .. } => prop_assert_eq!(parts.buyer_total.get(), stated),
            _ => prop_assert!(parts.buyer_total.get() >= stated),
        }
        if parts.charge(rp(fee)).is_ok() {
            prop_assert!(parts.check().is_ok());
        }
    }

    #[test]
    fn one_rounding_is_never_off_by_more_than_half(net in 0..1_000_000_000_000i64, num in 0..200i64, den in 1..1_200i64) {
        let rate = Rate::plain(num, den.max(num));
        let doubled = 2 * i128::from(rate.of(rp(net)).get()) * i128::from(rate.tax.1);
        let exact = 2 * i128::from(net) * i128::from(rate.tax.0);
        prop_assert!((doubled - exact).abs() <= i128::from(rate.tax.1));
    }

    #[test]
    fn net_and_tax_are_the_gross(gross in 0..1_000_000_000_000i64, num in 1..40i64) {
        let rate = Rate { base: (11, 12), tax: (num, 100) };
        let net = rate.net_of(rp(gross));
        prop_assert!(net.get() <= gross);
        // Taxing the net again is at most a rupiah away from what was in the price.
        prop_assert!((rate.of(net).get() - (gross - net.get())).abs() <= 1);
    }
}

//! What a checkout costs: pure rules over a basket and the wished deliveries.

pub mod refund;

use chrono::{Duration, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::CheckoutError;
use crate::cart::{Basket, Line, LineFault};
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, MoneyError, Rupiah, VariantId, VendorId};
use crate::orders::entity::order::DeliveryMethod;
use crate::orders::model::Delivery;

/// What everything costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Totals {
    pub goods: Rupiah,
    pub shipping: Rupiah,
    pub discount: Rupiah,
    pub tax: Rupiah,
    pub total: Rupiah,
    pub vendors: Vec<VendorTotals>,
}

/// What the part of one shop costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VendorTotals {
    pub vendor_id: VendorId,
    pub goods: Rupiah,
    pub shipping: Rupiah,
    pub discount: Rupiah,
    /// Tax on top of the prices: none for the public, whose prices include every tax.
    pub tax: Rupiah,
    pub total: Rupiah,
}

/// The part of one shop in a checkout.
pub struct Part<'a> {
    pub lines: &'a [Line],
    pub delivery: Delivery,
    pub totals: VendorTotals,
}

/// Pairs each shop of the basket with its delivery and adds everything up.
///
/// Faults are pushed under `/deliveries`; `None` if there is one.
pub fn parts<'a>(
    basket: &'a Basket,
    wished: &[(VendorId, Delivery)],
    fee: impl Fn(VendorId, DeliveryMethod) -> Rupiah,
    (today, fields): (NaiveDate, &mut Fields),
) -> Option<Result<Vec<Part<'a>>, MoneyError>> {
    check_deliveries(basket, wished, today, fields);
    if fields.any() {
        return None;
    }
    let part = |lines: &'a [Line]| {
        let vendor_id = lines.first()?.vendor_id;
        let delivery = wished.iter().find(|(vendor, _)| *vendor == vendor_id)?.1.clone();
        let totals = vendor_totals(vendor_id, lines, fee(vendor_id, delivery.method));
        Some(totals.map(|totals| Part { lines, delivery, totals }))
    };
    Some(basket.groups().filter_map(part).collect())
}

fn vendor_totals(vendor_id: VendorId, lines: &[Line], shipping: Rupiah) -> Result<VendorTotals, MoneyError> {
    let goods = lines.iter().try_fold(Rupiah::ZERO, |sum, line| sum.plus(line.total()?))?;
    let (discount, tax) = (Rupiah::ZERO, Rupiah::ZERO);
    let total = goods.plus(shipping)?.plus(tax)?.minus(discount)?;
    Ok(VendorTotals { vendor_id, goods, shipping, discount, tax, total })
}

fn check_deliveries(basket: &Basket, wished: &[(VendorId, Delivery)], today: NaiveDate, fields: &mut Fields) {
    for (index, (vendor, delivery)) in wished.iter().enumerate() {
        let of_shop = |line: &&Line| line.vendor_id == *vendor;
        let shop = if wished.iter().take(index).any(|(earlier, _)| earlier == vendor) {
            Err(Fault::new("duplicate", "Toko disebut dua kali.", "This shop is named twice."))
        } else if basket.lines.iter().any(|line| of_shop(&line)) {
            Ok(())
        } else {
            Err(Fault::new(
                "not-in-cart",
                "Toko ini tidak ada di keranjang.",
                "This shop is not in the cart.",
            ))
        };
        fields.take(&format!("/deliveries/{index}/vendor_id"), shop);
        let days = basket.lines.iter().filter(of_shop).map(|line| line.lead_time_days).max();
        let ready = today + Duration::days(days.unwrap_or(0).into());
        fields.take(&format!("/deliveries/{index}/date"), check_date(delivery.date, today, ready));
    }
    let chosen = |line: &&Line| wished.iter().any(|(vendor, _)| *vendor == line.vendor_id);
    for line in basket.groups().filter_map(|lines| lines.first()).filter(|line| !chosen(line)) {
        let fault = Fault::new(
            "delivery-missing",
            format!("Pengiriman untuk {} belum dipilih.", line.vendor_name),
            format!("No delivery was chosen for {}.", line.vendor_name),
        );
        fields.push("/deliveries", fault);
    }
}

/// A date may be left open; otherwise the goods must be `ready` by then.
fn check_date(date: Option<NaiveDate>, today: NaiveDate, ready: NaiveDate) -> Result<(), Fault> {
    match date {
        Some(date) if date < today => {
            Err(Fault::new("past", "Tanggal sudah lewat.", "The date is in the past."))
        }
        Some(date) if date < ready => {
            Err(Fault::new("too-early", format!("Paling cepat {ready}."), format!("Not before {ready}.")))
        }
        _ => Ok(()),
    }
}

impl Totals {
    /// Adds up the parts.
    pub fn of(parts: &[Part<'_>]) -> Result<Self, MoneyError> {
        let sum = |of: fn(&VendorTotals) -> Rupiah| Rupiah::sum(parts.iter().map(|part| of(&part.totals)));
        Ok(Self {
            goods: sum(|totals| totals.goods)?,
            shipping: sum(|totals| totals.shipping)?,
            discount: sum(|totals| totals.discount)?,
            tax: sum(|totals| totals.tax)?,
            total: sum(|totals| totals.total)?,
            vendors: parts.iter().map(|part| part.totals.clone()).collect(),
        })
    }
}

/// Refuses a basket that cannot be bought. Whether stock is enough is left to the reservation.
pub fn check_sellable(basket: &Basket) -> Result<(), CheckoutError> {
    if basket.lines.is_empty() {
        return Err(CheckoutError::CartEmpty);
    }
    let with = |fault| -> Vec<VariantId> {
        basket.lines.iter().filter(|line| line.fault() == Some(fault)).map(|line| line.variant_id).collect()
    };
    type Refusal = fn(Vec<VariantId>) -> CheckoutError;
    let faults: [(LineFault, Refusal); 4] = [
        (LineFault::Unavailable, CheckoutError::Unavailable),
        (LineFault::BelowMinimum, CheckoutError::BelowMinimum),
        (LineFault::NotAStep, CheckoutError::NotAStep),
        (LineFault::Personalisation, CheckoutError::Personalisation),
    ];
    for (fault, refusal) in faults {
        let broken = with(fault);
        if !broken.is_empty() {
            return Err(refusal(broken));
        }
    }
    Ok(())
}

//! What a checkout costs: pure rules over a basket and the wished deliveries.

use chrono::{Duration, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::CheckoutError;
use crate::cart::{Basket, Line, LineFault};
use crate::config;
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
    settings: &config::Checkout,
    (today, fields): (NaiveDate, &mut Fields),
) -> Option<Result<Vec<Part<'a>>, MoneyError>> {
    check_deliveries(basket, wished, today, fields);
    if fields.any() {
        return None;
    }
    let part = |lines: &'a [Line]| {
        let vendor_id = lines.first()?.vendor_id;
        let delivery = wished.iter().find(|(vendor, _)| *vendor == vendor_id)?.1.clone();
        let totals = vendor_totals(vendor_id, lines, fee(settings, delivery.method));
        Some(totals.map(|totals| Part {
            lines,
            delivery,
            totals,
        }))
    };
    Some(basket.groups().filter_map(part).collect())
}

fn vendor_totals(vendor_id: VendorId, lines: &[Line], shipping: Rupiah) -> Result<VendorTotals, MoneyError> {
    let goods = lines
        .iter()
        .try_fold(Rupiah::ZERO, |sum, line| sum.plus(line.total()?))?;
    let (discount, tax) = (Rupiah::ZERO, Rupiah::ZERO);
    let total = goods.plus(shipping)?.plus(tax)?.minus(discount)?;
    Ok(VendorTotals {
        vendor_id,
        goods,
        shipping,
        discount,
        tax,
        total,
    })
}

fn fee(settings: &config::Checkout, method: DeliveryMethod) -> Rupiah {
    match method {
        DeliveryMethod::OwnCourier => settings.own_courier_fee,
        DeliveryMethod::Zone => settings.zone_fee,
        DeliveryMethod::Pickup => Rupiah::ZERO,
    }
}

fn check_deliveries(basket: &Basket, wished: &[(VendorId, Delivery)], today: NaiveDate, fields: &mut Fields) {
    for (index, (vendor, delivery)) in wished.iter().enumerate() {
        let at = |field: &str| format!("/deliveries/{index}/{field}");
        let lines: Vec<&Line> = basket
            .lines
            .iter()
            .filter(|line| line.vendor_id == *vendor)
            .collect();
        if lines.is_empty() {
            let fault = Fault::new(
                "not-in-cart",
                "Toko ini tidak ada di keranjang.",
                "This shop is not in the cart.",
            );
            fields.push(at("vendor_id"), fault);
        }
        if wished.iter().take(index).any(|(earlier, _)| earlier == vendor) {
            fields.push(
                at("vendor_id"),
                Fault::new("duplicate", "Toko disebut dua kali.", "This shop is named twice."),
            );
        }
        let ready = today
            + Duration::days(
                lines
                    .iter()
                    .map(|line| i64::from(line.lead_time_days))
                    .max()
                    .unwrap_or(0),
            );
        if delivery.date.is_some_and(|date| date < today) {
            fields.push(
                at("date"),
                Fault::new("past", "Tanggal sudah lewat.", "The date is in the past."),
            );
        } else if delivery.date.is_some_and(|date| date < ready) {
            let fault = Fault::new(
                "too-early",
                format!("Paling cepat {ready}."),
                format!("Not before {ready}."),
            );
            fields.push(at("date"), fault);
        }
    }
    let missing = basket
        .groups()
        .filter_map(|lines| lines.first())
        .filter(|line| !wished.iter().any(|(vendor, _)| *vendor == line.vendor_id));
    for line in missing {
        let fault = Fault::new(
            "delivery-missing",
            format!("Pengiriman untuk {} belum dipilih.", line.vendor_name),
            format!("No delivery was chosen for {}.", line.vendor_name),
        );
        fields.push("/deliveries", fault);
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
        basket
            .lines
            .iter()
            .filter(|line| line.fault() == Some(fault))
            .map(|line| line.variant_id)
            .collect()
    };
    match (with(LineFault::Unavailable), with(LineFault::BelowMinimum)) {
        (gone, few) if gone.is_empty() && few.is_empty() => Ok(()),
        (gone, few) if gone.is_empty() => Err(CheckoutError::BelowMinimum(few)),
        (gone, _) => Err(CheckoutError::Unavailable(gone)),
    }
}

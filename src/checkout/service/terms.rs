//! What shops say about delivery: closed for a holiday, not to this place, and what it costs.

use chrono::NaiveDate;
use serde::Serialize;

use super::place::Wish;
use crate::cart::{Basket, Line};
use crate::checkout::error::CheckoutError;
use crate::config;
use crate::kernel::{Rupiah, VendorId};
use crate::orders::entity::order::DeliveryMethod;
use crate::vendors::query::Terms;

/// A shop that does not take this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unserved {
    pub vendor_id: VendorId,
    pub name: String,
    /// The day on which it opens again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopens_on: Option<NaiveDate>,
}

/// Refuses shops on holiday.
pub fn check_open(basket: &Basket, today: NaiveDate) -> Result<(), CheckoutError> {
    let closed = |line: &Line| {
        let reopens_on = Some(line.closed_until(today)?);
        Some(Unserved { vendor_id: line.vendor_id, name: line.vendor_name.clone(), reopens_on })
    };
    let closed: Vec<Unserved> = firsts(basket).filter_map(closed).collect();
    if closed.is_empty() { Ok(()) } else { Err(CheckoutError::ShopClosed(closed)) }
}

/// The shops of a basket that bring it to a zone; only their terms have to be known.
pub fn by_zone(basket: &Basket, wish: &Wish) -> Vec<VendorId> {
    let zone = |shop: &VendorId| {
        let chosen = wish.deliveries.iter().find(|(vendor, _)| vendor == shop);
        chosen.is_some_and(|(_, delivery)| delivery.method == DeliveryMethod::Zone)
    };
    firsts(basket).map(|line| line.vendor_id).filter(zone).collect()
}

/// Refuses places that a shop does not bring anything to, by the terms of those that should.
pub fn check_areas(basket: &Basket, wish: &Wish, all: &[Terms]) -> Result<(), CheckoutError> {
    let unserved = |terms: &Terms| {
        let line = firsts(basket).find(|line| line.vendor_id == terms.vendor_id)?;
        let (vendor_id, name) = (terms.vendor_id, line.vendor_name.clone());
        zone_fee(terms, wish).is_none().then_some(Unserved { vendor_id, name, reopens_on: None })
    };
    let unserved: Vec<Unserved> = all.iter().filter_map(unserved).collect();
    if unserved.is_empty() { Ok(()) } else { Err(CheckoutError::OutsideAreas(unserved)) }
}

/// One line of each shop.
fn firsts(basket: &Basket) -> impl Iterator<Item = &Line> {
    basket.groups().filter_map(|lines| lines.first())
}

fn zone_fee(terms: &Terms, wish: &Wish) -> Option<Option<Rupiah>> {
    terms.fee_to(&wish.address.district_code, wish.address.village_code.as_deref())
}

/// What the delivery of one shop's part costs: the fee of its area, or the flat fee.
pub fn fee(
    all: &[Terms],
    wish: &Wish,
    settings: &config::Checkout,
    (vendor_id, method): (VendorId, DeliveryMethod),
) -> Rupiah {
    let own =
        || all.iter().find(|terms| terms.vendor_id == vendor_id).and_then(|terms| zone_fee(terms, wish));
    match method {
        DeliveryMethod::OwnCourier => settings.own_courier_fee,
        DeliveryMethod::Zone => own().flatten().unwrap_or(settings.zone_fee),
        DeliveryMethod::Pickup => Rupiah::ZERO,
    }
}

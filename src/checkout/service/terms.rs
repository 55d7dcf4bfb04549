//! What shops say about delivery: closed for a holiday, not to this place, and what it costs.

use serde::Serialize;

use super::place::Wish;
use crate::cart::Basket;
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
    pub reopens_on: Option<chrono::NaiveDate>,
}

/// Refuses shops on holiday, and places that a shop does not deliver to.
pub fn check(basket: &Basket, wish: &Wish, all: &[Terms]) -> Result<(), CheckoutError> {
    let named = |terms: &Terms| {
        let line = basket.lines.iter().find(|line| line.vendor_id == terms.vendor_id)?;
        let (vendor_id, reopens_on) = (terms.vendor_id, terms.reopens_on);
        Some(Unserved { vendor_id, name: line.vendor_name.clone(), reopens_on })
    };
    let closed: Vec<Unserved> =
        all.iter().filter(|terms| terms.reopens_on.is_some()).filter_map(named).collect();
    if !closed.is_empty() {
        return Err(CheckoutError::ShopClosed(closed));
    }
    let by_zone = |terms: &&Terms| {
        let chosen = wish.deliveries.iter().find(|(vendor, _)| *vendor == terms.vendor_id);
        chosen.is_some_and(|(_, delivery)| delivery.method == DeliveryMethod::Zone)
    };
    let outside = |terms: &&Terms| zone_fee(terms, wish).is_none();
    let unserved: Vec<Unserved> = all.iter().filter(by_zone).filter(outside).filter_map(named).collect();
    if unserved.is_empty() { Ok(()) } else { Err(CheckoutError::OutsideAreas(unserved)) }
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

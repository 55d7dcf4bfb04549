//! Portions of a day at checkout: the day comes with the delivery, and the portions are taken with the order.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::Wish;
use crate::cart::Line;
use crate::catalog::entity::meal_day;
use crate::catalog::model::meal::Plan;
use crate::catalog::portions::{self, Portions};
use crate::checkout::error::CheckoutError;
use crate::checkout::model::Part;
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, ProductId};
use crate::orders::entity::order::DeliveryMethod;
use crate::orders::model::Delivery;

/// Refuses days, windows and districts that the shops do not serve; all faults at once.
pub(super) async fn check(
    db: &impl ConnectionTrait,
    (lines, wish): (&[Line], &Wish),
    now: DateTime<Utc>,
) -> Result<(), CheckoutError> {
    let planned: Vec<(&Line, Plan, usize, &Delivery)> = lines
        .iter()
        .filter_map(|line| {
            let (index, (_, delivery)) =
                wish.deliveries.iter().enumerate().find(|(_, (vendor, _))| *vendor == line.vendor_id)?;
            Some((line, line.meal_plan()?, index, delivery))
        })
        .collect();
    let wanted: Vec<(ProductId, NaiveDate)> =
        planned.iter().filter_map(|(line, _, _, delivery)| Some((line.product_id, delivery.date?))).collect();
    let days = portions::days(db, &wanted).await?;
    let mut fields = Fields::new();
    for (line, plan, index, delivery) in &planned {
        let place = |member: &str| format!("/deliveries/{index}/{member}");
        let window = fields.take(&place("window"), plan.window(delivery.window.as_deref()));
        let day = on_day(&days, line.product_id, delivery.date);
        let served = match delivery.date {
            None => Err(no_day()),
            Some(date) => plan.check(date, window.flatten(), (day, now)),
        };
        fields.take(&place("date"), served);
        let district = &wish.address.district_code;
        let brought = delivery.method != DeliveryMethod::Pickup && !plan.districts.is_empty();
        if brought && !plan.districts.contains(district) {
            fields.push("/shipping_address/district_code", out_of_area(&line.title));
        }
    }
    Ok(fields.check()?)
}

fn on_day(days: &[meal_day::Model], product: ProductId, date: Option<NaiveDate>) -> Option<&meal_day::Model> {
    let date = date?.to_string();
    days.iter().find(|day| day.product_id == product && day.day == date)
}

/// Takes the portions of all daily products; all of them or none.
pub(super) async fn take(txn: &DatabaseTransaction, parts: &[Part<'_>]) -> Result<(), CheckoutError> {
    let mut usual = BTreeMap::new();
    let mut wanted = Vec::new();
    for part in parts {
        let Some(date) = part.delivery.date else { continue };
        for line in part.lines {
            let Some(plan) = line.meal_plan() else { continue };
            usual.insert((line.product_id, date), plan.usual(date));
            let (product_id, quantity) = (line.product_id, line.quantity);
            wanted.push(Portions { product_id, day: date.to_string(), quantity });
        }
    }
    portions::open_days(txn, &usual).await?;
    let short = portions::take(txn, &wanted).await?;
    if short.is_empty() {
        return Ok(());
    }
    let lines = parts.iter().flat_map(|part| part.lines);
    let variants = lines.filter(|line| short.contains(&line.product_id)).map(|line| line.variant_id);
    Err(CheckoutError::OutOfStock(variants.collect()))
}

fn no_day() -> Fault {
    Fault::new("required", "Pilih tanggal pengiriman.", "Choose the day of the delivery.")
}

fn out_of_area(title: &str) -> Fault {
    Fault::new(
        "out-of-area",
        format!("{title} tidak diantar ke kecamatan ini."),
        format!("{title} is not brought to this district."),
    )
}

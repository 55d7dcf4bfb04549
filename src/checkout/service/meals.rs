//! Portions of a day at checkout: the day comes with the delivery, and the portions are taken with the order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::Wish;
use crate::cart::Line;
use crate::catalog::entity::meal_day;
use crate::catalog::model::meal::{Plan, Window};
use crate::catalog::portions::{self, Portions};
use crate::catalog::query::meals::plans_of;
use crate::checkout::error::CheckoutError;
use crate::checkout::model::Part;
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, ProductId, VariantId};
use crate::orders::entity::line::Reservation;
use crate::orders::entity::order::DeliveryMethod;
use crate::orders::model::Delivery;
use crate::orders::query::Whole;

/// Refuses days, windows and districts that the shops do not serve, all faults at once; then days of which too little is left.
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
    fields.check()?;
    let mut wanted: BTreeMap<ProductId, i32> = BTreeMap::new();
    for (line, ..) in &planned {
        let sum = wanted.entry(line.product_id).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    let short = planned.iter().filter(|(line, plan, _, delivery)| {
        let day = on_day(&days, line.product_id, delivery.date);
        let left = delivery.date.map_or(0, |date| plan.left(date, day));
        wanted.get(&line.product_id).is_some_and(|wanted| *wanted > left)
    });
    let short: Vec<VariantId> = short.map(|(line, ..)| line.variant_id).collect();
    if short.is_empty() { Ok(()) } else { Err(CheckoutError::OutOfStock(short)) }
}

/// The moment from which on nothing can be ordered for the day of this part, if something of it is made for that day.
pub(super) fn deadline(part: &Part<'_>) -> Option<DateTime<Utc>> {
    let date = part.delivery.date?;
    let plans = part.lines.iter().filter_map(Line::meal_plan);
    plans.map(|plan| plan.deadline(date, window_of(&plan, part.delivery.window.as_deref()))).min()
}

/// True if all that was ordered for a day can still be made: no day of these orders is past its deadline.
pub(super) async fn in_time(
    txn: &DatabaseTransaction,
    orders: &[Whole],
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let lines: Vec<(&Whole, Portions)> = orders
        .iter()
        .flat_map(|whole| whole.portions(Reservation::Released).into_iter().map(move |one| (whole, one)))
        .collect();
    let plans = plans_of(txn, lines.iter().map(|(_, portions)| portions.product_id)).await?;
    let in_time = |(whole, portions): &(&Whole, Portions)| {
        let plan = plans.iter().find(|plan| plan.product_id == portions.product_id).map(Plan::of);
        let Some((plan, date)) = plan.zip(portions.day.parse().ok()) else { return false };
        now < plan.deadline(date, window_of(&plan, whole.order.delivery_window.as_deref()))
    };
    Ok(lines.iter().all(in_time))
}

/// The window that was chosen; the latest if the shop has it no more.
fn window_of(plan: &Plan, chosen: Option<&str>) -> Option<Window> {
    plan.window(chosen).ok().flatten()
}

/// Refuses a day on which the shop does not make what it sells by hand; it decides itself how late that is.
pub(super) async fn check_made(
    txn: &DatabaseTransaction,
    lines: &[Line],
    date: NaiveDate,
) -> Result<(), CheckoutError> {
    let planned: Vec<(&Line, Plan)> =
        lines.iter().filter_map(|line| Some((line, line.meal_plan()?))).collect();
    let wanted: Vec<(ProductId, NaiveDate)> =
        planned.iter().map(|(line, _)| (line.product_id, date)).collect();
    let days = portions::days(txn, &wanted).await?;
    let mut fields = Fields::new();
    for (line, plan) in &planned {
        fields.take("/date", plan.check_open(date, on_day(&days, line.product_id, Some(date))));
    }
    Ok(fields.check()?)
}

fn on_day(days: &[meal_day::Model], product: ProductId, date: Option<NaiveDate>) -> Option<&meal_day::Model> {
    let date = date?.to_string();
    days.iter().find(|day| day.product_id == product && day.day == date)
}

/// Takes the portions of all daily products; all of them or none.
pub(super) async fn take(txn: &DatabaseTransaction, parts: &[Part<'_>]) -> Result<(), CheckoutError> {
    let mut days = BTreeSet::new();
    let mut wanted = Vec::new();
    for part in parts {
        let Some(date) = part.delivery.date else { continue };
        for line in part.lines.iter().filter(|line| line.meal_plan().is_some()) {
            days.insert((line.product_id, date));
            let (product_id, quantity) = (line.product_id, line.quantity);
            wanted.push(Portions { product_id, day: date.to_string(), quantity });
        }
    }
    portions::open_days(txn, &days).await?;
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

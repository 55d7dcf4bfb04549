//! How goods are sold, as answers show it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalog::entity::{meal_day, meal_plan, variant};
use crate::catalog::model::meal::{Plan, clock};
use crate::catalog::model::unit::UnitPrice;
use crate::catalog::model::{Attributes, MAX_SHOWN};
use crate::catalog::price::on_sale;
use crate::catalog::query::bundles::PartRow;
use crate::kernel::{Rupiah, VariantId};

/// Free days that a page shows.
const NEXT_DATES: usize = 7;

/// A price that can be compared.
#[derive(Serialize, ToSchema)]
pub struct UnitPriceOut {
    price: Rupiah,
    /// `kg`, `liter`, `meter`, `lembar`, `pcs`, `pasang` or `porsi`.
    per: String,
}

/// How much is in one.
#[derive(Serialize, ToSchema)]
pub struct ContentOut {
    amount: i64,
    unit: String,
}

/// A sale that is on.
#[derive(Serialize, ToSchema)]
pub struct SaleOut {
    /// What one costs without the sale.
    usual_price: Rupiah,
    /// The lowest price of the 30 days before the sale.
    lowest_before: Option<Rupiah>,
    until: Option<DateTime<Utc>>,
}

/// A sale as its shop sees it.
#[derive(Serialize, ToSchema)]
pub struct PlannedSale {
    price: Rupiah,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    /// The lowest price of the 30 days before the sale.
    lowest_before: Option<Rupiah>,
}

/// A part of a bundle.
#[derive(Serialize, ToSchema)]
pub struct PartOut {
    variant_id: VariantId,
    title: String,
    sku: String,
    /// Of it in one bundle.
    quantity: i32,
}

/// When a daily product can be ordered, and where it is brought.
#[derive(Serialize, ToSchema)]
pub struct Meal {
    /// The next days with portions left; of a day never more than 99 are told.
    next_dates: Vec<FreeDay>,
    windows: Vec<String>,
    /// Codes of districts; none is everywhere.
    districts: Vec<String>,
    cutoff_hours: Option<i32>,
    cutoff_days: Option<i32>,
    cutoff_time: Option<String>,
}

/// A day with portions left.
#[derive(Serialize, ToSchema)]
pub struct FreeDay {
    date: NaiveDate,
    #[schema(minimum = 1, maximum = 99)]
    left: i32,
}

/// Papers and origin, as the product says them.
#[derive(Serialize, ToSchema)]
pub struct Compliance {
    halal: Option<String>,
    pirt: Option<String>,
    bpom: Option<String>,
    sni: Option<String>,
    /// Share of domestic content, in percent.
    tkdn: Option<String>,
    origin: Option<String>,
}

impl From<UnitPrice> for UnitPriceOut {
    fn from(unit: UnitPrice) -> Self {
        Self { price: unit.price, per: unit.per.to_owned() }
    }
}

impl UnitPriceOut {
    /// From the columns of a product.
    pub fn stored(price: Option<Rupiah>, per: Option<String>) -> Option<Self> {
        Some(Self { price: price?, per: per? })
    }
}

impl ContentOut {
    /// Of a variant that says so.
    pub fn of(row: &variant::Model) -> Option<Self> {
        Some(Self { amount: row.content_amount?, unit: row.content_unit.clone()? })
    }
}

impl SaleOut {
    /// If one is on.
    pub fn on(row: &variant::Model, now: DateTime<Utc>) -> Option<Self> {
        on_sale(row.sale_price, (row.sale_from, row.sale_to), now)?;
        Some(Self { usual_price: row.price, lowest_before: row.sale_before, until: row.sale_to })
    }
}

impl PlannedSale {
    /// If there is one.
    pub fn of(row: &variant::Model) -> Option<Self> {
        let price = row.sale_price?;
        Some(Self { price, from: row.sale_from, to: row.sale_to, lowest_before: row.sale_before })
    }
}

impl PartOut {
    /// The parts of one bundle.
    pub fn of(parts: &[PartRow], bundle: VariantId) -> Vec<Self> {
        let of_bundle = parts.iter().filter(|part| part.bundle_id == bundle);
        of_bundle
            .map(|part| Self {
                variant_id: part.part_id,
                title: part.title.clone(),
                sku: part.sku.clone(),
                quantity: part.quantity,
            })
            .collect()
    }
}

impl Compliance {
    /// From the attributes under their usual names.
    pub fn of(attributes: &Attributes) -> Self {
        let said = attributes.clone().into_map();
        let find = |names: &[&str]| names.iter().find_map(|name| said.get(*name).cloned());
        Self {
            halal: find(&["halal", "halal_no"]),
            pirt: find(&["pirt", "p-irt", "pirt_no"]),
            bpom: find(&["bpom", "md", "bpom_no"]),
            sni: find(&["sni", "sni_no"]),
            tkdn: find(&["tkdn", "tkdn_pct"]),
            origin: find(&["asal", "origin"]),
        }
    }
}

impl Meal {
    /// Of a plan and the days that somebody spoke of.
    pub fn new(row: &meal_plan::Model, days: &[meal_day::Model], now: DateTime<Utc>) -> Self {
        let plan = Plan::of(row);
        let (cutoff_hours, cutoff_days, minute) = plan.cutoff_columns();
        let free = plan.next_free(days, now, NEXT_DATES).into_iter();
        Self {
            next_dates: free.map(|day| FreeDay { date: day.date, left: day.left.min(MAX_SHOWN) }).collect(),
            windows: plan.windows.iter().map(|window| window.text()).collect(),
            districts: plan.districts,
            cutoff_hours,
            cutoff_days,
            cutoff_time: minute.map(clock),
        }
    }
}

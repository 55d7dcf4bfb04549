//! Shops say when they make something, what is different on a day, and that today is sold out.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

use super::bundles;
use crate::app::App;
use crate::catalog::changes;
use crate::catalog::entity::product::{self, StockMode};
use crate::catalog::entity::{meal_day, meal_plan};
use crate::catalog::error::{CatalogError, MealError};
use crate::catalog::model::meal::Plan;
use crate::catalog::portions;
use crate::catalog::query::meals::{days_from, plan_and_days};
use crate::catalog::query::product_of;
use crate::kernel::clock::business_date;
use crate::kernel::{ProductId, VendorId};

/// A plan with the days that somebody spoke of.
pub type Planned = (meal_plan::Model, Vec<meal_day::Model>);

/// What a shop says about one day; `None` is what is usual.
#[derive(Clone, Copy, Debug)]
pub struct DayWish {
    pub date: NaiveDate,
    pub capacity: Option<i32>,
    pub closed: bool,
}

/// Sets when a product is made, on the version of the product that was seen; from then on it is sold by the day.
pub async fn set_plan(
    app: &App,
    (vendor_id, product_id, version): (VendorId, ProductId, i32),
    plan: Plan,
) -> Result<(Planned, i32), CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    set_plan_in(&txn, (vendor_id, product_id, version), &plan, now).await?;
    let planned = planned(&txn, product_id, now).await?;
    app.commit(txn).await?;
    Ok((planned, version + 1))
}

/// The same in a transaction of the caller.
pub(in crate::catalog) async fn set_plan_in(
    txn: &DatabaseTransaction,
    (vendor_id, product_id, version): (VendorId, ProductId, i32),
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let counted = product::Entity::update_many()
        .col_expr(product::Column::Version, Expr::col(product::Column::Version).add(1))
        .col_expr(product::Column::StockMode, Expr::value(StockMode::Daily))
        .col_expr(product::Column::UpdatedAt, Expr::value(now))
        .filter(product::Column::Id.eq(product_id))
        .filter(product::Column::VendorId.eq(vendor_id))
        .filter(product::Column::Version.eq(version))
        .exec(txn)
        .await?;
    if counted.rows_affected != 1 {
        product_of(txn, vendor_id, product_id).await?;
        return Err(CatalogError::Stale);
    }
    bundles::stay_counted(txn, product_id, Some(StockMode::Daily)).await?;
    // The plan before its days: who opens a day holds the plan, so every day is there when they are read.
    write_plan(txn, product_id, plan, now).await?;
    follow_plan(txn, product_id, plan, now).await?;
    Ok(changes::touched(txn, [product_id], now).await?)
}

async fn write_plan(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (hours, days, minute) = plan.cutoff_columns();
    let windows: Vec<String> = plan.windows.iter().map(|window| window.text()).collect();
    let row = meal_plan::ActiveModel {
        product_id: Set(product_id),
        weekdays: Set(json!(plan.weekdays).to_string()),
        cutoff_hours: Set(hours),
        cutoff_days: Set(days),
        cutoff_minute: Set(minute),
        windows: Set(json!(windows).to_string()),
        districts: Set(json!(plan.districts).to_string()),
        version: Set(1),
        updated_at: Set(now),
    };
    use meal_plan::Column;
    let anew = OnConflict::column(Column::ProductId)
        .update_columns([Column::Weekdays, Column::CutoffHours, Column::CutoffDays, Column::CutoffMinute])
        .update_columns([Column::Windows, Column::Districts, Column::UpdatedAt])
        .value(Column::Version, Expr::col((meal_plan::Entity, Column::Version)).add(1))
        .to_owned();
    meal_plan::Entity::insert(row).on_conflict(anew).exec_without_returning(txn).await?;
    Ok(())
}

/// Days on which nothing was said follow the new plan, as far as orders allow.
async fn follow_plan(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for day in days_from(txn, product_id, business_date(now)).await?.iter().filter(|day| !day.is_exception) {
        let Ok(date) = day.day.parse::<NaiveDate>() else { continue };
        set_capacity(txn, day, plan.usual(date)).await?;
    }
    Ok(())
}

/// Never below what is taken: an order between is kept by the maximum that the update itself forms.
fn not_below_taken(wanted: i32) -> Expr {
    let taken = || Expr::col(meal_day::Column::Taken);
    Expr::case(taken().gt(wanted), taken()).finally(wanted).into()
}

async fn set_capacity(txn: &DatabaseTransaction, day: &meal_day::Model, wanted: i32) -> Result<(), DbErr> {
    meal_day::Entity::update_many()
        .col_expr(meal_day::Column::Planned, Expr::value(wanted))
        .col_expr(meal_day::Column::Capacity, not_below_taken(wanted))
        .filter(meal_day::Column::ProductId.eq(day.product_id))
        .filter(meal_day::Column::Day.eq(day.day.as_str()))
        .exec(txn)
        .await?;
    Ok(())
}

/// Says something about one day.
pub async fn set_day(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    wish: DayWish,
) -> Result<Planned, CatalogError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let plan = locked_plan(&txn, vendor_id, product_id).await?;
    portions::open_days(&txn, &BTreeSet::from([(product_id, wish.date)])).await?;
    let day = wish.date.to_string();
    let mut said = meal_day::Entity::update_many()
        .col_expr(meal_day::Column::IsClosed, Expr::value(wish.closed))
        .filter(meal_day::Column::ProductId.eq(product_id))
        .filter(meal_day::Column::Day.eq(day.as_str()));
    if let Some(capacity) = wish.capacity {
        said = said
            .col_expr(meal_day::Column::Planned, Expr::value(capacity))
            .col_expr(meal_day::Column::Capacity, Expr::value(capacity))
            .col_expr(meal_day::Column::IsException, Expr::value(true))
            .filter(meal_day::Column::Taken.lte(capacity));
    } else if !wish.closed {
        let usual = plan.usual(wish.date);
        said = said
            .col_expr(meal_day::Column::IsException, Expr::value(false))
            .col_expr(meal_day::Column::Planned, Expr::value(usual))
            .col_expr(meal_day::Column::Capacity, not_below_taken(usual));
    }
    let said = said.exec(&txn).await?;
    if said.rows_affected != 1 {
        return Err(MealError::Taken.into());
    }
    changes::touched(&txn, [product_id], now).await?;
    let planned = planned(&txn, product_id, now).await?;
    app.commit(txn).await?;
    Ok(planned)
}

/// Takes no more orders for today, or takes them again.
pub async fn sold_out_today(
    app: &App,
    (vendor_id, product_id): (VendorId, ProductId),
    sold_out: bool,
) -> Result<NaiveDate, CatalogError> {
    let now = app.now();
    let today = business_date(now);
    let txn = app.db.begin().await?;
    locked_plan(&txn, vendor_id, product_id).await?;
    portions::open_days(&txn, &BTreeSet::from([(product_id, today)])).await?;
    meal_day::Entity::update_many()
        .col_expr(meal_day::Column::IsSoldOut, Expr::value(sold_out))
        .filter(meal_day::Column::ProductId.eq(product_id))
        .filter(meal_day::Column::Day.eq(today.to_string()))
        .exec(&txn)
        .await?;
    changes::touched(&txn, [product_id], now).await?;
    app.commit(txn).await?;
    Ok(today)
}

/// The plan of a product of this shop; whoever changes it or opens a day of it waits. The product itself is not locked:
/// every order that is being written holds on to it.
async fn locked_plan(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    id: ProductId,
) -> Result<Plan, CatalogError> {
    product_of(txn, vendor_id, id).await?;
    let found = meal_plan::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    Ok(Plan::of(&found.ok_or(MealError::NoPlan)?))
}

async fn planned(
    txn: &DatabaseTransaction,
    product_id: ProductId,
    now: DateTime<Utc>,
) -> Result<Planned, CatalogError> {
    let found = plan_and_days(txn, product_id, business_date(now)).await?;
    found.ok_or_else(|| MealError::NoPlan.into())
}

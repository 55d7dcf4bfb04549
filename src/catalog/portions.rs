//! Portions of a day: taken by orders, given back by those that end without a sale. Every step takes the caller's transaction.
//!
//! The guard is the `WHERE` of the update, as with stock; days are touched in the order of their keys, after the stock.
//! A day is opened under a lock of its plan, so that it never begins with what a plan said before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::entity::meal_day::{ActiveModel, Column, Entity, Model};
use super::entity::meal_plan;
use super::model::meal::Plan;
use crate::kernel::ProductId;

/// So many portions of a product on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portions {
    /// The product.
    pub product_id: ProductId,
    /// The day, as it is stored.
    pub day: String,
    /// More than zero.
    pub quantity: i32,
}

/// The rows of these days, in one statement; a day that nobody spoke of has none.
pub async fn days(db: &impl ConnectionTrait, wanted: &[(ProductId, NaiveDate)]) -> Result<Vec<Model>, DbErr> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let any = wanted.iter().fold(Condition::any(), |any, (product, date)| {
        any.add(Column::ProductId.eq(*product).and(Column::Day.eq(date.to_string())))
    });
    Entity::find().filter(any).all(db).await
}

/// Makes rows of days that have none, with what is usual on them by the plan of this moment. Whoever changes a plan waits
/// until these days are written, and then finds them; a product without a plan gets no day.
pub async fn open_days(
    txn: &DatabaseTransaction,
    wanted: &BTreeSet<(ProductId, NaiveDate)>,
) -> Result<(), DbErr> {
    let wanted: Vec<(ProductId, NaiveDate)> = wanted.iter().copied().collect();
    let known = days(txn, &wanted).await?;
    let is_new = |(product, date): &&(ProductId, NaiveDate)| {
        let day = date.to_string();
        !known.iter().any(|row| row.product_id == *product && row.day == day)
    };
    let new: Vec<&(ProductId, NaiveDate)> = wanted.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let plans = meal_plan::Entity::find()
        .filter(meal_plan::Column::ProductId.is_in(new.iter().map(|(product, _)| *product)))
        .order_by_asc(meal_plan::Column::ProductId)
        .lock_shared()
        .all(txn)
        .await?;
    for (product_id, date) in new {
        let Some(plan) = plans.iter().find(|plan| plan.product_id == *product_id) else { continue };
        let usual = Plan::of(plan).usual(*date);
        let row = ActiveModel {
            product_id: Set(*product_id),
            day: Set(date.to_string()),
            planned: Set(usual),
            capacity: Set(usual),
            taken: Set(0),
            is_exception: Set(false),
            is_closed: Set(false),
            is_sold_out: Set(false),
        };
        let once = OnConflict::columns([Column::ProductId, Column::Day]).do_nothing().to_owned();
        Entity::insert(row).on_conflict(once).try_insert().exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Takes portions: `taken += q` where enough is left. Returns the products of which there was not enough.
pub async fn take(txn: &DatabaseTransaction, portions: &[Portions]) -> Result<Vec<ProductId>, DbErr> {
    let mut short = Vec::new();
    for ((product_id, day), quantity) in in_key_order(portions) {
        let taken = Entity::update_many()
            .col_expr(Column::Taken, Expr::col(Column::Taken).add(quantity))
            .filter(Column::ProductId.eq(product_id))
            .filter(Column::Day.eq(day))
            .filter(Column::IsClosed.eq(false))
            .filter(Column::IsSoldOut.eq(false))
            .filter(Expr::col(Column::Taken).add(quantity).lte(Expr::col(Column::Capacity)))
            .exec(txn)
            .await?;
        if taken.rows_affected != 1 {
            short.push(product_id);
        }
    }
    Ok(short)
}

/// Gives portions back: `taken -= q`. If the shop wants to make fewer than were ordered, they are not for sale again.
pub async fn give_back(txn: &DatabaseTransaction, portions: &[Portions]) -> Result<(), DbErr> {
    for ((product_id, day), quantity) in in_key_order(portions) {
        let left = || Expr::col(Column::Taken).sub(quantity);
        let planned = || Expr::col(Column::Planned);
        let capacity = Expr::case(left().gt(planned()), left()).finally(planned());
        let given = Entity::update_many()
            .col_expr(Column::Taken, left())
            .col_expr(Column::Capacity, capacity.into())
            .filter(Column::ProductId.eq(product_id))
            .filter(Column::Day.eq(day.as_str()))
            .filter(Column::Taken.gte(quantity))
            .exec(txn)
            .await?;
        if given.rows_affected != 1 {
            return Err(DbErr::RecordNotFound(format!("portions of {product_id} on {day}")));
        }
    }
    Ok(())
}

/// One sum a day, in the order of the keys.
fn in_key_order(portions: &[Portions]) -> BTreeMap<(ProductId, String), i32> {
    let mut sums: BTreeMap<(ProductId, String), i32> = BTreeMap::new();
    for one in portions {
        let sum = sums.entry((one.product_id, one.day.clone())).or_default();
        *sum = sum.saturating_add(one.quantity);
    }
    sums
}

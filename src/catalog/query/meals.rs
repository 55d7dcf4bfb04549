//! Plans of daily products, and their days.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::catalog::entity::{meal_day, meal_plan};
use crate::kernel::ProductId;

/// The plan of a product and its days from `from` on, in two statements.
pub async fn plan_and_days(
    db: &impl ConnectionTrait,
    product_id: ProductId,
    from: NaiveDate,
) -> Result<Option<(meal_plan::Model, Vec<meal_day::Model>)>, DbErr> {
    let Some(plan) = meal_plan::Entity::find_by_id(product_id).one(db).await? else {
        return Ok(None);
    };
    let days = days_from(db, product_id, from).await?;
    Ok(Some((plan, days)))
}

/// The plans of these products, in one statement; none if there are no products.
pub async fn plans_of(
    db: &impl ConnectionTrait,
    products: impl Iterator<Item = ProductId>,
) -> Result<Vec<meal_plan::Model>, DbErr> {
    let products: Vec<ProductId> = products.collect();
    if products.is_empty() {
        return Ok(Vec::new());
    }
    meal_plan::Entity::find().filter(meal_plan::Column::ProductId.is_in(products)).all(db).await
}

/// The days of a product that somebody spoke of, from `from` on.
pub async fn days_from(
    db: &impl ConnectionTrait,
    product_id: ProductId,
    from: NaiveDate,
) -> Result<Vec<meal_day::Model>, DbErr> {
    meal_day::Entity::find()
        .filter(meal_day::Column::ProductId.eq(product_id))
        .filter(meal_day::Column::Day.gte(from.to_string()))
        .order_by_asc(meal_day::Column::Day)
        .all(db)
        .await
}

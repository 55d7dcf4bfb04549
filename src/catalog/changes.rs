//! The feed that keeps search indexes in step: a line per changed product, written in the transaction of the change.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
};

use super::entity::{change, product, variant};
use crate::kernel::{ProductId, VariantId, VendorId};

/// Tells the indexes that these products changed.
pub async fn touched(
    txn: &DatabaseTransaction,
    products: impl IntoIterator<Item = ProductId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows: Vec<change::ActiveModel> = products
        .into_iter()
        .map(|product_id| change::ActiveModel {
            seq: NotSet,
            xid: NotSet,
            product_id: Set(product_id),
            created_at: Set(now),
        })
        .collect();
    if !rows.is_empty() {
        change::Entity::insert_many(rows)
            .exec_without_returning(txn)
            .await?;
    }
    Ok(())
}

/// The same for the products of variants whose availability flipped.
pub async fn availability_flipped(
    txn: &DatabaseTransaction,
    variants: &[VariantId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if variants.is_empty() {
        return Ok(());
    }
    let mut select = variant::Entity::find().select_only();
    sea_orm::QuerySelect::query(&mut select)
        .expr(Expr::col(variant::Column::ProductId))
        .expr(Expr::value(now))
        .distinct()
        .and_where(variant::Column::Id.is_in(variants.iter().copied()));
    insert_from(txn, sea_orm::QueryTrait::into_query(select)).await
}

/// The same for every product of a shop whose standing changed.
pub async fn vendor_changed(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut select = product::Entity::find()
        .select_only()
        .filter(product::Column::VendorId.eq(vendor_id));
    sea_orm::QuerySelect::query(&mut select)
        .expr(Expr::col(product::Column::Id))
        .expr(Expr::value(now));
    insert_from(txn, sea_orm::QueryTrait::into_query(select)).await
}

async fn insert_from(
    txn: &DatabaseTransaction,
    select: sea_orm::sea_query::SelectStatement,
) -> Result<(), DbErr> {
    let mut insert = sea_orm::sea_query::Query::insert();
    insert
        .into_table(change::Entity)
        .columns([change::Column::ProductId, change::Column::CreatedAt])
        .select_from(select)
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    txn.execute(&insert).await?;
    Ok(())
}

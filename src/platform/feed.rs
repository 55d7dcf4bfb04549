//! The feed that keeps search indexes in step: a line per changed product, written in the transaction of the change.
//!
//! Table: `catalog_changes`. It is down here because shops write to it too, and they may not know products.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::NotSet;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use sea_orm::{DatabaseTransaction, Set};

use crate::kernel::{ProductId, VendorId};

/// One product changed; `seq` grows, but on PostgreSQL a smaller one may still be uncommitted: `xid` tells.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_changes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub xid: i64,
    pub product_id: ProductId,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Tells the indexes that these products changed.
pub async fn touched(
    txn: &DatabaseTransaction,
    products: impl IntoIterator<Item = ProductId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows: Vec<ActiveModel> = products
        .into_iter()
        .map(|product_id| ActiveModel {
            seq: NotSet,
            xid: NotSet,
            product_id: Set(product_id),
            created_at: Set(now),
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// The same for every product of a shop whose name, place or standing changed.
pub async fn vendor_changed(
    txn: &DatabaseTransaction,
    vendor_id: VendorId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let products = Query::select()
        .column("id")
        .expr(Expr::value(now))
        .from("products")
        .and_where(Expr::col("vendor_id").eq(vendor_id))
        .take();
    touched_where(txn, products).await
}

/// The same for the products that a query selects: their id, then the time.
pub async fn touched_where(txn: &DatabaseTransaction, products: SelectStatement) -> Result<(), DbErr> {
    let mut insert = Query::insert();
    insert
        .into_table(Entity)
        .columns([Column::ProductId, Column::CreatedAt])
        .select_from(products)
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    txn.execute(&insert).await?;
    Ok(())
}

//! The feed that keeps search indexes in step: a line per changed product, written in the transaction of the change.
//!
//! Table: `catalog_changes`. It is down here because shops write to it too, and they may not know products.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::NotSet;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect, Set};

use super::db::Db;
use super::settings;
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
    let products: Vec<ProductId> = products.into_iter().collect();
    // A statement has a limit of parameters.
    for some in products.chunks(AT_ONCE) {
        let rows = some.iter().map(|product_id| ActiveModel {
            seq: NotSet,
            xid: NotSet,
            product_id: Set(*product_id),
            created_at: Set(now),
        });
        Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Lines of one statement.
const AT_ONCE: usize = 1000;

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

/// The setting that says up to which line the table was forgotten, as `[xid, seq]`.
const FORGOTTEN: &str = "feed.forgotten";

/// Forgets lines from before `before`, a few at a time, and tells how many there were. How far it went is kept, so that
/// an index that was away for longer knows that it missed something.
pub async fn forget(db: &Db, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let txn = db.begin().await?;
    let old: Vec<(i64, i64)> = Entity::find()
        .select_only()
        .columns([Column::Xid, Column::Seq])
        .filter(Column::CreatedAt.lt(before))
        .order_by_asc(Column::Xid)
        .order_by_asc(Column::Seq)
        .limit(200)
        .into_tuple()
        .all(&txn)
        .await?;
    let Some(last) = old.last() else {
        return Ok(0);
    };
    let place = serde_json::to_string(last).map_err(|error| DbErr::Custom(error.to_string()))?;
    settings::set(&txn, FORGOTTEN, &place, before).await?;
    let gone =
        Entity::delete_many().filter(Column::Seq.is_in(old.iter().map(|(_, seq)| *seq))).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}

/// The `(xid, seq)` of the last forgotten line, if any was.
pub async fn forgotten(db: &impl ConnectionTrait) -> Result<Option<(i64, i64)>, DbErr> {
    let place = settings::get(db, FORGOTTEN).await?;
    Ok(place.and_then(|text| serde_json::from_str(&text).ok()))
}

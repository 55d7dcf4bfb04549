//! What the catalogue tells the search indexes; the feed itself is `platform::feed`.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QuerySelect, QueryTrait};

use super::entity::{bundle_part, variant};
use super::stock::Moved;
use crate::kernel::ProductId;
use crate::platform::feed;

pub use crate::platform::feed::{touched, vendor_changed};

/// Articles or products of one statement: an article is a condition of its own, and SQLite takes no more than 1,000 of them.
const AT_ONCE: usize = 200;

/// Tells the indexes what came into stock or went out of it: articles, and the bundles that they are parts of.
pub async fn availability_moved(
    txn: &DatabaseTransaction,
    moved: &[Moved],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let moved: Vec<Moved> = moved.iter().filter(|one| one.before != one.after).copied().collect();
    for some in moved.chunks(AT_ONCE) {
        some_moved(txn, some, now).await?;
    }
    Ok(())
}

async fn some_moved(txn: &DatabaseTransaction, moved: &[Moved], now: DateTime<Utc>) -> Result<(), DbErr> {
    let flipped = moved.iter().filter(|one| (one.before > 0) != (one.after > 0)).map(|one| one.variant_id);
    // A bundle flips where a part crosses what one bundle takes of it.
    let crossed = moved.iter().fold(Condition::any(), |any, one| {
        let between = bundle_part::Column::Quantity
            .gt(Ord::min(one.before, one.after))
            .and(bundle_part::Column::Quantity.lte(Ord::max(one.before, one.after)));
        any.add(bundle_part::Column::PartId.eq(one.variant_id).and(between))
    });
    let bundles = Query::select()
        .column(bundle_part::Column::BundleId)
        .from(bundle_part::Entity)
        .cond_where(crossed)
        .take();
    let these = Condition::any()
        .add(variant::Column::Id.is_in(flipped))
        .add(variant::Column::Id.in_subquery(bundles));
    let mut select = variant::Entity::find().select_only();
    QuerySelect::query(&mut select)
        .expr(Expr::col(variant::Column::ProductId))
        .expr(Expr::value(now))
        .distinct()
        .cond_where(these);
    feed::touched_where(txn, select.into_query()).await
}

/// Tells the indexes of the bundles that variants of these products are parts of: they are sold only while those are.
pub async fn bundles_of(
    txn: &DatabaseTransaction,
    products: &[ProductId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for some in products.chunks(AT_ONCE) {
        bundles_of_some(txn, some, now).await?;
    }
    Ok(())
}

async fn bundles_of_some(
    txn: &DatabaseTransaction,
    products: &[ProductId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let own = Query::select()
        .column(variant::Column::Id)
        .from(variant::Entity)
        .and_where(variant::Column::ProductId.is_in(products.iter().copied()))
        .take();
    let bundles = Query::select()
        .column(bundle_part::Column::BundleId)
        .from(bundle_part::Entity)
        .and_where(bundle_part::Column::PartId.in_subquery(own))
        .take();
    let mut select = variant::Entity::find().select_only();
    QuerySelect::query(&mut select)
        .expr(Expr::col(variant::Column::ProductId))
        .expr(Expr::value(now))
        .distinct()
        .and_where(variant::Column::Id.in_subquery(bundles));
    feed::touched_where(txn, select.into_query()).await
}

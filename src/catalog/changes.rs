//! What the catalogue tells the search indexes; the feed itself is `platform::feed`.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QuerySelect, QueryTrait};

use super::entity::{bundle_part, variant};
use super::stock::Moved;
use crate::platform::feed;

pub use crate::platform::feed::{touched, vendor_changed};

/// Tells the indexes what came into stock or went out of it: articles, and the bundles that they are parts of.
pub async fn availability_moved(
    txn: &DatabaseTransaction,
    moved: &[Moved],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if moved.iter().all(|one| one.before == one.after) {
        return Ok(());
    }
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

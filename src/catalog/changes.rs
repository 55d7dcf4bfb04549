//! What the catalogue tells the search indexes; the feed itself is `platform::feed`.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QuerySelect, QueryTrait};

use super::entity::variant;
use crate::kernel::VariantId;
use crate::platform::feed;

pub use crate::platform::feed::{touched, vendor_changed};

/// Tells the indexes that variants came into stock or went out of it.
pub async fn availability_flipped(
    txn: &DatabaseTransaction,
    variants: &[VariantId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if variants.is_empty() {
        return Ok(());
    }
    let mut select = variant::Entity::find().select_only();
    QuerySelect::query(&mut select)
        .expr(Expr::col(variant::Column::ProductId))
        .expr(Expr::value(now))
        .distinct()
        .and_where(variant::Column::Id.is_in(variants.iter().copied()));
    feed::touched_where(txn, select.into_query()).await
}

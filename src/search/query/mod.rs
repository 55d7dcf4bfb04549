//! Reading products for the index and for answers. What the public may see is decided by the catalogue.

pub mod answer;
pub mod documents;
pub mod plain;

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::catalog::entity::product::Column;
use crate::catalog::query::public;
use crate::kernel::ProductId;

/// Up to `limit` ids of products the public sees, after `after`, ascending.
pub async fn public_ids(
    db: &impl ConnectionTrait,
    after: Option<ProductId>,
    limit: u64,
) -> Result<Vec<ProductId>, DbErr> {
    let mut select = public::visible().column(Column::Id);
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    select.order_by_asc(Column::Id).limit(limit).into_tuple().all(db).await
}

/// How many products the public sees; the index holds as many.
pub async fn public_count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    public::visible().column(Column::Id).count(db).await
}

/// Reads products the public may see, in the order of `ids`. Price, stock and visibility come from here, never from an
/// index.
pub async fn hits(db: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Vec<public::Row>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<public::Row> =
        public::rows().filter(Column::Id.is_in(ids.iter().copied())).into_model().all(db).await?;
    let mut by_id: HashMap<ProductId, public::Row> = found.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

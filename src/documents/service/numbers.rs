//! Numbers without a gap: one row per issuer, kind and year, moved on in the transaction that issues.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::documents::entity::counter::{ActiveModel, Column, Entity};
use crate::documents::entity::document::Kind;

/// Draws the next number. Whoever else issues for the same issuer waits until this transaction ends; if it is rolled back, so is
/// the number.
pub async fn draw(
    txn: &DatabaseTransaction,
    (issuer_id, kind, year): (Uuid, Kind, i32),
) -> Result<i64, DbErr> {
    if let Some(drawn) = next(txn, (issuer_id, kind, year)).await? {
        return Ok(drawn);
    }
    let first = ActiveModel { issuer_id: Set(issuer_id), kind: Set(kind), year: Set(year), last: Set(0) };
    // Whoever else began the year at the same moment made the row.
    let faster = OnConflict::columns([Column::IssuerId, Column::Kind, Column::Year]).do_nothing().to_owned();
    Entity::insert(first).on_conflict(faster).try_insert().exec_without_returning(txn).await?;
    let drawn = next(txn, (issuer_id, kind, year)).await?;
    drawn.ok_or_else(|| DbErr::Custom("a counter of papers is gone".to_owned()))
}

async fn next(
    txn: &DatabaseTransaction,
    (issuer_id, kind, year): (Uuid, Kind, i32),
) -> Result<Option<i64>, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::Last, Expr::col(Column::Last).add(1))
        .filter(Column::IssuerId.eq(issuer_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Year.eq(year))
        .exec_with_returning(txn)
        .await?;
    Ok(moved.first().map(|row| row.last))
}

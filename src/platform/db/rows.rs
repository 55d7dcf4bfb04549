//! Hand-written selects into narrow rows.

use sea_orm::sea_query::SelectStatement;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

/// All rows of a select.
pub async fn all<R: FromQueryResult>(
    db: &impl ConnectionTrait,
    select: &SelectStatement,
) -> Result<Vec<R>, DbErr> {
    db.query_all(select).await?.iter().map(|row| R::from_query_result(row, "")).collect()
}

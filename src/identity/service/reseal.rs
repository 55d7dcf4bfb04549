//! Secrets of second factors, sealed anew when the key of the service changes.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::identity::entity::second_factor::{Column, Entity, Model};
use crate::kernel::UserId;
use crate::platform::db::Db;
use crate::platform::sealed::{Resealed, Sealer};

/// Where the secret of a second factor is sealed.
pub fn secret_place(user_id: UserId) -> String {
    format!("second_factors.secret:{user_id}")
}

/// Seals the next secrets anew that are not under the newest key, and tells where it got; nothing at the end.
pub async fn second_factors(
    db: &Db,
    sealer: &Sealer,
    after: Option<UserId>,
    most: u64,
) -> Result<Option<(UserId, Resealed)>, DbErr> {
    let txn = db.begin().await?;
    let mut old = Entity::find()
        .filter(Column::SecretSealed.not_like(format!("{}%", sealer.prefix())))
        .order_by_asc(Column::UserId)
        .limit(most)
        .lock_exclusive();
    if let Some(after) = after {
        old = old.filter(Column::UserId.gt(after));
    }
    let rows = old.all(&txn).await?;
    let mut resealed = Resealed::default();
    for row in &rows {
        match anew(sealer, row) {
            Some(sealed) => resealed.done += replace(&txn, row, sealed).await?,
            None => resealed.unreadable += 1,
        }
    }
    txn.commit().await?;
    Ok(rows.last().map(|row| (row.user_id, resealed)))
}

fn anew(sealer: &Sealer, row: &Model) -> Option<String> {
    let place = secret_place(row.user_id);
    let secret = sealer.open(&place, &row.secret_sealed).ok()?;
    sealer.seal(&place, &secret).ok()
}

/// A secret that was set up anew in between stays.
async fn replace(txn: &DatabaseTransaction, row: &Model, sealed: String) -> Result<u64, DbErr> {
    let replaced = Entity::update_many()
        .col_expr(Column::SecretSealed, Expr::value(sealed))
        .filter(Column::UserId.eq(row.user_id))
        .filter(Column::SecretSealed.eq(row.secret_sealed.as_str()))
        .exec(txn)
        .await?;
    Ok(replaced.rows_affected)
}

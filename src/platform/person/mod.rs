//! The key of each person. What is sealed under it can no longer be read once the key is destroyed, wherever copies lie.
//!
//! Table: `person_keys`. If the key of the service is lost, those of persons are lost with it: what was sealed under them
//! stays unreadable, and everything else goes on.

pub mod entity;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::db::Db;
use super::random;
use super::sealed::{Resealed, SealError, Sealer};
use crate::kernel::UserId;

/// Why a person's key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PersonKeyError {
    /// It cannot be sealed with the key of the service.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// It is no key.
    #[error("the key of a person is broken")]
    Broken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

fn place(user: UserId) -> String {
    format!("person_keys.key:{user}")
}

/// The key of a person, made at its first use.
///
/// If it no longer opens, the answer is a key that nobody keeps: the stored one may open again once the setting is mended.
pub async fn key(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Sealer, PersonKeyError> {
    let row = match stored(txn, user).await? {
        Some(row) => row,
        None => make(txn, sealer, user, now).await?,
    };
    let secret = match sealer.open(&place(user), &row.key_sealed) {
        Ok(secret) => STANDARD.decode(secret).map_err(|_| PersonKeyError::Broken)?,
        Err(error) => {
            tracing::error!(user.id = %user, error = %error, "the key of a person is unreadable");
            random::bytes::<32>().to_vec()
        }
    };
    Sealer::new(&secret).map_err(|_| PersonKeyError::Broken)
}

async fn stored(db: &impl ConnectionTrait, user: UserId) -> Result<Option<entity::Model>, DbErr> {
    entity::Entity::find_by_id(user).one(db).await
}

async fn make(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<entity::Model, PersonKeyError> {
    let secret = STANDARD.encode(random::bytes::<32>());
    let row = entity::ActiveModel {
        user_id: Set(user),
        key_sealed: Set(sealer.seal(&place(user), &secret)?),
        created_at: Set(now),
    };
    // Whoever was faster made the key that counts.
    let faster = OnConflict::column(entity::Column::UserId).do_nothing().to_owned();
    entity::Entity::insert(row).on_conflict(faster).try_insert().exec_without_returning(txn).await?;
    stored(txn, user).await?.ok_or(PersonKeyError::Broken)
}

/// The key of a person; nothing if there never was one, it was destroyed, or no key of the service opens it.
pub async fn find(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    user: UserId,
) -> Result<Option<Sealer>, PersonKeyError> {
    let row = stored(db, user).await?;
    row.and_then(|row| open(sealer, &row).transpose()).transpose()
}

/// The keys of several people, in one statement; those that were destroyed or do not open are left out.
pub async fn find_all(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    users: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, Sealer>, PersonKeyError> {
    let rows = entity::Entity::find().filter(entity::Column::UserId.is_in(users)).all(db).await?;
    let opened = rows.iter().map(|row| Ok(open(sealer, row)?.map(|key| (row.user_id, key))));
    opened.filter_map(Result::transpose).collect()
}

/// Nothing if the key of the service that sealed it is lost.
fn open(sealer: &Sealer, row: &entity::Model) -> Result<Option<Sealer>, PersonKeyError> {
    let Ok(secret) = sealer.open(&place(row.user_id), &row.key_sealed) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(secret).map_err(|_| PersonKeyError::Broken)?;
    Sealer::new(&bytes).map(Some).map_err(|_| PersonKeyError::Broken)
}

/// Destroys the key of a person, and with it everything that was sealed under it.
pub async fn destroy(txn: &DatabaseTransaction, user: UserId) -> Result<(), DbErr> {
    entity::Entity::delete_by_id(user).exec(txn).await?;
    Ok(())
}

/// Seals the next keys anew that are not under the newest key of the service, and tells where it got; nothing at the end.
pub async fn reseal(
    db: &Db,
    sealer: &Sealer,
    after: Option<UserId>,
    most: u64,
) -> Result<Option<(UserId, Resealed)>, DbErr> {
    let txn = db.begin().await?;
    let mut old = entity::Entity::find()
        .filter(entity::Column::KeySealed.not_like(format!("{}%", sealer.prefix())))
        .order_by_asc(entity::Column::UserId)
        .limit(most)
        .lock_exclusive();
    if let Some(after) = after {
        old = old.filter(entity::Column::UserId.gt(after));
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

fn anew(sealer: &Sealer, row: &entity::Model) -> Option<String> {
    let place = place(row.user_id);
    let secret = sealer.open(&place, &row.key_sealed).ok()?;
    sealer.seal(&place, &secret).ok()
}

async fn replace(txn: &DatabaseTransaction, row: &entity::Model, sealed: String) -> Result<u64, DbErr> {
    let replaced = entity::Entity::update_many()
        .col_expr(entity::Column::KeySealed, Expr::value(sealed))
        .filter(entity::Column::UserId.eq(row.user_id))
        .filter(entity::Column::KeySealed.eq(row.key_sealed.as_str()))
        .exec(txn)
        .await?;
    Ok(replaced.rows_affected)
}

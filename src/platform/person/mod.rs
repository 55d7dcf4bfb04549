//! The key of each person. What is sealed under it can no longer be read once the key is destroyed, wherever copies lie.
//!
//! Table: `person_keys`.

pub mod entity;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use super::random;
use super::sealed::{SealError, Sealer};
use crate::kernel::UserId;

/// Why a person's key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PersonKeyError {
    /// It does not open with the key of the service.
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
pub async fn key(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Sealer, PersonKeyError> {
    if let Some(known) = find(txn, sealer, user).await? {
        return Ok(known);
    }
    let secret = STANDARD.encode(random::bytes::<32>());
    let row = entity::ActiveModel {
        user_id: Set(user),
        key_sealed: Set(sealer.seal(&place(user), &secret)?),
        created_at: Set(now),
    };
    // Whoever was faster made the key that counts.
    let faster = OnConflict::column(entity::Column::UserId).do_nothing().to_owned();
    entity::Entity::insert(row).on_conflict(faster).try_insert().exec_without_returning(txn).await?;
    find(txn, sealer, user).await?.ok_or(PersonKeyError::Broken)
}

/// The key of a person; nothing if there never was one, or it was destroyed.
pub async fn find(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    user: UserId,
) -> Result<Option<Sealer>, PersonKeyError> {
    let row = entity::Entity::find_by_id(user).one(db).await?;
    row.map(|row| open(sealer, &row)).transpose()
}

/// The keys of several people, in one statement; those that were destroyed are left out.
pub async fn find_all(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    users: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, Sealer>, PersonKeyError> {
    let rows = entity::Entity::find().filter(entity::Column::UserId.is_in(users)).all(db).await?;
    rows.iter().map(|row| Ok((row.user_id, open(sealer, row)?))).collect()
}

fn open(sealer: &Sealer, row: &entity::Model) -> Result<Sealer, PersonKeyError> {
    let secret = sealer.open(&place(row.user_id), &row.key_sealed)?;
    let bytes = STANDARD.decode(secret).map_err(|_| PersonKeyError::Broken)?;
    Sealer::new(&bytes).map_err(|_| PersonKeyError::Broken)
}

/// Destroys the key of a person, and with it everything that was sealed under it.
pub async fn destroy(txn: &DatabaseTransaction, user: UserId) -> Result<(), DbErr> {
    entity::Entity::delete_by_id(user).exec(txn).await?;
    Ok(())
}

//! Saving addresses.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, Set,
};

use crate::app::App;
use crate::identity::entity::address::{self, Column, Entity};
use crate::identity::entity::user;
use crate::identity::error::{IdentityError, OwnDataError};
use crate::identity::model::{Saved, SavedChanges};
use crate::identity::query;
use crate::kernel::{AddressId, Problem, UserId};

/// Most addresses of one person.
pub const MOST: u64 = 50;

/// Saves an address; the first one is the default.
pub async fn create(app: &App, user_id: UserId, saved: Saved) -> Result<address::Model, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    lock(&txn, user_id).await?;
    let others = Entity::find().filter(Column::UserId.eq(user_id)).count(&txn).await?;
    if others >= MOST {
        return Err(OwnDataError::AddressesFull.into());
    }
    let is_default = saved.is_default || others == 0;
    let id = AddressId::generate();
    if is_default {
        take_default(&txn, user_id, id, now).await?;
    }
    let mut row = parts(saved, now);
    row.id = Set(id);
    row.user_id = Set(user_id);
    row.is_default = Set(is_default);
    row.version = Set(1);
    row.created_at = Set(now);
    let made = row.insert(&txn).await?;
    app.commit(txn).await?;
    Ok(made)
}

/// Changes an address that its person has seen in version `seen`.
pub async fn edit(
    app: &App,
    user_id: UserId,
    id: AddressId,
    seen: i32,
    changes: SavedChanges,
) -> Result<address::Model, Problem> {
    let now = app.now();
    let txn = app.db.begin().await?;
    lock(&txn, user_id).await?;
    let row = query::address(&txn, user_id, id).await?.ok_or(OwnDataError::NoSuchAddress)?;
    if row.version != seen {
        return Err(OwnDataError::Stale.into());
    }
    let saved = changes.apply(&row)?;
    if saved.is_default && !row.is_default {
        take_default(&txn, user_id, id, now).await?;
    }
    let changed = update(&txn, &row, parts(saved, now)).await?;
    app.commit(txn).await?;
    Ok(changed)
}

/// Forgets an address that its person has seen in version `seen`.
pub async fn delete(app: &App, user_id: UserId, id: AddressId, seen: i32) -> Result<(), IdentityError> {
    let txn = app.db.begin().await?;
    let gone = Entity::delete_many()
        .filter(Column::Id.eq(id).and(Column::UserId.eq(user_id)))
        .filter(Column::Version.eq(seen))
        .exec(&txn)
        .await?;
    if gone.rows_affected == 0 {
        let known = query::address(&txn, user_id, id).await?;
        return Err(known.map_or(OwnDataError::NoSuchAddress, |_| OwnDataError::Stale).into());
    }
    app.commit(txn).await?;
    Ok(())
}

/// One change of a person's addresses after the other, and none once the person is erased.
async fn lock(txn: &DatabaseTransaction, user_id: UserId) -> Result<(), IdentityError> {
    let person = user::Entity::find_by_id(user_id)
        .filter(user::Column::Status.eq(user::Status::Active))
        .lock_exclusive()
        .one(txn)
        .await?;
    person.map(drop).ok_or(IdentityError::NoSuchAccount)
}

/// Takes the default away from all other addresses.
async fn take_default(
    txn: &DatabaseTransaction,
    user_id: UserId,
    id: AddressId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::IsDefault, Expr::value(false))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::UserId.eq(user_id).and(Column::Id.ne(id)))
        .filter(Column::IsDefault.eq(true))
        .exec(txn)
        .await?;
    Ok(())
}

fn parts(saved: Saved, now: DateTime<Utc>) -> address::ActiveModel {
    let Saved { label, address, is_default } = saved;
    address::ActiveModel {
        label: Set(label),
        recipient: Set(address.recipient),
        phone: Set(address.phone),
        line: Set(address.line),
        district_code: Set(address.district_code),
        village_code: Set(address.village_code),
        post_code: Set(address.post_code),
        note: Set(address.note),
        is_default: Set(is_default),
        updated_at: Set(now),
        ..Default::default()
    }
}

async fn update(
    txn: &DatabaseTransaction,
    row: &address::Model,
    mut parts: address::ActiveModel,
) -> Result<address::Model, IdentityError> {
    parts.version = Set(row.version + 1);
    let changed = Entity::update_many()
        .set(parts)
        .filter(Column::Id.eq(row.id).and(Column::UserId.eq(row.user_id)))
        .filter(Column::Version.eq(row.version))
        .exec_with_returning(txn)
        .await?;
    Ok(changed.into_iter().next().ok_or(OwnDataError::Stale)?)
}

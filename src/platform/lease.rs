//! Leases: which of several instances owns a piece of work. Table: `leases`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{Set, TryInsertResult};

use super::db::Db;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub holder: String,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Takes or keeps the lease `name` for `ttl`; false while another holder has it.
pub async fn hold(
    db: &Db,
    name: &str,
    holder: &str,
    ttl: Duration,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    take(db, name, holder, ttl, now, Expr::col((Entity, Column::Holder)).eq(holder)).await
}

/// Takes the next turn of work that is due every `every`; false if the turn was taken, also by ourselves.
pub async fn claim_turn(
    db: &Db,
    name: &str,
    holder: &str,
    every: Duration,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    // A look before the write: most looks find that it is not yet time.
    let current = Entity::find_by_id(name).one(db.read()).await?;
    if current.is_some_and(|lease| lease.expires_at > now) {
        return Ok(false);
    }
    take(db, name, holder, every, now, Expr::value(false)).await
}

async fn take(
    db: &Db,
    name: &str,
    holder: &str,
    ttl: Duration,
    now: DateTime<Utc>,
    or: Expr,
) -> Result<bool, DbErr> {
    let until = now + chrono::Duration::from_std(ttl).unwrap_or(chrono::Duration::minutes(1));
    let mut conflict = OnConflict::column(Column::Name);
    conflict
        .update_columns([Column::Holder, Column::ExpiresAt])
        .action_and_where(Expr::col((Entity, Column::ExpiresAt)).lte(now).or(or));
    let lease =
        ActiveModel { name: Set(name.to_owned()), holder: Set(holder.to_owned()), expires_at: Set(until) };
    let txn = db.begin().await?;
    let taken = Entity::insert(lease).on_conflict(conflict).try_insert().exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok(matches!(taken, TryInsertResult::Inserted(1)))
}

/// Gives a lease back early, e.g. when stopping.
pub async fn release(db: &Db, name: &str, holder: &str) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    Entity::delete_many().filter(Column::Name.eq(name).and(Column::Holder.eq(holder))).exec(&txn).await?;
    txn.commit().await
}

//! Small values that outlive a process and belong to no feature. Table: `settings`.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, Set};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub value: String,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The value kept under a name.
pub async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    Ok(Entity::find_by_id(name).one(db).await?.map(|row| row.value))
}

/// Keeps a value under a name, in place of the one before.
pub async fn set(
    txn: &DatabaseTransaction,
    name: &str,
    value: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut replace = OnConflict::column(Column::Name);
    replace.update_columns([Column::Value, Column::UpdatedAt]);
    write(txn, name, value, now, replace).await
}

/// Keeps a value under a name unless there is one.
pub async fn set_if_absent(
    txn: &DatabaseTransaction,
    name: &str,
    value: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut keep = OnConflict::column(Column::Name);
    // An update to the same name changes nothing and works alike on both databases.
    keep.update_column(Column::Name);
    write(txn, name, value, now, keep).await
}

async fn write(
    txn: &DatabaseTransaction,
    name: &str,
    value: &str,
    now: DateTime<Utc>,
    conflict: OnConflict,
) -> Result<(), DbErr> {
    let row = ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()), updated_at: Set(now) };
    Entity::insert(row).on_conflict(conflict).exec_without_returning(txn).await?;
    Ok(())
}

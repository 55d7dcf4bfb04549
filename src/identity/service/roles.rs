//! Giving roles, and the work units in which some of them hold.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::identity::entity::{membership, work_unit};
use crate::identity::error::IdentityError;
use crate::kernel::{MembershipId, UserId, WorkUnitId};
use crate::platform::db::Unique;
use crate::web::Role;

const UNIT_CODE: Unique = Unique { name: "work_units_code", columns: "work_units.code" };

/// Gives a role: in a shop or work unit by its id, on the platform with the nil id. Held already is fine.
/// Everybody is a buyer, so that role is never written.
pub async fn grant(
    txn: &DatabaseTransaction,
    user_id: UserId,
    role: Role,
    scope_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if role == Role::Buyer {
        return Ok(());
    }
    let row = membership::ActiveModel {
        id: Set(MembershipId::generate()),
        user_id: Set(user_id),
        scope: Set(role.scope().name().to_owned()),
        scope_id: Set(scope_id),
        role: Set(role.name().to_owned()),
        permissions: Set(None),
        decree: Set(None),
        valid_from: Set(None),
        valid_to: Set(None),
        created_at: Set(now),
    };
    use membership::Column;
    let once = OnConflict::columns([Column::UserId, Column::Scope, Column::ScopeId, Column::Role])
        .do_nothing()
        .to_owned();
    membership::Entity::insert(row).on_conflict(once).try_insert().exec_without_returning(txn).await?;
    Ok(())
}

/// Takes a role away; it may not have been held. Sessions go on without it at once.
pub async fn revoke(
    txn: &DatabaseTransaction,
    user_id: UserId,
    role: Role,
    scope_id: Uuid,
) -> Result<(), DbErr> {
    membership::Entity::delete_many()
        .filter(membership::Column::UserId.eq(user_id))
        .filter(membership::Column::Scope.eq(role.scope().name()))
        .filter(membership::Column::ScopeId.eq(scope_id))
        .filter(membership::Column::Role.eq(role.name()))
        .exec(txn)
        .await?;
    Ok(())
}

/// Writes a work unit.
pub async fn create_unit(
    txn: &DatabaseTransaction,
    code: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<WorkUnitId, IdentityError> {
    let id = WorkUnitId::generate();
    let row = work_unit::ActiveModel {
        id: Set(id),
        code: Set(code.to_owned()),
        name: Set(name.to_owned()),
        created_at: Set(now),
    };
    match work_unit::Entity::insert(row).exec_without_returning(txn).await {
        Ok(_) => Ok(id),
        Err(error) if UNIT_CODE.broken_by(&error) => Err(IdentityError::WorkUnitExists),
        Err(error) => Err(error.into()),
    }
}

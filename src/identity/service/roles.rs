//! Giving and taking roles, and the work units in which some of them hold. Steps take the caller's transaction.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set, TryInsertResult,
};
use uuid::Uuid;

use super::members;
use crate::identity::entity::{membership, work_unit};
use crate::identity::error::{IdentityError, MemberError};
use crate::identity::model::Term;
use crate::kernel::{MembershipId, UserId, WorkUnitId};
use crate::platform::db::Unique;
use crate::web::Role;

const UNIT_CODE: Unique = Unique { name: "work_units_code", columns: "work_units.code" };

/// A role that somebody is to hold.
#[derive(Clone, Debug)]
pub struct Appointment {
    /// Who.
    pub user_id: UserId,
    /// What.
    pub role: Role,
    /// In which shop or work unit; the nil id on the platform.
    pub scope_id: Uuid,
    /// Areas that staff of a shop is limited to.
    pub permissions: Option<String>,
    /// The decree that appoints.
    pub decree: Option<String>,
    /// When it holds.
    pub term: Term,
}

impl Appointment {
    /// A role without limits.
    pub fn plain(user_id: UserId, role: Role, scope_id: Uuid) -> Self {
        Self { user_id, role, scope_id, permissions: None, decree: None, term: Term::default() }
    }
}

/// Gives a role: in a shop or work unit by its id, on the platform with the nil id. Held already is fine.
/// Everybody is a buyer, so that role is never written.
pub async fn grant(
    txn: &DatabaseTransaction,
    user_id: UserId,
    role: Role,
    scope_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    appoint(txn, Appointment::plain(user_id, role, scope_id), now).await.map(drop)
}

/// Gives a role with its limits and tells its id; nothing if the person holds it. One that has ended begins anew.
pub async fn appoint(
    txn: &DatabaseTransaction,
    appointment: Appointment,
    now: DateTime<Utc>,
) -> Result<Option<MembershipId>, DbErr> {
    use membership::Column;
    if appointment.role == Role::Buyer {
        return Ok(None);
    }
    let row = membership::ActiveModel {
        id: Set(MembershipId::generate()),
        user_id: Set(appointment.user_id),
        scope: Set(appointment.role.scope().name().to_owned()),
        scope_id: Set(appointment.scope_id),
        role: Set(appointment.role.name().to_owned()),
        permissions: Set(appointment.permissions.clone()),
        decree: Set(appointment.decree.clone()),
        valid_from: Set(appointment.term.from),
        valid_to: Set(appointment.term.to),
        created_at: Set(now),
        version: Set(1),
    };
    let id = *row.id.as_ref();
    let once = OnConflict::columns([Column::UserId, Column::Scope, Column::ScopeId, Column::Role])
        .do_nothing()
        .to_owned();
    let made =
        membership::Entity::insert(row).on_conflict(once).try_insert().exec_without_returning(txn).await?;
    if matches!(made, TryInsertResult::Inserted(1)) {
        return Ok(Some(id));
    }
    let renewed = membership::Entity::update_many()
        .col_expr(Column::Permissions, Expr::value(appointment.permissions.clone()))
        .col_expr(Column::Decree, Expr::value(appointment.decree.clone()))
        .col_expr(Column::ValidFrom, Expr::value(appointment.term.from))
        .col_expr(Column::ValidTo, Expr::value(appointment.term.to))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(held(appointment.user_id, appointment.role, appointment.scope_id))
        .filter(Expr::col(Column::ValidTo).lte(now))
        .exec_with_returning(txn)
        .await?;
    Ok(renewed.first().map(|row| row.id))
}

/// Takes a role away and tells whether it was held. Sessions go on without it at once. The last operator stays one.
pub async fn revoke(
    txn: &DatabaseTransaction,
    user_id: UserId,
    role: Role,
    scope_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, MemberError> {
    if role == Role::Operator {
        members::keep_an_operator(txn, user_id, now).await?;
    }
    let gone = membership::Entity::delete_many().filter(held(user_id, role, scope_id)).exec(txn).await?;
    Ok(gone.rows_affected > 0)
}

fn held(user_id: UserId, role: Role, scope_id: Uuid) -> Condition {
    Condition::all()
        .add(membership::Column::UserId.eq(user_id))
        .add(membership::Column::Scope.eq(role.scope().name()))
        .add(membership::Column::ScopeId.eq(scope_id))
        .add(membership::Column::Role.eq(role.name()))
}

/// Writes a work unit.
pub async fn create_unit(
    txn: &DatabaseTransaction,
    (code, name, kind): (&str, &str, work_unit::Kind),
    now: DateTime<Utc>,
) -> Result<WorkUnitId, IdentityError> {
    let id = WorkUnitId::generate();
    let row = work_unit::ActiveModel {
        id: Set(id),
        code: Set(code.to_owned()),
        name: Set(name.to_owned()),
        kind: Set(kind),
        created_at: Set(now),
    };
    match work_unit::Entity::insert(row).exec_without_returning(txn).await {
        Ok(_) => Ok(id),
        Err(error) if UNIT_CODE.broken_by(&error) => Err(IdentityError::WorkUnitExists),
        Err(error) => Err(error.into()),
    }
}

//! Members of a shop, and the rule that somebody must be left who decides.
//!
//! Whoever changes members first locks all of them in the order of their ids, so that two requests judge one after the other.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::identity::entity::{membership, user};
use crate::identity::error::MemberError;
use crate::identity::model::may_make;
use crate::kernel::{UserId, VendorId};
use crate::platform::audit::{self, Deed, Who};
use crate::web::Role;
use crate::web::authz::Scope;

/// What is to be different about a member of a shop.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another role.
    pub role: Option<Role>,
    /// Other areas; nothing inside: all of them.
    pub permissions: Option<Option<String>>,
}

/// The memberships of a place that have not ended, locked in the order of their ids.
pub(super) async fn locked(
    txn: &DatabaseTransaction,
    scope: Scope,
    scope_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<membership::Model>, DbErr> {
    let mut rows = membership::Entity::find()
        .filter(membership::Column::Scope.eq(scope.name()))
        .filter(membership::Column::ScopeId.eq(scope_id))
        .order_by_asc(membership::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    rows.retain(|row| row.valid_to.is_none_or(|to| to > now));
    Ok(rows)
}

/// Everybody who is on the platform, if the caller is still an operator there.
pub(super) async fn locked_by_operator(
    txn: &DatabaseTransaction,
    who: &Who,
    now: DateTime<Utc>,
) -> Result<Vec<membership::Model>, MemberError> {
    let rows = locked(txn, Scope::Platform, Uuid::nil(), now).await?;
    let operator = rows.iter().any(|row| Some(row.user_id) == who.actor && row.role == Role::Operator.name());
    if operator { Ok(rows) } else { Err(MemberError::NotPermitted) }
}

/// Refuses to let the last operator go who can sign in.
pub async fn keep_an_operator(
    txn: &DatabaseTransaction,
    leaving: UserId,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    let rows = locked(txn, Scope::Platform, Uuid::nil(), now).await?;
    if others_hold(txn, &rows, Role::Operator, leaving).await? {
        Ok(())
    } else {
        Err(MemberError::LastOperator)
    }
}

/// Refuses to let somebody go without whom nobody could give roles, or decide in one of the shops.
pub async fn may_go(
    txn: &DatabaseTransaction,
    leaving: UserId,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    let owned = membership::Entity::find()
        .filter(membership::Column::UserId.eq(leaving))
        .filter(membership::Column::Scope.eq(Scope::Vendor.name()))
        .filter(membership::Column::Role.eq(Role::VendorOwner.name()))
        .order_by_asc(membership::Column::ScopeId)
        .all(txn)
        .await?;
    // All members before any account, as everywhere.
    let platform = locked(txn, Scope::Platform, Uuid::nil(), now).await?;
    let mut shops = Vec::with_capacity(owned.len());
    for row in owned {
        shops.push(locked(txn, Scope::Vendor, row.scope_id, now).await?);
    }
    if !others_hold(txn, &platform, Role::Operator, leaving).await? {
        return Err(MemberError::LastOperator);
    }
    for members in shops {
        if !others_hold(txn, &members, Role::VendorOwner, leaving).await? {
            return Err(MemberError::LastOwner);
        }
    }
    Ok(())
}

/// True if the person does not hold the role here, or somebody else does who can sign in.
async fn others_hold(
    txn: &DatabaseTransaction,
    rows: &[membership::Model],
    role: Role,
    leaving: UserId,
) -> Result<bool, DbErr> {
    let holders: Vec<UserId> =
        rows.iter().filter(|row| row.role == role.name()).map(|row| row.user_id).collect();
    if !holders.contains(&leaving) {
        return Ok(true);
    }
    let others = user::Entity::find()
        .filter(user::Column::Id.is_in(holders))
        .filter(user::Column::Id.ne(leaving))
        .order_by_asc(user::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    Ok(others.iter().any(|other| other.status == user::Status::Active))
}

/// The strongest role of a person in a shop.
pub(super) fn held_by(rows: &[membership::Model], user_id: UserId) -> Option<Role> {
    [Role::VendorOwner, Role::VendorManager, Role::VendorStaff]
        .into_iter()
        .find(|role| rows.iter().any(|row| row.user_id == user_id && row.role == role.name()))
}

/// Changes what a member of a shop may do, if it is still what the caller has seen.
pub async fn change(
    app: &App,
    who: &Who,
    (vendor_id, user_id): (VendorId, UserId),
    seen: i32,
    change: Change,
) -> Result<membership::Model, MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let rows = locked(&txn, Scope::Vendor, vendor_id.into(), now).await?;
    let by = who.actor.and_then(|actor| held_by(&rows, actor)).ok_or(MemberError::NotFound)?;
    let from = held_by(&rows, user_id).ok_or(MemberError::NotFound)?;
    let to = change.role.unwrap_or(from);
    if !may_make(by, Some(from), Some(to)) {
        return Err(MemberError::NotPermitted);
    }
    if from == Role::VendorOwner && to != from && !others_hold(&txn, &rows, from, user_id).await? {
        return Err(MemberError::LastOwner);
    }
    let mine: Vec<&membership::Model> = rows.iter().filter(|row| row.user_id == user_id).collect();
    let row = mine.iter().find(|row| row.role == from.name()).ok_or(MemberError::NotFound)?;
    // All rows are locked.
    if row.version != seen {
        return Err(MemberError::Stale);
    }
    let permissions = match (to, change.permissions) {
        (Role::VendorStaff, Some(given)) => given,
        (Role::VendorStaff, None) => row.permissions.clone(),
        (_, None | Some(None)) => None,
        _ => return Err(MemberError::staff_only()),
    };
    let before = json!({"role": from.name(), "permissions": row.permissions});
    let changed = rewrite(&txn, row, to, permissions).await?;
    let after = json!({"role": to.name(), "permissions": changed.permissions});
    let detail = json!({"vendor_id": vendor_id, "before": before, "after": after});
    let deed = Deed { action: "member.changed", object: ("user", user_id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(changed)
}

/// One person has one role in a shop: any other row goes first.
async fn rewrite(
    txn: &DatabaseTransaction,
    row: &membership::Model,
    role: Role,
    permissions: Option<String>,
) -> Result<membership::Model, MemberError> {
    use membership::Column;
    membership::Entity::delete_many()
        .filter(Column::UserId.eq(row.user_id))
        .filter(Column::Scope.eq(row.scope.as_str()))
        .filter(Column::ScopeId.eq(row.scope_id))
        .filter(Column::Id.ne(row.id))
        .exec(txn)
        .await?;
    let changed = membership::Entity::update_many()
        .col_expr(Column::Role, Expr::value(role.name()))
        .col_expr(Column::Permissions, Expr::value(permissions))
        .col_expr(Column::Version, Expr::value(row.version + 1))
        .filter(Column::Id.eq(row.id))
        .exec_with_returning(txn)
        .await?;
    changed.into_iter().next().ok_or(MemberError::NotFound)
}

/// Takes somebody out of a shop; everybody may take oneself out.
pub async fn remove(app: &App, who: &Who, vendor_id: VendorId, user_id: UserId) -> Result<(), MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let rows = locked(&txn, Scope::Vendor, vendor_id.into(), now).await?;
    let by = who.actor.and_then(|actor| held_by(&rows, actor)).ok_or(MemberError::NotFound)?;
    let from = held_by(&rows, user_id).ok_or(MemberError::NotFound)?;
    let leaves = who.actor == Some(user_id);
    if !leaves && !may_make(by, Some(from), None) {
        return Err(MemberError::NotPermitted);
    }
    if !others_hold(&txn, &rows, Role::VendorOwner, user_id).await? {
        return Err(MemberError::LastOwner);
    }
    membership::Entity::delete_many()
        .filter(membership::Column::UserId.eq(user_id))
        .filter(membership::Column::Scope.eq(Scope::Vendor.name()))
        .filter(membership::Column::ScopeId.eq(Uuid::from(vendor_id)))
        .exec(&txn)
        .await?;
    let deed = removed(leaves, user_id, json!({"vendor_id": vendor_id, "role": from.name()}));
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(())
}

fn removed(leaves: bool, user_id: UserId, detail: Value) -> Deed {
    let action = if leaves { "member.left" } else { "member.removed" };
    Deed { action, object: ("user", user_id.into()), detail }
}

//! Work units and who serves them, by decree and for a time.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

use super::members;
use super::roles::{self, Appointment};
use crate::app::App;
use crate::identity::entity::{membership, user, work_unit};
use crate::identity::error::{IdentityError, MemberError};
use crate::identity::model::{Login, Term};
use crate::identity::query;
use crate::kernel::{MembershipId, UserId, WorkUnitId};
use crate::platform::audit::{self, Deed, Who};
use crate::web::Role;
use crate::web::authz::Scope;

/// Somebody who has an account.
#[derive(Clone, Debug)]
pub enum Someone {
    /// By id.
    Id(UserId),
    /// By e-mail address or phone number.
    Login(Login),
}

/// What is to be different about an appointment.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another decree.
    pub decree: Option<String>,
    /// Another first day.
    pub first: Option<NaiveDate>,
    /// Another last day; nothing inside: until further notice.
    pub last: Option<Option<NaiveDate>>,
}

/// What somebody is appointed to.
#[derive(Clone, Debug)]
pub struct Post {
    /// The role.
    pub role: Role,
    /// The decree that appoints.
    pub decree: String,
    /// When it holds.
    pub term: Term,
}

/// Makes a work unit.
pub async fn create(
    app: &App,
    who: &Who,
    (code, name, kind): (&str, &str, work_unit::Kind),
) -> Result<work_unit::Model, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let id = roles::create_unit(&txn, (code, name, kind), now).await?;
    let deed = Deed {
        action: "work_unit.created",
        object: ("work_unit", id.into()),
        detail: json!({"code": code, "kind": kind}),
    };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok(work_unit::Model { id, code: code.to_owned(), name: name.to_owned(), kind, created_at: now })
}

/// Appoints somebody in a work unit.
pub async fn appoint(
    app: &App,
    who: &Who,
    unit_id: WorkUnitId,
    someone: Someone,
    post: Post,
) -> Result<(membership::Model, user::Model), MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    exists(&txn, unit_id).await?;
    let user = find(&txn, someone).await?;
    let appointment = Appointment {
        user_id: user.id,
        role: post.role,
        scope_id: unit_id.into(),
        permissions: None,
        decree: Some(post.decree),
        term: post.term,
    };
    let id = roles::appoint(&txn, appointment, now).await?.ok_or(MemberError::AlreadyMember)?;
    let row = membership::Entity::find_by_id(id).one(&txn).await?.ok_or(MemberError::NotFound)?;
    let detail = json!({"work_unit_id": unit_id, "after": facts(&row)});
    let deed = Deed { action: "member.appointed", object: ("user", user.id.into()), detail };
    audit::record(&txn, &app.sealer, who, deed, now).await?;
    app.commit(txn).await?;
    Ok((row, user))
}

/// Changes the decree or the dates of an appointment, if it is still what the caller has seen.
pub async fn change(
    app: &App,
    who: &Who,
    (unit_id, id): (WorkUnitId, MembershipId),
    seen: i32,
    change: Change,
) -> Result<(membership::Model, user::Model), MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    let row = locked(&txn, unit_id, id).await?;
    if row.version != seen {
        return Err(MemberError::Stale);
    }
    let term = Term { from: row.valid_from, to: row.valid_to }.changed(change.first, change.last);
    let term = term.map_err(|fault| MemberError::Field(fault.at("/valid_to")))?;
    let decree = change.decree.or_else(|| row.decree.clone());
    let changed = write(&txn, &row, decree, term).await?;
    record(app, &txn, who, ("appointment.changed", &row, &changed), now).await?;
    let user = user::Entity::find_by_id(row.user_id).one(&txn).await?.ok_or(MemberError::NotFound)?;
    app.commit(txn).await?;
    Ok((changed, user))
}

/// Ends an appointment now; that it was there stays visible.
pub async fn end(app: &App, who: &Who, (unit_id, id): (WorkUnitId, MembershipId)) -> Result<(), MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    members::locked_by_operator(&txn, who, now).await?;
    let row = locked(&txn, unit_id, id).await?;
    if row.valid_to.is_none_or(|to| to > now) {
        let term = Term { from: row.valid_from, to: Some(now) };
        let ended = write(&txn, &row, row.decree.clone(), term).await?;
        record(app, &txn, who, ("appointment.ended", &row, &ended), now).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// Stops at a work unit that is not there.
pub(super) async fn exists(txn: &DatabaseTransaction, unit_id: WorkUnitId) -> Result<(), MemberError> {
    let unit = work_unit::Entity::find_by_id(unit_id).one(txn).await?;
    unit.map(drop).ok_or(MemberError::NotFound)
}

async fn find(txn: &DatabaseTransaction, someone: Someone) -> Result<user::Model, MemberError> {
    let user = match someone {
        Someone::Id(id) => user::Entity::find_by_id(id).one(txn).await?,
        Someone::Login(login) => query::account(txn, &login).await?,
    };
    user.filter(|user| user.status != user::Status::Erased).ok_or_else(MemberError::no_such_user)
}

async fn locked(
    txn: &DatabaseTransaction,
    unit_id: WorkUnitId,
    id: MembershipId,
) -> Result<membership::Model, MemberError> {
    let row = membership::Entity::find_by_id(id)
        .filter(membership::Column::Scope.eq(Scope::Unit.name()))
        .filter(membership::Column::ScopeId.eq(Uuid::from(unit_id)))
        .lock_exclusive()
        .one(txn)
        .await?;
    row.ok_or(MemberError::NotFound)
}

async fn write(
    txn: &DatabaseTransaction,
    row: &membership::Model,
    decree: Option<String>,
    term: Term,
) -> Result<membership::Model, MemberError> {
    let changed = membership::Entity::update_many()
        .col_expr(membership::Column::Decree, Expr::value(decree))
        .col_expr(membership::Column::ValidFrom, Expr::value(term.from))
        .col_expr(membership::Column::ValidTo, Expr::value(term.to))
        .col_expr(membership::Column::Version, Expr::value(row.version + 1))
        .filter(membership::Column::Id.eq(row.id))
        .exec_with_returning(txn)
        .await?;
    changed.into_iter().next().ok_or(MemberError::NotFound)
}

async fn record(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    (action, before, after): (&'static str, &membership::Model, &membership::Model),
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    let detail = json!({"work_unit_id": before.scope_id, "before": facts(before), "after": facts(after)});
    let deed = Deed { action, object: ("user", before.user_id.into()), detail };
    Ok(audit::record(txn, &app.sealer, who, deed, now).await?)
}

fn facts(row: &membership::Model) -> Value {
    json!({
        "role": row.role,
        "decree": row.decree,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    })
}

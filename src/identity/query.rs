//! Reads about people and their roles.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use super::entity::{membership, session, user, work_unit};
use super::model::Login;
use crate::kernel::{SessionId, UserId};
use crate::web::Caller;
use crate::web::authz::{Role, Scope};

/// The account of a login.
pub async fn account(db: &impl ConnectionTrait, login: &Login) -> Result<Option<user::Model>, DbErr> {
    let who = match login {
        Login::Email(email) => user::Column::Email.eq(email.as_str()),
        Login::Phone(phone) => user::Column::Phone.eq(phone.as_str()),
    };
    user::Entity::find().filter(who).one(db).await
}

/// A work unit by its code.
pub async fn work_unit(db: &impl ConnectionTrait, code: &str) -> Result<Option<work_unit::Model>, DbErr> {
    work_unit::Entity::find().filter(work_unit::Column::Code.eq(code)).one(db).await
}

/// A role as it is stored; all empty for a person without any.
#[derive(FromQueryResult)]
struct Held {
    scope: Option<String>,
    scope_id: Option<Uuid>,
    role: Option<String>,
}

/// The person of a live session with all roles, in one statement; nobody if the session or the person is stopped.
pub async fn caller(
    db: &impl ConnectionTrait,
    user_id: UserId,
    session_id: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<Caller>, DbErr> {
    let rows = db.query_all(&roles_of(user_id, session_id, now)).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut roles = Vec::with_capacity(rows.len());
    for row in &rows {
        roles.extend(role_of(&Held::from_query_result(row, "")?));
    }
    Ok(Some(Caller { user_id, session_id, roles }))
}

fn roles_of(user_id: UserId, session_id: SessionId, now: DateTime<Utc>) -> SelectStatement {
    use membership::Column as Held;
    let user_of_session =
        Expr::col((user::Entity, user::Column::Id)).equals((session::Entity, session::Column::UserId));
    let held_by_user = Expr::col((membership::Entity, Held::UserId)).equals((user::Entity, user::Column::Id));
    Query::select()
        .columns([Held::Scope, Held::ScopeId, Held::Role].map(|column| (membership::Entity, column)))
        .from(session::Entity)
        .inner_join(user::Entity, user_of_session)
        .left_join(membership::Entity, held_by_user)
        .and_where(session::Column::Id.eq(session_id))
        .and_where(session::Column::UserId.eq(user_id))
        .and_where(session::Column::RevokedAt.is_null())
        .and_where(session::Column::ExpiresAt.gt(now))
        .and_where(user::Column::Status.eq(user::Status::Active))
        .take()
}

/// A role that this version does not know gives no right.
fn role_of(held: &Held) -> Option<(Role, Uuid)> {
    let scope = Scope::parse(held.scope.as_deref()?)?;
    let role = Role::parse(scope, held.role.as_deref()?)?;
    Some((role, held.scope_id?))
}

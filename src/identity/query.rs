//! Reads about people and their roles.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::entity::{address, consent, membership, session, user, work_unit};
use super::model::Login;
use crate::kernel::{AddressId, SessionId, UserId};
use crate::platform::db;
use crate::web::Caller;
use crate::web::authz::{Area, Role, Scope, Via};

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

/// The addresses that a person saved, the default first.
pub async fn addresses(db: &impl ConnectionTrait, user_id: UserId) -> Result<Vec<address::Model>, DbErr> {
    address::Entity::find()
        .filter(address::Column::UserId.eq(user_id))
        .order_by_desc(address::Column::IsDefault)
        .order_by_asc(address::Column::Id)
        .all(db)
        .await
}

/// One of a person's addresses.
pub async fn address(
    db: &impl ConnectionTrait,
    user_id: UserId,
    id: AddressId,
) -> Result<Option<address::Model>, DbErr> {
    address::Entity::find_by_id(id).filter(address::Column::UserId.eq(user_id)).one(db).await
}

/// What a person said last about each kind of consent.
pub async fn consents(db: &impl ConnectionTrait, user_id: UserId) -> Result<Vec<consent::Model>, DbErr> {
    use consent::Column;
    let later = Alias::new("later");
    let is_later = |column: Column| Expr::col((later.clone(), column));
    let this = |column: Column| Expr::col((consent::Entity, column));
    let said_later = Query::select()
        .expr(Expr::value(1))
        .from_as(consent::Entity, later.clone())
        .and_where(is_later(Column::UserId).eq(this(Column::UserId)))
        .and_where(is_later(Column::Kind).eq(this(Column::Kind)))
        .and_where(is_later(Column::Id).gt(this(Column::Id)))
        .take();
    consent::Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Expr::exists(said_later).not())
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// A role as it is stored, empty for a person without any, beside what its session says.
#[derive(FromQueryResult)]
struct Held {
    scope: Option<String>,
    scope_id: Option<Uuid>,
    role: Option<String>,
    permissions: Option<String>,
    valid_from: Option<DateTime<Utc>>,
    valid_to: Option<DateTime<Utc>>,
    authenticated_at: Option<DateTime<Utc>>,
    second_factor: bool,
}

/// What the settings say about roles and second factors.
pub struct Caution<'a> {
    /// Roles that wait for a second factor.
    pub second_factor_roles: &'a [String],
    /// How long showing the password counts.
    pub step_up_ttl: Duration,
}

/// The person of a live session with all roles, in one statement; nobody if the session or the person is stopped.
pub async fn caller(
    conn: &impl ConnectionTrait,
    user_id: UserId,
    session_id: SessionId,
    caution: Caution<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Caller>, DbErr> {
    let rows: Vec<Held> = db::all(conn, &roles_of(user_id, session_id, now)).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let recent = first.authenticated_at.is_some_and(|at| now - at < caution.step_up_ttl);
    let mut caller = Caller {
        user_id,
        via: Via::Session(session_id),
        roles: Vec::with_capacity(rows.len()),
        held_back: Vec::new(),
        limited: Vec::new(),
        recent,
    };
    for held in &rows {
        take_role(&mut caller, held, caution.second_factor_roles, now);
    }
    Ok(Some(caller))
}

/// Adds a role that holds now; one that needs a second factor waits for it.
fn take_role(caller: &mut Caller, held: &Held, second_factor_roles: &[String], now: DateTime<Utc>) {
    let begun = held.valid_from.is_none_or(|from| from <= now);
    let ended = held.valid_to.is_some_and(|to| to <= now);
    let Some((role, at)) = role_of(held).filter(|_| begun && !ended) else {
        return;
    };
    let name = if role.scope() == Scope::Unit { Scope::Unit.name() } else { role.name() };
    let cautious = role.scope() != Scope::Vendor && second_factor_roles.iter().any(|needs| needs == name);
    if cautious && !held.second_factor {
        caller.held_back.push((role, at));
        return;
    }
    caller.roles.push((role, at));
    if let Some(permissions) = &held.permissions {
        caller.limited.push((at, permissions.split_whitespace().filter_map(Area::parse).collect()));
    }
}

fn roles_of(user_id: UserId, session_id: SessionId, now: DateTime<Utc>) -> SelectStatement {
    use membership::Column as Held;
    let user_of_session =
        Expr::col((user::Entity, user::Column::Id)).equals((session::Entity, session::Column::UserId));
    let held_by_user = Expr::col((membership::Entity, Held::UserId)).equals((user::Entity, user::Column::Id));
    Query::select()
        .columns(
            [Held::Scope, Held::ScopeId, Held::Role, Held::Permissions, Held::ValidFrom, Held::ValidTo]
                .map(|column| (membership::Entity, column)),
        )
        .columns(
            [session::Column::AuthenticatedAt, session::Column::SecondFactor]
                .map(|column| (session::Entity, column)),
        )
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

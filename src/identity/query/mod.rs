//! Reads about people and their roles.

mod assistance;
pub mod members;
mod own;

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub use assistance::{assistance, assistances};
pub use own::{address, addresses, consents};

use super::entity::{
    api_key, assistance as assistances_of, membership, second_factor, session, user, work_unit,
};
use super::model::{Login, needs_second_factor, read_scopes};
use crate::kernel::{ApiKeyId, Cursor, Page, SessionId, UserId, VendorId};
use crate::platform::{db, random};
use crate::web::Caller;
use crate::web::authz::{Area, Role, Scope, Via};
use crate::web::query::PageOf;

/// The account of a login.
pub async fn account(db: &impl ConnectionTrait, login: &Login) -> Result<Option<user::Model>, DbErr> {
    let who = match login {
        Login::Email(email) => user::Column::Email.eq(email.as_str()),
        Login::Phone(phone) => user::Column::Phone.eq(phone.as_str()),
    };
    user::Entity::find().filter(who).one(db).await
}

/// A person.
pub async fn user(db: &impl ConnectionTrait, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(db).await
}

/// A person whose account is about to change. Whoever touches more than one row of an account locks this one first, so that
/// two never wait for each other.
pub async fn lock_user(txn: &DatabaseTransaction, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).lock_exclusive().one(txn).await
}

/// True if the person has been signed in from this network.
pub async fn used_from(db: &impl ConnectionTrait, id: UserId, network: &str) -> Result<bool, DbErr> {
    let session = session::Entity::find()
        .filter(session::Column::UserId.eq(id))
        .filter(session::Column::Network.eq(network))
        .one(db)
        .await?;
    Ok(session.is_some())
}

/// A work unit by its code.
pub async fn work_unit(db: &impl ConnectionTrait, code: &str) -> Result<Option<work_unit::Model>, DbErr> {
    work_unit::Entity::find().filter(work_unit::Column::Code.eq(code)).one(db).await
}

/// A role as it is stored, empty for a person without any.
#[derive(FromQueryResult)]
struct Held {
    scope: Option<String>,
    scope_id: Option<Uuid>,
    role: Option<String>,
    permissions: Option<String>,
    valid_from: Option<DateTime<Utc>>,
    valid_to: Option<DateTime<Utc>>,
}

/// A role beside what the session says.
#[derive(FromQueryResult)]
struct BySession {
    #[sea_orm(nested)]
    held: Held,
    authenticated_at: Option<DateTime<Utc>>,
    second_factor: bool,
    assisted: Option<Uuid>,
}

/// A role beside what the key says.
#[derive(FromQueryResult)]
struct ByKey {
    #[sea_orm(nested)]
    held: Held,
    key_id: ApiKeyId,
    user_id: UserId,
    scopes: String,
    per_minute: i32,
    second_factor: bool,
    last_used_at: Option<DateTime<Utc>>,
}

/// What the settings say about roles and second factors.
pub struct Caution<'a> {
    /// Roles that wait for a second factor.
    pub second_factor_roles: &'a [String],
    /// How long showing the password counts.
    pub step_up_ttl: Duration,
}

/// A program with its key.
pub struct Program {
    /// The person it acts for.
    pub caller: Caller,
    /// Its key.
    pub key_id: ApiKeyId,
    /// Requests a minute.
    pub per_minute: u32,
    /// When the key was used before, roughly.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The person of a live session with all roles, in one statement; nobody if the session or the person is stopped. An officer
/// may also help `shop`, if its owner agreed.
pub async fn caller(
    conn: &impl ConnectionTrait,
    user_id: UserId,
    (session_id, shop): (SessionId, Option<VendorId>),
    caution: Caution<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Caller>, DbErr> {
    let select = with_assistance(roles_of(user_id, session_id, now), shop, now);
    let rows: Vec<BySession> = db::all(conn, &select).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let recent = first.authenticated_at.is_some_and(|at| now - at < caution.step_up_ttl);
    let mut caller = nobody_yet(user_id, Via::Session(session_id), first.second_factor);
    caller.recent = recent;
    for row in &rows {
        take_role(&mut caller, &row.held, caution.second_factor_roles, now);
    }
    assist(&mut caller, first.assisted);
    Ok(Some(caller))
}

/// True while a session may be used: not ended, and its person not stopped.
pub async fn session_lives(
    conn: &impl ConnectionTrait,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let person = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::Status.eq(user::Status::Active))
        .take();
    let session = session::Entity::find_by_id(id)
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::UserId.in_subquery(person))
        .one(conn)
        .await?;
    Ok(session.is_some())
}

/// Lets an officer into a shop whose owner agreed to it; a member of the shop stays what the member is.
fn assist(caller: &mut Caller, shop: Option<Uuid>) {
    let Some(shop) = shop.filter(|_| caller.holds(Role::Officer)) else {
        return;
    };
    if caller.roles_in(Scope::Vendor, shop).next().is_none() {
        caller.roles.push((Role::VendorStaff, shop));
        caller.assisting = Some(shop);
    }
}

/// Adds whether the owner of the shop that the path names lets the office help. Without a shop nothing is found.
fn with_assistance(
    mut select: SelectStatement,
    shop: Option<VendorId>,
    now: DateTime<Utc>,
) -> SelectStatement {
    use assistances_of::Column as Word;
    let word = |column: Word| Expr::col((assistances_of::Entity, column));
    let holds = word(Word::VendorId)
        .eq(shop.map_or(Uuid::nil(), Uuid::from))
        .and(word(Word::RevokedAt).is_null())
        .and(word(Word::ExpiresAt).gt(now));
    select.expr_as(word(Word::VendorId), "assisted").left_join(assistances_of::Entity, holds).take()
}

/// The person of a live key with all roles, in one statement; nobody if the key or the person is stopped. A program never
/// showed a password a short while ago.
pub async fn program(
    conn: &impl ConnectionTrait,
    key: &str,
    caution: Caution<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Program>, DbErr> {
    let rows: Vec<ByKey> = db::all(conn, &roles_of_key(&random::digest(key), now)).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let via = Via::Key(first.key_id, read_scopes(&first.scopes));
    let mut caller = nobody_yet(first.user_id, via, first.second_factor);
    for row in &rows {
        take_role(&mut caller, &row.held, caution.second_factor_roles, now);
    }
    Ok(Some(Program {
        caller,
        key_id: first.key_id,
        per_minute: first.per_minute.try_into().unwrap_or(1),
        last_used_at: first.last_used_at,
    }))
}

fn nobody_yet(user_id: UserId, via: Via, second_factor: bool) -> Caller {
    Caller {
        user_id,
        via,
        roles: Vec::new(),
        held_back: Vec::new(),
        limited: Vec::new(),
        assisting: None,
        recent: false,
        second_factor,
    }
}

/// Adds a role that holds now; one that needs a second factor waits for it.
fn take_role(caller: &mut Caller, held: &Held, second_factor_roles: &[String], now: DateTime<Utc>) {
    let begun = held.valid_from.is_none_or(|from| from <= now);
    let ended = held.valid_to.is_some_and(|to| to <= now);
    let Some((role, at)) = role_of(held).filter(|_| begun && !ended) else {
        return;
    };
    if needs_second_factor(role, second_factor_roles) && !caller.second_factor {
        caller.held_back.push((role, at));
        return;
    }
    caller.roles.push((role, at));
    if let Some(permissions) = &held.permissions {
        caller.limited.push((at, permissions.split_whitespace().filter_map(Area::parse).collect()));
    }
}

/// Adds the roles of an active person to what the person came with. The join comes last: SQLite keeps the order of tables
/// around an outer one.
fn with_roles(mut select: SelectStatement) -> SelectStatement {
    use membership::Column as Held;
    let held_by_user = Expr::col((membership::Entity, Held::UserId)).equals((user::Entity, user::Column::Id));
    select
        .columns(
            [Held::Scope, Held::ScopeId, Held::Role, Held::Permissions, Held::ValidFrom, Held::ValidTo]
                .map(|column| (membership::Entity, column)),
        )
        .left_join(membership::Entity, held_by_user)
        .and_where(user::Column::Status.eq(user::Status::Active))
        .take()
}

fn roles_of(user_id: UserId, session_id: SessionId, now: DateTime<Utc>) -> SelectStatement {
    let user_of_session =
        Expr::col((user::Entity, user::Column::Id)).equals((session::Entity, session::Column::UserId));
    let select = Query::select()
        .columns(
            [session::Column::AuthenticatedAt, session::Column::SecondFactor]
                .map(|column| (session::Entity, column)),
        )
        .from(session::Entity)
        .inner_join(user::Entity, user_of_session)
        .and_where(session::Column::Id.eq(session_id))
        .and_where(session::Column::UserId.eq(user_id))
        .and_where(session::Column::RevokedAt.is_null())
        .and_where(session::Column::ExpiresAt.gt(now))
        .take();
    with_roles(select)
}

fn roles_of_key(hash: &str, now: DateTime<Utc>) -> SelectStatement {
    use api_key::Column as Key;
    let user_of_key = Expr::col((user::Entity, user::Column::Id)).equals((api_key::Entity, Key::UserId));
    let select = Query::select()
        .columns(
            [Key::UserId, Key::Scopes, Key::PerMinute, Key::SecondFactor, Key::LastUsedAt]
                .map(|column| (api_key::Entity, column)),
        )
        .expr_as(Expr::col((api_key::Entity, Key::Id)), "key_id")
        .from(api_key::Entity)
        .inner_join(user::Entity, user_of_key)
        .and_where(Key::Hash.eq(hash))
        .and_where(Key::RevokedAt.is_null())
        .and_where(Key::ExpiresAt.gt(now))
        .take();
    with_roles(select)
}

/// A role that this version does not know gives no right.
fn role_of(held: &Held) -> Option<(Role, Uuid)> {
    let scope = Scope::parse(held.scope.as_deref()?)?;
    let role = Role::parse(scope, held.role.as_deref()?)?;
    Some((role, held.scope_id?))
}

/// True if the person has a second factor that holds.
pub async fn has_second_factor(db: &impl ConnectionTrait, user_id: UserId) -> Result<bool, DbErr> {
    let factor = second_factor::Entity::find_by_id(user_id).one(db).await?;
    Ok(factor.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// The sessions of a person that still count.
pub fn live_sessions(user_id: UserId, now: DateTime<Utc>) -> SimpleExpr {
    session::Column::UserId
        .eq(user_id)
        .and(session::Column::RevokedAt.is_null())
        .and(session::Column::ExpiresAt.gt(now))
}

/// The keys of a person that were not revoked.
pub fn live_keys(user_id: UserId) -> SimpleExpr {
    api_key::Column::UserId.eq(user_id).and(api_key::Column::RevokedAt.is_null())
}

/// The sessions of a person that still count, the newest first.
pub async fn sessions_of(
    db: &impl ConnectionTrait,
    user_id: UserId,
    page: &PageOf,
    now: DateTime<Utc>,
) -> Result<Page<session::Model>, DbErr> {
    let after = page.after.as_ref().map(|cursor| session::Column::Id.lt(SessionId(cursor.id)));
    let rows = session::Entity::find()
        .filter(live_sessions(user_id, now))
        .filter(Condition::all().add_option(after))
        .order_by_desc(session::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

/// The keys of a person that were not revoked, the newest first; those that ran out are among them.
pub async fn api_keys_of(
    db: &impl ConnectionTrait,
    user_id: UserId,
    page: &PageOf,
) -> Result<Page<api_key::Model>, DbErr> {
    let after = page.after.as_ref().map(|cursor| api_key::Column::Id.lt(ApiKeyId(cursor.id)));
    let rows = api_key::Entity::find()
        .filter(live_keys(user_id))
        .filter(Condition::all().add_option(after))
        .order_by_desc(api_key::Column::Id)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    Ok(Page::cut(rows, page.limit, |row| Cursor::after(row.id)))
}

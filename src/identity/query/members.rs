//! Reads about members, people as operators see them, work units and invitations.

use std::collections::HashMap;

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::identity::entity::{invitation, membership, user, work_unit};
use crate::identity::model::Login;
use crate::kernel::{Cursor, InvitationId, MembershipId, Page, UserId, WorkUnitId};
use crate::web::Role;
use crate::web::authz::Scope;
use crate::web::query::PageOf;

/// A person with the roles held on the platform.
#[derive(Debug)]
pub struct Known {
    /// The account.
    pub user: user::Model,
    /// The roles.
    pub roles: Vec<Role>,
}

/// One page of the members of a shop or work unit with their accounts, the longest first; two statements.
pub async fn members(
    db: &impl ConnectionTrait,
    (scope, scope_id): (Scope, Uuid),
    page: PageOf,
) -> Result<Page<(membership::Model, user::Model)>, DbErr> {
    let mut select = membership::Entity::find()
        .filter(membership::Column::Scope.eq(scope.name()))
        .filter(membership::Column::ScopeId.eq(scope_id))
        .order_by_asc(membership::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(membership::Column::Id.gt(MembershipId(after.id)));
    }
    let rows = Page::cut(select.all(db).await?, page.limit, |row| Cursor::after(row.id));
    let ids = rows.items.iter().map(|row| row.user_id);
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let users: HashMap<UserId, user::Model> = users.into_iter().map(|user| (user.id, user)).collect();
    let with_user = |row: membership::Model| users.get(&row.user_id).map(|user| (row, user.clone()));
    Ok(Page { items: rows.items.into_iter().filter_map(with_user).collect(), next_cursor: rows.next_cursor })
}

/// Whom an operator looks for.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// With this address or number.
    pub login: Option<Login>,
    /// With this role on the platform.
    pub role: Option<Role>,
}

/// One page of people with their roles on the platform, the newest first; two statements.
pub async fn people(
    db: &impl ConnectionTrait,
    filter: &PeopleFilter,
    page: PageOf,
) -> Result<Page<Known>, DbErr> {
    let mut select = user::Entity::find().order_by_desc(user::Column::Id).limit(page.limit + 1);
    match &filter.login {
        Some(Login::Email(email)) => select = select.filter(user::Column::Email.eq(email.as_str())),
        Some(Login::Phone(phone)) => select = select.filter(user::Column::Phone.eq(phone.as_str())),
        None => {}
    }
    if let Some(role) = filter.role {
        let holders = Query::select()
            .column(membership::Column::UserId)
            .from(membership::Entity)
            .and_where(membership::Column::Scope.eq(Scope::Platform.name()))
            .and_where(membership::Column::ScopeId.eq(Uuid::nil()))
            .and_where(membership::Column::Role.eq(role.name()))
            .take();
        select = select.filter(user::Column::Id.in_subquery(holders));
    }
    if let Some(after) = page.after {
        select = select.filter(user::Column::Id.lt(UserId(after.id)));
    }
    let rows = Page::cut(select.all(db).await?, page.limit, |row| Cursor::after(row.id));
    Ok(Page { items: with_roles(db, rows.items).await?, next_cursor: rows.next_cursor })
}

/// One person with the roles on the platform.
pub async fn person(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Known>, DbErr> {
    let user = user::Entity::find_by_id(id).one(db).await?;
    Ok(with_roles(db, user.into_iter().collect()).await?.into_iter().next())
}

async fn with_roles(db: &impl ConnectionTrait, users: Vec<user::Model>) -> Result<Vec<Known>, DbErr> {
    let held = membership::Entity::find()
        .filter(membership::Column::UserId.is_in(users.iter().map(|user| user.id)))
        .filter(membership::Column::Scope.eq(Scope::Platform.name()))
        .order_by_asc(membership::Column::Id)
        .all(db)
        .await?;
    let roles_of = |id: UserId| {
        let held = held.iter().filter(|row| row.user_id == id);
        held.filter_map(|row| Role::parse(Scope::Platform, &row.role)).collect()
    };
    Ok(users.into_iter().map(|user| Known { roles: roles_of(user.id), user }).collect())
}

/// One page of work units, the oldest first.
pub async fn work_units(db: &impl ConnectionTrait, page: PageOf) -> Result<Page<work_unit::Model>, DbErr> {
    let mut select = work_unit::Entity::find().order_by_asc(work_unit::Column::Id).limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(work_unit::Column::Id.gt(WorkUnitId(after.id)));
    }
    Ok(Page::cut(select.all(db).await?, page.limit, |row| Cursor::after(row.id)))
}

/// True if there is such a work unit.
pub async fn unit_exists(db: &impl ConnectionTrait, id: WorkUnitId) -> Result<bool, DbErr> {
    Ok(work_unit::Entity::find_by_id(id).one(db).await?.is_some())
}

/// One page of the invitations of a place, the newest first.
pub async fn invitations(
    db: &impl ConnectionTrait,
    (scope, scope_id): (Scope, Uuid),
    page: PageOf,
) -> Result<Page<invitation::Model>, DbErr> {
    let mut select = invitation::Entity::find()
        .filter(invitation::Column::Scope.eq(scope.name()))
        .filter(invitation::Column::ScopeId.eq(scope_id))
        .order_by_desc(invitation::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(invitation::Column::Id.lt(InvitationId(after.id)));
    }
    Ok(Page::cut(select.all(db).await?, page.limit, |row| Cursor::after(row.id)))
}

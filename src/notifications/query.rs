//! Reading notifications: always those of one person.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::{choice, language, notification};
use super::model;
use crate::identity::entity::user;
use crate::kernel::{Cursor, Lang, NewsId, NotificationId, Page, UserId};
use crate::web::query::PageOf;

/// A notification that goes out by mail.
pub struct Letter {
    /// What it is about.
    pub notification: notification::Model,
    /// The language of the person.
    pub lang: Lang,
    /// Where mail reaches the person.
    pub email: Option<String>,
    /// Where short messages do.
    pub phone: Option<String>,
}

/// A notification with how to reach its person; nothing if either is gone.
pub async fn letter(conn: &impl ConnectionTrait, id: NotificationId) -> Result<Option<Letter>, DbErr> {
    let found = notification::Entity::find().filter(notification::Column::Id.eq(id)).one(conn).await?;
    let Some(notification) = found else {
        return Ok(None);
    };
    let person = user::Entity::find_by_id(notification.user_id)
        .filter(user::Column::Status.eq(user::Status::Active))
        .one(conn)
        .await?;
    let Some(person) = person else {
        return Ok(None);
    };
    let lang = language(conn, person.id).await?;
    Ok(Some(Letter { notification, lang, email: person.email, phone: person.phone }))
}

/// The language that a person chose.
pub async fn language(conn: &impl ConnectionTrait, user_id: UserId) -> Result<Lang, DbErr> {
    let row = language::Entity::find_by_id(user_id).one(conn).await?;
    Ok(model::language(row.as_ref().map(|row| row.language.as_str())))
}

/// What a person said about topics and channels.
pub async fn choices(conn: &impl ConnectionTrait, user_id: UserId) -> Result<Vec<choice::Model>, DbErr> {
    choice::Entity::find().filter(choice::Column::UserId.eq(user_id)).all(conn).await
}

/// One page of what a person was told, the newest first.
pub async fn list(
    conn: &impl ConnectionTrait,
    user_id: UserId,
    unread: bool,
    page: &PageOf,
) -> Result<Page<notification::Model>, DbErr> {
    use notification::Column;
    let mut select = notification::Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Listed.eq(true))
        // In the order in which things happened, whichever was carried first.
        .order_by_desc(Column::NewsId)
        .limit(page.limit + 1);
    if unread {
        select = select.filter(Column::ReadAt.is_null());
    }
    if let Some(after) = &page.after {
        select = select.filter(Column::NewsId.lt(NewsId(after.id)));
    }
    Ok(Page::cut(select.all(conn).await?, page.limit, |row| Cursor::after(row.news_id)))
}

/// How many a person has not read yet.
pub async fn unread(conn: &impl ConnectionTrait, user_id: UserId) -> Result<u64, DbErr> {
    use notification::Column;
    notification::Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Listed.eq(true))
        .filter(Column::ReadAt.is_null())
        .count(conn)
        .await
}

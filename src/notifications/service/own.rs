//! What people do with what they were told.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Iterable as _, QueryFilter, QuerySelect, Set,
};

use crate::app::App;
use crate::kernel::{Lang, NotificationId, UserId};
use crate::notifications::entity::{choice, language, notification, ticket};
use crate::notifications::model::{Channel, Topic, language_name};
use crate::platform::db::Db;

/// Marks one notification as read; false if there is none.
pub async fn read_one(app: &App, user_id: UserId, id: NotificationId) -> Result<bool, DbErr> {
    use notification::Column;
    let txn = app.db.begin().await?;
    let mine = Column::Id.eq(id).and(Column::UserId.eq(user_id)).and(Column::Listed.eq(true));
    let found = notification::Entity::find().filter(mine.clone()).one(&txn).await?;
    let unread = mine.and(Column::ReadAt.is_null());
    mark(&txn, unread, app.now()).await?;
    app.commit(txn).await?;
    Ok(found.is_some())
}

/// Marks everything as read, or what came up to one notification; tells how many there were.
pub async fn read_all(app: &App, user_id: UserId, until: Option<NotificationId>) -> Result<u64, DbErr> {
    use notification::Column;
    let txn = app.db.begin().await?;
    // What went out by mail only is in no list, so nobody reads it.
    let listed = Column::UserId.eq(user_id).and(Column::Listed.eq(true));
    let mut unread = listed.and(Column::ReadAt.is_null());
    if let Some(until) = until {
        let place = Query::select()
            .column(Column::NewsId)
            .from(notification::Entity)
            .and_where(Column::Id.eq(until).and(Column::UserId.eq(user_id)))
            .take();
        unread = unread.and(Expr::col(Column::NewsId).lte(Expr::SubQuery(None, Box::new(place.into()))));
    }
    let read = mark(&txn, unread, app.now()).await?;
    app.commit(txn).await?;
    Ok(read)
}

async fn mark(txn: &DatabaseTransaction, which: SimpleExpr, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let marked = notification::Entity::update_many()
        .col_expr(notification::Column::ReadAt, Expr::value(now))
        .filter(which)
        .exec(txn)
        .await?;
    Ok(marked.rows_affected)
}

/// One thing that somebody wants, or not.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// About what.
    pub topic: Topic,
    /// By which way.
    pub channel: Channel,
    /// Or not.
    pub wanted: bool,
}

/// Keeps how somebody wants to be told; what is not mentioned stays.
pub async fn choose(
    app: &App,
    user_id: UserId,
    language: Option<Lang>,
    wishes: &[Wish],
) -> Result<(), DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    if let Some(lang) = language {
        let row = language::ActiveModel {
            user_id: Set(user_id),
            language: Set(language_name(lang).to_owned()),
            updated_at: Set(now),
        };
        let newer = OnConflict::column(language::Column::UserId)
            .update_columns([language::Column::Language, language::Column::UpdatedAt])
            .to_owned();
        language::Entity::insert(row).on_conflict(newer).exec_without_returning(&txn).await?;
    }
    if !wishes.is_empty() {
        let rows = last_words(wishes).map(|wish| choice::ActiveModel {
            user_id: Set(user_id),
            topic: Set(wish.topic),
            channel: Set(wish.channel),
            wanted: Set(wish.wanted),
            updated_at: Set(now),
        });
        let key = [choice::Column::UserId, choice::Column::Topic, choice::Column::Channel];
        let newer = OnConflict::columns(key)
            .update_columns([choice::Column::Wanted, choice::Column::UpdatedAt])
            .to_owned();
        choice::Entity::insert_many(rows).on_conflict(newer).exec_without_returning(&txn).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

/// The last word about each topic and channel: one statement cannot write the same row twice. Always in the same order, so that
/// two requests of one person at once do not wait for each other.
fn last_words(wishes: &[Wish]) -> impl Iterator<Item = &Wish> {
    let places = Topic::iter().flat_map(|topic| Channel::iter().map(move |channel| (topic, channel)));
    places.filter_map(move |place| wishes.iter().rev().find(|wish| (wish.topic, wish.channel) == place))
}

/// Takes away what somebody was told and how the person wanted to be told.
pub async fn forget_person(txn: &DatabaseTransaction, user_id: UserId) -> Result<(), DbErr> {
    ticket::Entity::delete_many().filter(ticket::Column::UserId.eq(user_id)).exec(txn).await?;
    choice::Entity::delete_many().filter(choice::Column::UserId.eq(user_id)).exec(txn).await?;
    language::Entity::delete_many().filter(language::Column::UserId.eq(user_id)).exec(txn).await?;
    notification::Entity::delete_many().filter(notification::Column::UserId.eq(user_id)).exec(txn).await?;
    Ok(())
}

/// Forgets notifications from before `before`, a little at a time, and tells how many there were.
pub async fn forget(db: &Db, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let txn = db.begin().await?;
    let old: Vec<NotificationId> = notification::Entity::find()
        .select_only()
        .column(notification::Column::Id)
        .filter(notification::Column::CreatedAt.lt(before))
        .limit(200)
        .into_tuple()
        .all(&txn)
        .await?;
    let gone =
        notification::Entity::delete_many().filter(notification::Column::Id.is_in(old)).exec(&txn).await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}

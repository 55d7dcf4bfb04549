//! Tickets for streams of live events: short, and good once, since they travel in an address.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::app::App;
use crate::kernel::{SessionId, UserId};
use crate::notifications::entity::ticket;
use crate::platform::db::Db;
use crate::platform::random;

/// Gives a ticket to the person of a session.
pub async fn give(app: &App, user_id: UserId, session_id: SessionId) -> Result<String, DbErr> {
    let secret = random::secret();
    let ttl = chrono::Duration::from_std(app.config.events.ticket_ttl).unwrap_or_default();
    let row = ticket::ActiveModel {
        hash: Set(random::digest(&secret)),
        user_id: Set(user_id),
        session_id: Set(session_id),
        expires_at: Set(app.now() + ttl),
    };
    let txn = app.db.begin().await?;
    ticket::Entity::insert(row).exec_without_returning(&txn).await?;
    app.commit(txn).await?;
    Ok(secret)
}

/// Takes a ticket; nobody else can take it again.
pub async fn take(app: &App, secret: &str) -> Result<Option<(UserId, SessionId)>, DbErr> {
    let hash = random::digest(secret);
    // A look that costs nothing: whoever guesses must not take the writer's lock.
    let known = ticket::Entity::find_by_id(&hash).one(app.db.read()).await?;
    let Some(row) = known.filter(|row| row.expires_at > app.now()) else {
        return Ok(None);
    };
    let txn = app.db.begin().await?;
    let gone = ticket::Entity::delete_by_id(&hash).exec(&txn).await?;
    app.commit(txn).await?;
    Ok((gone.rows_affected == 1).then_some((row.user_id, row.session_id)))
}

/// Forgets tickets that nobody took.
pub async fn forget(db: &Db, now: DateTime<Utc>) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    ticket::Entity::delete_many().filter(ticket::Column::ExpiresAt.lt(now)).exec(&txn).await?;
    txn.commit().await
}

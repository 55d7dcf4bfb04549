//! Signing in, staying signed in, signing out.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
};

use crate::app::App;
use crate::identity::entity::{refresh_token, session, user};
use crate::identity::error::IdentityError;
use crate::identity::model::Device;
use crate::kernel::{SessionId, UserId};
use crate::platform::random;

const FORGET_AT_ONCE: u64 = 200;

/// What a client gets for a login or a refresh.
pub struct Signed {
    /// Goes with every request.
    pub access_token: String,
    /// Gets the next pair, once.
    pub refresh_token: String,
}

/// Trades a refresh token for the next pair. A token that was spent before is in the wrong hands, or its successor is:
/// the session ends.
pub async fn refresh(app: &App, token: &str, device: &Device) -> Result<Signed, IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let Some(session_id) = spend(&txn, token, now).await? else {
        revoke_session_of(&txn, token, now).await?;
        txn.commit().await?;
        return Err(IdentityError::RefreshRefused);
    };
    let user_id = prolong(&txn, session_id, device, now, refresh_ttl(app)).await?;
    let refresh_token = add_token(&txn, session_id, now, refresh_ttl(app)).await?;
    txn.commit().await?;
    signed(app, user_id, session_id, refresh_token, now)
}

/// Ends the session of a refresh token, spent or not. An unknown token has nothing to end.
pub async fn logout(app: &App, token: &str) -> Result<(), IdentityError> {
    let txn = app.db.begin().await?;
    revoke_session_of(&txn, token, app.now()).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends every session of a person.
pub async fn end_all(txn: &DatabaseTransaction, user_id: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::RevokedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// Forgets some tokens and sessions that ran out; a session goes after its last token. Tells how many went.
pub async fn forget(app: &App) -> Result<u64, DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let old = refresh_token::Entity::find()
        .select_only()
        .column(refresh_token::Column::Hash)
        .filter(refresh_token::Column::ExpiresAt.lt(now))
        .limit(FORGET_AT_ONCE)
        .into_query();
    let tokens = refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::Hash.in_subquery(old))
        .exec(&txn)
        .await?;
    let tokens_left = refresh_token::Entity::find()
        .select_only()
        .column(refresh_token::Column::Hash)
        .filter(
            Expr::col((refresh_token::Entity, refresh_token::Column::SessionId))
                .equals((session::Entity, session::Column::Id)),
        )
        .into_query();
    let old = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::ExpiresAt.lt(now))
        .filter(Expr::exists(tokens_left).not())
        .limit(FORGET_AT_ONCE)
        .into_query();
    let sessions =
        session::Entity::delete_many().filter(session::Column::Id.in_subquery(old)).exec(&txn).await?;
    txn.commit().await?;
    Ok(tokens.rows_affected + sessions.rows_affected)
}

fn signed(
    app: &App,
    user_id: UserId,
    session_id: SessionId,
    refresh_token: String,
    now: DateTime<Utc>,
) -> Result<Signed, IdentityError> {
    Ok(Signed { access_token: app.tokens.issue(user_id, session_id, now)?, refresh_token })
}

fn refresh_ttl(app: &App) -> Duration {
    Duration::from_std(app.config.auth.refresh_ttl).unwrap_or(Duration::days(30))
}

/// Opens a session for a person who proved to be one, and gives its first pair of tokens with the commit of the caller.
pub(super) async fn start(
    app: &App,
    txn: &DatabaseTransaction,
    user_id: UserId,
    device: &Device,
) -> Result<Signed, IdentityError> {
    let now = app.now();
    let session_id = open(txn, user_id, device, now, refresh_ttl(app)).await?;
    let refresh_token = add_token(txn, session_id, now, refresh_ttl(app)).await?;
    signed(app, user_id, session_id, refresh_token, now)
}

async fn open(
    txn: &DatabaseTransaction,
    user_id: UserId,
    device: &Device,
    now: DateTime<Utc>,
    ttl: Duration,
) -> Result<SessionId, DbErr> {
    let id = SessionId::generate();
    let row = session::ActiveModel {
        id: Set(id),
        user_id: Set(user_id),
        created_at: Set(now),
        expires_at: Set(now + ttl),
        revoked_at: Set(None),
        device: Set(device.name.clone()),
        address: Set(device.address.clone()),
        network: Set(device.network.clone()),
        last_used_at: Set(Some(now)),
        authenticated_at: Set(Some(now)),
        second_factor: Set(false),
    };
    session::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(id)
}

async fn add_token(
    txn: &DatabaseTransaction,
    session_id: SessionId,
    now: DateTime<Utc>,
    ttl: Duration,
) -> Result<String, DbErr> {
    let token = random::secret();
    let row = refresh_token::ActiveModel {
        hash: Set(random::digest(&token)),
        session_id: Set(session_id),
        created_at: Set(now),
        expires_at: Set(now + ttl),
        spent_at: Set(None),
        successor: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(token)
}

/// Spends a token and tells its session; the condition lets only one of two twins through.
async fn spend(
    txn: &DatabaseTransaction,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<SessionId>, DbErr> {
    use refresh_token::Column;
    let spent = refresh_token::Entity::update_many()
        .col_expr(Column::SpentAt, Expr::value(now))
        .filter(Column::Hash.eq(random::digest(token)))
        .filter(Column::SpentAt.is_null().and(Column::ExpiresAt.gt(now)))
        .exec_with_returning(txn)
        .await?;
    Ok(spent.first().map(|token| token.session_id))
}

/// Keeps a live session of an active person going and tells whose it is.
async fn prolong(
    txn: &DatabaseTransaction,
    session_id: SessionId,
    device: &Device,
    now: DateTime<Utc>,
    ttl: Duration,
) -> Result<UserId, IdentityError> {
    let live = session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(now + ttl))
        .col_expr(session::Column::LastUsedAt, Expr::value(now))
        .col_expr(session::Column::Device, Expr::value(device.name.as_str()))
        .col_expr(session::Column::Address, Expr::value(device.address.as_str()))
        .col_expr(session::Column::Network, Expr::value(device.network.as_str()))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null().and(session::Column::ExpiresAt.gt(now)))
        .exec_with_returning(txn)
        .await?;
    let user_id = live.first().ok_or(IdentityError::RefreshRefused)?.user_id;
    user::Entity::find_by_id(user_id)
        .filter(user::Column::Status.eq(user::Status::Active))
        .one(txn)
        .await?
        .map(|user| user.id)
        .ok_or(IdentityError::RefreshRefused)
}

async fn revoke_session_of(txn: &DatabaseTransaction, token: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let known = refresh_token::Entity::find_by_id(random::digest(token)).one(txn).await?;
    if let Some(token) = known {
        session::Entity::update_many()
            .col_expr(session::Column::RevokedAt, Expr::value(now))
            .filter(session::Column::Id.eq(token.session_id))
            .filter(session::Column::RevokedAt.is_null())
            .exec(txn)
            .await?;
    }
    Ok(())
}

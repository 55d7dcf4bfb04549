//! Sessions: opening, listing what is open, ending.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
};
use serde_json::json;

use crate::app::App;
use crate::identity::entity::{refresh_token, session};
use crate::identity::error::IdentityError;
use crate::identity::model::Device;
use crate::identity::query;
use crate::kernel::{SessionId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::random;

const FORGET_AT_ONCE: u64 = 200;

/// What a client gets for a login or a refresh.
pub struct Signed {
    /// Goes with every request.
    pub access_token: String,
    /// Gets the next pair, once.
    pub refresh_token: String,
    /// The session.
    pub session_id: SessionId,
}

/// Ends the session of a refresh token, spent or not. An unknown token has nothing to end.
pub async fn logout(app: &App, token: &str, who: Who) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let known = refresh_token::Entity::find_by_id(random::digest(token)).one(&txn).await?;
    let ended = match known {
        Some(token) => revoke(&txn, token.session_id, now).await?,
        None => None,
    };
    if let Some(session) = ended {
        // The token says whose session it is, and nothing else is asked for here.
        let who = Who { actor: Some(session.user_id), ..who };
        let detail = json!({"by": "logout"});
        let deed = Deed { action: "session.ended", object: ("session", session.id.into()), detail };
        audit::record(&txn, &app.sealer, &who, deed, now).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Ends one session of a person, wherever it is used.
pub async fn end(app: &App, user_id: UserId, session_id: SessionId, who: Who) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.eq(session_id))
        .filter(query::live_sessions(user_id, now))
        .exec(&txn)
        .await?;
    if ended.rows_affected != 1 {
        return Err(IdentityError::NoSuchSession);
    }
    let deed = Deed { action: "session.ended", object: ("session", session_id.into()), detail: json!({}) };
    audit::record(&txn, &app.sealer, &who, deed, now).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends the sessions of a person, all or all but one.
pub async fn end_many(
    app: &App,
    user_id: UserId,
    kept: Option<SessionId>,
    who: Who,
) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let ended = end_others(&txn, user_id, kept, now).await?;
    let detail = json!({"ended": ended, "kept": kept});
    let deed = Deed { action: "sessions.ended", object: ("user", user_id.into()), detail };
    audit::record(&txn, &app.sealer, &who, deed, now).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends every session of a person but the one that is named, and tells how many that were.
pub async fn end_others(
    txn: &DatabaseTransaction,
    user_id: UserId,
    keep: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(query::live_sessions(user_id, now))
        .apply_if(keep, |update, keep| update.filter(session::Column::Id.ne(keep)))
        .exec(txn)
        .await?;
    Ok(ended.rows_affected)
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

pub(super) fn signed(
    app: &App,
    user_id: UserId,
    session_id: SessionId,
    refresh_token: String,
    now: DateTime<Utc>,
) -> Result<Signed, IdentityError> {
    Ok(Signed { access_token: app.tokens.issue(user_id, session_id, now)?, refresh_token, session_id })
}

pub(super) fn refresh_ttl(app: &App) -> Duration {
    Duration::from_std(app.config.auth.refresh_ttl).unwrap_or(Duration::days(30))
}

/// Opens a session for a person who proved to be one, and gives its first pair of tokens with the commit of the caller.
pub(super) async fn start(
    app: &App,
    txn: &DatabaseTransaction,
    user_id: UserId,
    device: &Device,
    second_factor: bool,
) -> Result<Signed, IdentityError> {
    let now = app.now();
    let session_id = open(txn, user_id, device, second_factor, now, refresh_ttl(app)).await?;
    let refresh_token = random::secret();
    add_token(txn, session_id, &refresh_token, now, refresh_ttl(app)).await?;
    signed(app, user_id, session_id, refresh_token, now)
}

async fn open(
    txn: &DatabaseTransaction,
    user_id: UserId,
    device: &Device,
    second_factor: bool,
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
        second_factor: Set(second_factor),
    };
    session::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(id)
}

pub(super) async fn add_token(
    txn: &DatabaseTransaction,
    session_id: SessionId,
    token: &str,
    now: DateTime<Utc>,
    ttl: Duration,
) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        hash: Set(random::digest(token)),
        session_id: Set(session_id),
        created_at: Set(now),
        expires_at: Set(now + ttl),
        spent_at: Set(None),
        successor: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Ends a session that is live, and tells whose it was.
pub(super) async fn revoke(
    txn: &DatabaseTransaction,
    session_id: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<session::Model>, DbErr> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null())
        .exec_with_returning(txn)
        .await?;
    Ok(ended.into_iter().next())
}

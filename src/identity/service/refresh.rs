//! Staying signed in: each refresh token is spent once, and whoever spends one again ends the session.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;

use super::sessions::{self, Signed};
use crate::app::App;
use crate::identity::entity::{refresh_token, session, user};
use crate::identity::error::IdentityError;
use crate::identity::model::Device;
use crate::kernel::{SessionId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::random;

/// Trades a refresh token for the next pair. A token that was spent before is in the wrong hands, or its successor is:
/// the session ends.
pub async fn refresh(app: &App, token: &str, device: &Device, who: Who) -> Result<Signed, IdentityError> {
    let now = app.now();
    let trade = Trade { old: random::digest(token), new: random::secret(), now };
    let txn = app.db.begin().await?;
    let session_id = match trade.spend(&txn).await? {
        Some(session_id) => Some(session_id),
        None => trade.repeat(&txn, grace(app)).await?,
    };
    let Some(session_id) = session_id else {
        end_for_reuse(app, &txn, &trade, who).await?;
        txn.commit().await?;
        return Err(IdentityError::RefreshRefused);
    };
    let user_id = prolong(&txn, session_id, device, now, sessions::refresh_ttl(app)).await?;
    sessions::add_token(&txn, session_id, &trade.new, now, sessions::refresh_ttl(app)).await?;
    txn.commit().await?;
    sessions::signed(app, user_id, session_id, trade.new, now)
}

fn grace(app: &App) -> Duration {
    Duration::from_std(app.config.auth.refresh_grace).unwrap_or_default()
}

/// One token for the next.
struct Trade {
    /// Hash of the token that comes.
    old: String,
    /// The token that goes.
    new: String,
    now: DateTime<Utc>,
}

impl Trade {
    fn successor(&self) -> String {
        random::digest(&self.new)
    }

    /// Spends the token and tells its session; the condition lets only one of two twins through.
    async fn spend(&self, txn: &DatabaseTransaction) -> Result<Option<SessionId>, DbErr> {
        use refresh_token::Column;
        let spent = refresh_token::Entity::update_many()
            .col_expr(Column::SpentAt, Expr::value(self.now))
            .col_expr(Column::Successor, Expr::value(self.successor()))
            .filter(Column::Hash.eq(self.old.as_str()))
            .filter(Column::SpentAt.is_null().and(Column::ExpiresAt.gt(self.now)))
            .exec_with_returning(txn)
            .await?;
        Ok(spent.first().map(|token| token.session_id))
    }

    /// Lets an honest client that lost the answer ask again, as long as nobody used what the answer held: that token
    /// dies here, so that one chain lives, never two.
    async fn repeat(&self, txn: &DatabaseTransaction, grace: Duration) -> Result<Option<SessionId>, DbErr> {
        use refresh_token::Column;
        if grace.is_zero() {
            return Ok(None);
        }
        let known = refresh_token::Entity::find_by_id(self.old.as_str()).lock_exclusive().one(txn).await?;
        let Some(known) = known.filter(|token| token.expires_at > self.now) else {
            return Ok(None);
        };
        let in_time = known.spent_at.is_some_and(|at| self.now - at < grace);
        let (true, Some(lost)) = (in_time, known.successor) else {
            return Ok(None);
        };
        // Void, not traded: without a successor of its own it can never be repeated.
        let voided = refresh_token::Entity::update_many()
            .col_expr(Column::SpentAt, Expr::value(self.now))
            .filter(Column::Hash.eq(lost).and(Column::SpentAt.is_null()))
            .exec(txn)
            .await?;
        if voided.rows_affected != 1 {
            return Ok(None);
        }
        refresh_token::Entity::update_many()
            .col_expr(Column::Successor, Expr::value(self.successor()))
            .filter(Column::Hash.eq(self.old.as_str()))
            .exec(txn)
            .await?;
        Ok(Some(known.session_id))
    }
}

/// Ends the session of a token that came a second time. What is unknown or only old is nobody's alarm.
async fn end_for_reuse(
    app: &App,
    txn: &DatabaseTransaction,
    trade: &Trade,
    who: Who,
) -> Result<(), IdentityError> {
    let known = refresh_token::Entity::find_by_id(trade.old.as_str()).one(txn).await?;
    let Some(token) = known.filter(|token| token.spent_at.is_some()) else {
        return Ok(());
    };
    let Some(ended) = sessions::revoke(txn, token.session_id, trade.now).await? else {
        return Ok(());
    };
    // Who holds the token is not known, but whose it is: the address is sealed under that person's key.
    let who = Who { actor: Some(ended.user_id), ..who };
    let deed = Deed {
        action: "session.reuse_detected",
        object: ("session", ended.id.into()),
        detail: json!({"spent_at": token.spent_at}),
    };
    Ok(audit::record(txn, &app.sealer, &who, deed, trade.now).await?)
}

/// Keeps a live session of an active person going and tells whose it is. When the person last showed the password stays
/// as it was.
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

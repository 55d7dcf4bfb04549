//! Keys with which programs act for a person: made, used, revoked.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use super::second_factor;
use crate::app::App;
use crate::identity::entity::api_key;
use crate::identity::error::IdentityError;
use crate::identity::jobs::Secured;
use crate::identity::model::{KEY_MARK, NewKey, spell, write_scopes};
use crate::identity::query;
use crate::kernel::{ApiKeyId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::random;
use crate::web::Caller;

/// How exactly the last use is known: writing it at every request would make each one a write.
const LAST_USE_EVERY: Duration = Duration::minutes(1);

/// A new key, and the text that is shown only now.
pub struct Made {
    /// As stored.
    pub key: api_key::Model,
    /// What the program sends.
    pub token: String,
}

/// How many keys that still work a person may have; whoever needs more wants accounts for programs.
pub const MOST_KEYS: u64 = 20;

/// Makes a key for the caller. Scopes outside of what the caller may do give nothing.
pub async fn create(app: &App, caller: &Caller, wish: NewKey, who: Who) -> Result<Made, IdentityError> {
    let now = app.now();
    let prefix = format!("{KEY_MARK}{}", spell(&random::bytes::<8>()));
    let token = format!("{prefix}_{}", random::secret());
    let key = api_key::Model {
        id: ApiKeyId::generate(),
        user_id: caller.user_id,
        name: wish.name,
        prefix,
        hash: random::digest(&token),
        scopes: write_scopes(&wish.scopes),
        per_minute: wish.per_minute,
        second_factor: caller.second_factor,
        created_at: now,
        expires_at: now + Duration::days(wish.days),
        last_used_at: None,
        revoked_at: None,
    };
    let txn = app.db.begin().await?;
    // One after the other, so that the count holds.
    query::lock_user(&txn, caller.user_id).await?;
    let live = api_key::Entity::find()
        .filter(query::live_keys(caller.user_id))
        .filter(api_key::Column::ExpiresAt.gt(now))
        .count(&txn)
        .await?;
    if live >= MOST_KEYS {
        return Err(IdentityError::TooManyKeys);
    }
    api_key::Entity::insert(row(key.clone())).exec_without_returning(&txn).await?;
    let detail = json!({"scopes": key.scopes, "expires_at": key.expires_at});
    let deed = Deed { action: "api_key.created", object: ("api_key", key.id.into()), detail };
    audit::record(&txn, &app.sealer, &who, deed, now).await?;
    second_factor::tell(&txn, caller.user_id, Secured::KeyMade, now).await?;
    txn.commit().await?;
    Ok(Made { key, token })
}

fn row(key: api_key::Model) -> api_key::ActiveModel {
    api_key::ActiveModel {
        id: Set(key.id),
        user_id: Set(key.user_id),
        name: Set(key.name),
        prefix: Set(key.prefix),
        hash: Set(key.hash),
        scopes: Set(key.scopes),
        per_minute: Set(key.per_minute),
        second_factor: Set(key.second_factor),
        created_at: Set(key.created_at),
        expires_at: Set(key.expires_at),
        last_used_at: Set(key.last_used_at),
        revoked_at: Set(key.revoked_at),
    }
}

/// Revokes a key of a person; the next request with it is refused.
pub async fn revoke(app: &App, user_id: UserId, id: ApiKeyId, who: Who) -> Result<(), IdentityError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let revoked = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now))
        .filter(query::live_keys(user_id).and(api_key::Column::Id.eq(id)))
        .exec(&txn)
        .await?;
    if revoked.rows_affected != 1 {
        return Err(IdentityError::NoSuchKey);
    }
    let deed = Deed { action: "api_key.revoked", object: ("api_key", id.into()), detail: json!({}) };
    audit::record(&txn, &app.sealer, &who, deed, now).await?;
    txn.commit().await?;
    Ok(())
}

/// Revokes every key of a person: whoever got into the account may have made one.
pub async fn revoke_all(txn: &DatabaseTransaction, user_id: UserId, now: DateTime<Utc>) -> Result<(), DbErr> {
    api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now))
        .filter(query::live_keys(user_id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Notes that a key is in use, if the last note is old enough.
pub async fn note_use(
    app: &App,
    id: ApiKeyId,
    last_used_at: Option<DateTime<Utc>>,
) -> Result<(), IdentityError> {
    let now = app.now();
    if last_used_at.is_some_and(|at| now - at < LAST_USE_EVERY) {
        return Ok(());
    }
    let txn = app.db.begin().await?;
    api_key::Entity::update_many()
        .col_expr(api_key::Column::LastUsedAt, Expr::value(now))
        .filter(api_key::Column::Id.eq(id))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

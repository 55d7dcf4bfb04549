//! What owners of accounts are told, so that they notice what they did not do themselves.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{send, texts};
use crate::app::App;
use crate::identity::entity::{contact_change, user};
use crate::identity::query;
use crate::kernel::{ContactChangeId, UserId};
use crate::platform::audit::{self, Deed, Who, entity as event};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::Address;

const LOCKED: &str = "account.locked";

/// Tells the owner that somebody guesses, once in a while; there may be no such account.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccountLocked {
    /// Whose.
    pub user_id: Option<UserId>,
    /// The attempt that was one too many.
    pub request_id: Option<String>,
}

impl Job<App> for AccountLocked {
    const KIND: &'static str = "identity.account_locked";

    async fn run(self, app: App) -> Result<(), JobError> {
        let Some(user_id) = self.user_id else {
            return Ok(());
        };
        if self.is_first(&app, user_id).await? {
            tell(&app, user_id, texts::locked()).await?;
        }
        Ok(())
    }
}

impl AccountLocked {
    /// Records the lock, unless there was one a short while ago, and tells whether it was the first one for a day: nobody
    /// fills a mailbox by guessing. A second run of the same job says the same.
    async fn is_first(&self, app: &App, user_id: UserId) -> Result<bool, JobError> {
        let now = app.now();
        let quiet = chrono::Duration::from_std(app.config.throttle.window).map_err(JobError::new)?;
        let txn = app.db.begin().await?;
        query::lock_user(&txn, user_id).await?;
        let recorded = event::Entity::find()
            .filter(event::Column::ObjectId.eq(user_id.0))
            .filter(event::Column::Action.eq(LOCKED))
            .filter(event::Column::CreatedAt.gt(now - chrono::Duration::days(1)))
            .order_by_asc(event::Column::Id)
            .all(&txn)
            .await?;
        let first = recorded.first().is_none_or(|first| first.request_id == self.request_id);
        let known =
            |event: &event::Model| event.request_id == self.request_id || event.created_at > now - quiet;
        if recorded.iter().any(known) {
            return Ok(first);
        }
        let who = Who { request_id: self.request_id.clone(), ..Who::system() };
        let deed = Deed { action: LOCKED, object: ("user", user_id.0), detail: json!({}) };
        audit::record(&txn, &app.sealer, &who, deed, now).await?;
        txn.commit().await?;
        Ok(first)
    }
}

/// Tells the owner that the password is another one.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Whose.
    pub user_id: UserId,
}

impl Job<App> for PasswordChanged {
    const KIND: &'static str = "identity.password_changed";

    async fn run(self, app: App) -> Result<(), JobError> {
        tell(&app, self.user_id, texts::password_changed()).await
    }
}

/// What an owner of an account has to hear of, since a thief would do it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secured {
    /// A second factor was set up.
    FactorOn,
    /// The second factor was taken away.
    FactorOff,
    /// A program got a key.
    KeyMade,
}

/// Tells the owner what was changed about the ways into the account.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccountSecured {
    /// Whose.
    pub user_id: UserId,
    /// What.
    pub what: Secured,
}

impl Job<App> for AccountSecured {
    const KIND: &'static str = "identity.account_secured";

    async fn run(self, app: App) -> Result<(), JobError> {
        tell(&app, self.user_id, texts::secured(self.what)).await
    }
}

/// Tells whoever had the old address, or can be reached otherwise, that there is a new one.
#[derive(Debug, Serialize, Deserialize)]
pub struct ContactChanged {
    /// The change.
    pub change_id: ContactChangeId,
}

impl Job<App> for ContactChanged {
    const KIND: &'static str = "identity.contact_changed";

    async fn run(self, app: App) -> Result<(), JobError> {
        let change = contact_change::Entity::find_by_id(self.change_id).one(app.db.read()).await?;
        let Some(change) = change else {
            return Ok(());
        };
        let user = user::Entity::find_by_id(change.user_id).one(app.db.read()).await?;
        let is_email = change.kind == "email";
        let old = change.old_value.as_deref();
        let to = match (is_email, user) {
            (true, _) if old.is_some() => Address::of(old, None),
            (false, _) if old.is_some() => Address::of(None, old),
            (true, Some(user)) => Address::of(None, user.phone.as_deref()),
            (false, Some(user)) => Address::of(user.email.as_deref(), None),
            _ => None,
        };
        match to {
            Some(to) => send(&app, to, texts::contact_changed(is_email)).await,
            None => Ok(()),
        }
    }
}

async fn tell(app: &App, user_id: UserId, text: texts::Text) -> Result<(), JobError> {
    let user = user::Entity::find_by_id(user_id).one(app.db.read()).await?;
    match user.and_then(|user| Address::of(user.email.as_deref(), user.phone.as_deref())) {
        Some(to) => send(app, to, text).await,
        // Whoever was erased is told nothing.
        None => Ok(()),
    }
}

//! Messages about accounts. Codes and links are made here, where they are sent, so that nothing else ever holds them.
//!
//! A message may go out twice when a worker dies between sending and finishing; the later code is the one that works.

mod invitations;
mod notices;
mod texts;

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::entity::{contact_change, user};
use super::model::{Login, Purpose};
use super::query;
use super::service::secrets::{self, Wanted};
use crate::app::App;
use crate::kernel::{ContactChangeId, UserId};
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};
use crate::platform::sealed::SealError;

pub use invitations::SendInvitation;
pub use notices::{AccountLocked, AccountSecured, ContactChanged, PasswordChanged, Secured};

/// Where an address that somebody typed in is sealed: the queue is read by operators.
const PLACE: &str = "jobs.login";

/// What somebody asked for without signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// A code to sign in with.
    Login,
    /// A code or link to set a new password with.
    Reset,
    /// A code or link that shows whose the address is.
    Verification,
}

/// Sends what somebody asked for, if there is such an account; whoever asked is not told.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendRequested {
    /// What.
    pub request: Request,
    /// E-mail address or phone number, sealed.
    login: String,
}

impl SendRequested {
    /// For the account of a login, known or not.
    pub fn new(app: &App, request: Request, login: &Login) -> Result<Self, SealError> {
        Ok(Self { request, login: app.sealer.seal(PLACE, login.as_str())? })
    }
}

impl Job<App> for SendRequested {
    const KIND: &'static str = "identity.send_requested";

    async fn run(self, app: App) -> Result<(), JobError> {
        let login = app.sealer.open(PLACE, &self.login).map_err(JobError::new)?;
        let Some(login) = Login::parse(&login) else {
            return Ok(());
        };
        let Some(account) = query::account(app.db.read(), &login).await? else {
            return Ok(());
        };
        let purpose = match (self.request, &login) {
            (Request::Login | Request::Reset, _) if !opens(&account, &login) => return Ok(()),
            (Request::Login, _) => Purpose::LoginCode,
            (Request::Reset, _) => Purpose::ResetPassword,
            (Request::Verification, Login::Email(_)) if account.email_verified_at.is_none() => {
                Purpose::VerifyEmail
            }
            (Request::Verification, Login::Phone(_)) if account.phone_verified_at.is_none() => {
                Purpose::VerifyPhone
            }
            (Request::Verification, _) => return Ok(()),
        };
        send_secret(&app, Wanted { user_id: account.id, purpose, to: login.into(), change_id: None }).await
    }
}

/// Whether an address may open the account. One that nobody has shown to be the person's own does so only while there is no
/// better one: a mistyped or planted number must not be a way in.
fn opens(account: &user::Model, login: &Login) -> bool {
    let (this, other) = match login {
        Login::Email(_) => (account.email_verified_at, account.phone_verified_at),
        Login::Phone(_) => (account.phone_verified_at, account.email_verified_at),
    };
    this.is_some() || other.is_none()
}

/// Asks a new person whether the addresses are right.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendVerification {
    /// Who.
    pub user_id: UserId,
}

impl Job<App> for SendVerification {
    const KIND: &'static str = "identity.send_verification";

    async fn run(self, app: App) -> Result<(), JobError> {
        let Some(user) = user::Entity::find_by_id(self.user_id).one(app.db.read()).await? else {
            return Ok(());
        };
        let ends = [
            (Purpose::VerifyEmail, user.email_verified_at, Address::of(user.email.as_deref(), None)),
            (Purpose::VerifyPhone, user.phone_verified_at, Address::of(None, user.phone.as_deref())),
        ];
        for (purpose, verified_at, address) in ends {
            if let (None, Some(to)) = (verified_at, address) {
                send_secret(&app, Wanted { user_id: user.id, purpose, to, change_id: None }).await?;
            }
        }
        Ok(())
    }
}

/// Asks both ends of a change of address.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendChange {
    /// Which one.
    pub change_id: ContactChangeId,
}

impl Job<App> for SendChange {
    const KIND: &'static str = "identity.send_change";

    async fn run(self, app: App) -> Result<(), JobError> {
        let change = contact_change::Entity::find_by_id(self.change_id).one(app.db.read()).await?;
        let Some(change) = change.filter(|change| change.done_at.is_none() && change.expires_at > app.now())
        else {
            return Ok(());
        };
        let ends = [
            (Purpose::ChangeNew, change.new_confirmed_at, Some(change.new_value.as_str())),
            (Purpose::ChangeOld, change.old_confirmed_at, change.old_value.as_deref()),
        ];
        for (purpose, confirmed_at, value) in ends {
            if let (None, Some(to)) = (confirmed_at, value.and_then(Login::parse)) {
                let (user_id, change_id) = (change.user_id, Some(change.id));
                send_secret(&app, Wanted { user_id, purpose, to: to.into(), change_id }).await?;
            }
        }
        Ok(())
    }
}

async fn send_secret(app: &App, wanted: Wanted) -> Result<(), JobError> {
    if let Some(secret) = secrets::issue(app, &wanted).await? {
        let text = texts::secret(app, &wanted, &secret);
        send(app, wanted.to, text).await?;
    }
    Ok(())
}

async fn send(app: &App, to: Address, text: texts::Text) -> Result<(), JobError> {
    let message = Message { to, subject: text.subject, text: text.body };
    app.messenger.send(message, app.now()).await.map_err(JobError::new)
}

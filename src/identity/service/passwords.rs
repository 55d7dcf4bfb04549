//! New passwords: with the old one, with what was sent to an address, or from the machine itself.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;

use super::throttle::{self, Counter, Guess};
use super::{api_keys, contacts, proof, secrets, sessions};
use crate::app::App;
use crate::identity::entity::{one_time_token, user};
use crate::identity::error::IdentityError;
use crate::identity::jobs::{PasswordChanged, Request, SendRequested};
use crate::identity::model::{Device, Login, Purpose, hints, password};
use crate::identity::query;
use crate::kernel::{SessionId, UserId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, NewJob};
use crate::web::Caller;

/// Replaces the password of somebody who knows it; all other sessions end.
pub async fn change(
    app: &App,
    who: &Who,
    caller: &Caller,
    (current, new): (SecretString, &str),
    device: &Device,
) -> Result<(), IdentityError> {
    let user = query::user(app.db.read(), caller.user_id).await?.ok_or(IdentityError::NoSuchAccount)?;
    let new = strong(&user, new, "/new")?;
    let shown = proof::show_password(app, caller.user_id, (current, "/current"), device).await?;
    let hash = app.passwords.hash(new).await?;
    let txn = app.db.begin().await?;
    // Somebody may have set another one meanwhile, because this one is in wrong hands.
    let locked = query::lock_user(&txn, user.id).await?;
    let unchanged = locked.filter(|locked| locked.password_hash == shown.user.password_hash);
    let user_id = unchanged.ok_or_else(|| proof::wrong_password("/current"))?.id;
    replace(app, &txn, who, New { user_id, hash, keep: caller.session_id(), by: "password" }).await?;
    throttle::clear(&txn, &shown.guess).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Sends a code or a link to whoever asks for an account, if there is one. The answer and the work are always the same; the
/// job finds out.
pub async fn send_requested(
    app: &App,
    request: Request,
    typed: &str,
    device: &Device,
) -> Result<(), IdentityError> {
    let login = Login::parse(typed);
    let key = Login::key(login.as_ref(), typed);
    throttle::pass(app, &Counter::codes(app, &key, device)).await?;
    // What can be no address has no account.
    let Some(login) = login else {
        return Ok(());
    };
    let job = SendRequested::new(app, request, &login)?;
    let txn = app.db.begin().await?;
    jobs::enqueue(&txn, vec![NewJob::now(app.now(), &job)?]).await?;
    app.commit(txn).await?;
    Ok(())
}

/// What was sent to somebody who forgot the password.
pub enum Sent {
    /// The link of a mail.
    Link(String),
    /// The code on a phone: the number as it was typed in, and the code.
    Code(String, String),
}

/// Sets a new password with what was sent; all sessions end.
pub async fn reset(
    app: &App,
    who: &Who,
    (sent, new): (Sent, &str),
    device: &Device,
) -> Result<(), IdentityError> {
    // What is wrong whoever it is for is said before anything is looked at.
    password(new, &[]).map_err(|fault| IdentityError::Field(fault.at("/password")))?;
    let (found, guess) = find(app, who, sent, device).await?;
    let found = found.ok_or(IdentityError::SecretRefused)?;
    let user = query::user(app.db.read(), found.user_id).await?.ok_or(IdentityError::SecretRefused)?;
    let new = strong(&user, new, "/password")?;
    let hash = app.passwords.hash(new).await?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let user = query::lock_user(&txn, user.id).await?.filter(|user| user.status == user::Status::Active);
    let user = user.ok_or(IdentityError::SecretRefused)?;
    // One of many is the first, and the address must still be the person's own.
    if !secrets::take(&txn, found.id, now).await? || !contacts::verify(&txn, &found, now).await? {
        return Err(IdentityError::SecretRefused);
    }
    replace(app, &txn, who, New { user_id: user.id, hash, keep: None, by: "reset" }).await?;
    if let Some(guess) = &guess {
        throttle::clear(&txn, guess).await?;
    }
    app.commit(txn).await?;
    Ok(())
}

async fn find(
    app: &App,
    who: &Who,
    sent: Sent,
    device: &Device,
) -> Result<(Option<one_time_token::Model>, Option<Guess>), IdentityError> {
    let purpose = Purpose::ResetPassword;
    let (typed, code) = match sent {
        Sent::Link(token) => {
            return Ok((secrets::find_link(app.db.read(), &[purpose], &token, app.now()).await?, None));
        }
        Sent::Code(typed, code) => (typed, code),
    };
    let login = Login::parse(&typed);
    let guess = Guess::new(app, &Login::key(login.as_ref(), &typed), device);
    let account = proof::admit(app, login.as_ref(), &guess, device, who).await?;
    let sent_to = login.as_ref().map_or("", Login::as_str);
    let of = (proof::id_or_nobody(account.as_ref()), purpose, sent_to);
    let txn = app.db.begin().await?;
    let found = secrets::try_code(app, &txn, of, &code).await?;
    txn.commit().await?;
    Ok((found, Some(guess)))
}

fn strong(user: &user::Model, new: &str, pointer: &str) -> Result<SecretString, IdentityError> {
    let hints = hints(&user.name, user.email.as_deref(), user.phone.as_deref());
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    password(new, &hints).map_err(|fault| IdentityError::Field(fault.at(pointer)))
}

/// A password that replaces another one.
pub(super) struct New {
    /// Whose.
    pub user_id: UserId,
    /// What is stored of it.
    pub hash: String,
    /// The one session that goes on.
    pub keep: Option<SessionId>,
    /// What allowed it, for the audit trail.
    pub by: &'static str,
}

/// Stores a new password. Whoever knew the old one is out: other sessions end, and codes and links are void.
pub(super) async fn replace(app: &App, txn: &DatabaseTransaction, who: &Who, new: New) -> Result<(), DbErr> {
    let now = app.now();
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(new.hash))
        .filter(user::Column::Id.eq(new.user_id))
        .exec(txn)
        .await?;
    sessions::end_others(txn, new.user_id, new.keep, now).await?;
    secrets::void_all(txn, new.user_id, now).await?;
    if new.keep.is_none() {
        // The account may have been in other hands, and so may what they made in it.
        api_keys::revoke_all(txn, new.user_id, now).await?;
    }
    let deed =
        Deed { action: "password.changed", object: ("user", new.user_id.0), detail: json!({"by": new.by}) };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    let told = PasswordChanged { user_id: new.user_id };
    jobs::enqueue(txn, vec![NewJob::now(now, &told)?]).await
}

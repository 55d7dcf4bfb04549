//! Proving to be somebody, with every attempt counted before any work is done for it.

use secrecy::SecretString;
use uuid::Uuid;

use super::throttle::{self, Guess};
use crate::app::App;
use crate::identity::entity::user;
use crate::identity::error::IdentityError;
use crate::identity::jobs::AccountLocked;
use crate::identity::model::{Device, Login};
use crate::identity::query;
use crate::kernel::UserId;
use crate::kernel::fields::Fault;
use crate::platform::audit::Who;

/// Lets an attempt through that need not wait, and tells its account, if there is one. Known and unknown accounts take the
/// same statements.
pub async fn admit(
    app: &App,
    login: Option<&Login>,
    guess: &Guess,
    device: &Device,
    who: &Who,
) -> Result<Option<user::Model>, IdentityError> {
    let standing = throttle::look(app, &guess.all()).await?;
    standing.refuse(&guess.counters(true))?;
    let account = match login {
        Some(login) => query::account(app.db.read(), login).await?,
        None => None,
    };
    let user_id = account.as_ref().map(|account| account.id);
    let at_home = query::used_from(app.db.read(), id_or_nobody(account.as_ref()), &device.network).await?;
    let counters = guess.counters(at_home);
    standing.refuse(&counters)?;
    let locked = AccountLocked { user_id, request_id: who.request_id.clone() };
    throttle::count(app, &counters, Some(locked)).await?;
    Ok(account)
}

/// The id of an account, or the one that nobody has.
pub fn id_or_nobody(account: Option<&user::Model>) -> UserId {
    account.map_or(UserId(Uuid::nil()), |account| account.id)
}

/// Somebody who is signed in and has shown the password once more.
pub struct Shown {
    /// Who.
    pub user: user::Model,
    /// To be cleared with what the proof was for.
    pub guess: Guess,
}

/// Lets somebody who is signed in try a password or a code.
pub async fn admit_signed_in(app: &App, user_id: UserId, device: &Device) -> Result<Guess, IdentityError> {
    let guess = Guess::new(app, &user_id.to_string(), device);
    throttle::pass(app, &guess.counters(true)).await?;
    Ok(guess)
}

/// Checks the password of somebody who is signed in, which stood at a place of the request: a stolen session must not be a way to guess it.
pub async fn show_password(
    app: &App,
    user_id: UserId,
    (password, pointer): (SecretString, &str),
    device: &Device,
) -> Result<Shown, IdentityError> {
    let guess = admit_signed_in(app, user_id, device).await?;
    let user = query::user(app.db.read(), user_id).await?;
    let user = user.ok_or(IdentityError::NoSuchAccount)?;
    let verdict = app.passwords.verify(password, Some(user.password_hash.clone())).await?;
    if verdict.right { Ok(Shown { user, guess }) } else { Err(wrong_password(pointer)) }
}

/// The password at this place of the request is wrong.
pub fn wrong_password(pointer: &str) -> IdentityError {
    let fault = Fault::new("wrong-password", "Kata sandi salah.", "The password is wrong.");
    IdentityError::Field(fault.at(pointer))
}

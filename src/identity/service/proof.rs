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
    throttle::count(app, &counters, Some(AccountLocked::new(user_id, who))).await?;
    Ok(account)
}

/// The id of an account, or the one that nobody has.
pub fn id_or_nobody(account: Option<&user::Model>) -> UserId {
    account.map_or(UserId(Uuid::nil()), |account| account.id)
}

/// Lets somebody who is signed in try a password or a code.
///
/// Attempts from all networks count together: this name of the account is known to who is signed in only, so that nobody else
/// can lock it.
pub async fn admit_signed_in(
    app: &App,
    user_id: UserId,
    device: &Device,
    who: &Who,
) -> Result<Guess, IdentityError> {
    let guess = Guess::new(app, &user_id.to_string(), device);
    let counters = guess.all();
    throttle::look(app, &counters).await?.refuse(&counters)?;
    throttle::count(app, &counters, Some(AccountLocked::new(Some(user_id), who))).await?;
    Ok(guess)
}

/// Checks the password of somebody who is signed in, which stood at a place of the request: a stolen session must not be a way to guess it.
pub async fn show_password(
    app: &App,
    user_id: UserId,
    (password, pointer): (SecretString, &str),
    (device, who): (&Device, &Who),
) -> Result<user::Model, IdentityError> {
    let guess = admit_signed_in(app, user_id, device, who).await?;
    let user = query::user(app.db.read(), user_id).await?;
    let user = user.ok_or(IdentityError::NoSuchAccount)?;
    let verdict = app.passwords.verify(password, Some(user.password_hash.clone())).await?;
    if !verdict.right {
        return Err(wrong_password(pointer));
    }
    // Whatever becomes of the wish: the password was no guess.
    let txn = app.db.begin().await?;
    throttle::clear(&txn, &guess).await?;
    app.commit(txn).await?;
    Ok(user)
}

/// The password at this place of the request is wrong.
pub fn wrong_password(pointer: &str) -> IdentityError {
    let fault = Fault::new("wrong-password", "Kata sandi salah.", "The password is wrong.");
    IdentityError::Field(fault.at(pointer))
}

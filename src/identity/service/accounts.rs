//! Making accounts.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, Set};
use secrecy::SecretString;
use serde_json::json;

use super::consents;
use super::passwords::{self, New};
use super::throttle::{self, Counter};
use crate::app::App;
use crate::identity::entity::user;
use crate::identity::error::IdentityError;
use crate::identity::jobs::SendVerification;
use crate::identity::model::{ConsentKind, Device, Login, Person, Registration};
use crate::identity::query;
use crate::kernel::UserId;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::platform::jobs::{self, NewJob};

const TAKEN: [Unique; 2] = [
    Unique { name: "users_email", columns: "users.email" },
    Unique { name: "users_phone", columns: "users.phone" },
];

/// Signs a person up, with what the person agreed to. One network makes so many accounts, and is told so often that one is taken.
pub async fn register(
    app: &App,
    who: &Who,
    (form, agreed): (Registration, &[ConsentKind]),
    device: &Device,
) -> Result<user::Model, IdentityError> {
    throttle::pass(app, &[Counter::registrations(app, device)]).await?;
    // Hashed whether or not the address is taken, so that both take the same time.
    let hash = app.passwords.hash(form.password).await?;
    let txn = app.db.begin().await?;
    let user = create(&txn, form.person, hash, app.now()).await?;
    consents::agreed(&txn, user.id, agreed, &app.config.auth.consent_version, app.now()).await?;
    let who = Who { actor: Some(user.id), acting_as: "buyer".to_owned(), ..who.clone() };
    let deed = Deed { action: "user.registered", object: ("user", user.id.0), detail: json!({}) };
    audit::record(&txn, &app.sealer, &who, deed, app.now()).await?;
    let verification = SendVerification { user_id: user.id };
    jobs::enqueue(&txn, vec![NewJob::now(app.now(), &verification)?]).await?;
    app.commit(txn).await?;
    Ok(user)
}

/// Sets a new password and ends all sessions and keys, so that whoever knew the old one is out.
pub async fn reset_password(app: &App, login: Login, password: SecretString) -> Result<(), IdentityError> {
    let hash = app.passwords.hash(password).await?;
    let txn = app.db.begin().await?;
    let account = query::account(&txn, &login).await?;
    let user_id = account.ok_or(IdentityError::NoSuchAccount)?.id;
    passwords::replace(app, &txn, &Who::system(), New { user_id, hash, keep: None, by: "command line" })
        .await?;
    app.commit(txn).await?;
    Ok(())
}

/// Writes an account whose password is hashed already.
pub async fn create(
    txn: &DatabaseTransaction,
    person: Person,
    password_hash: String,
    now: DateTime<Utc>,
) -> Result<user::Model, IdentityError> {
    let row = user::ActiveModel {
        id: Set(UserId::generate()),
        name: Set(person.name),
        email: Set(person.email.map(|email| email.as_str().to_owned())),
        phone: Set(person.phone.map(|phone| phone.as_str().to_owned())),
        password_hash: Set(password_hash),
        status: Set(user::Status::Active),
        email_verified_at: Set(None),
        phone_verified_at: Set(None),
        created_at: Set(now),
        erased_at: Set(None),
    };
    row.insert(txn).await.map_err(taken)
}

/// What the database says when somebody else has the address.
pub(super) fn taken(error: DbErr) -> IdentityError {
    if TAKEN.iter().any(|unique| unique.broken_by(&error)) {
        IdentityError::AccountExists
    } else {
        error.into()
    }
}

//! Making accounts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use secrecy::SecretString;

use super::{consents, sessions};
use crate::app::App;
use crate::identity::entity::user;
use crate::identity::error::IdentityError;
use crate::identity::model::{ConsentKind, Login, Person, Registration};
use crate::identity::query;
use crate::kernel::UserId;
use crate::platform::db::Unique;

const TAKEN: [Unique; 2] = [
    Unique { name: "users_email", columns: "users.email" },
    Unique { name: "users_phone", columns: "users.phone" },
];

/// Signs a person up.
pub async fn register(
    app: &App,
    form: Registration,
    agreed: &[ConsentKind],
) -> Result<user::Model, IdentityError> {
    // Hashed whether or not the address is taken, so that both take the same time.
    let hash = app.passwords.hash(form.password).await?;
    let txn = app.db.begin().await?;
    let user = create(&txn, form.person, hash, app.now()).await?;
    consents::agreed(&txn, user.id, agreed, &app.config.auth.consent_version, app.now()).await?;
    txn.commit().await?;
    Ok(user)
}

/// Sets a new password and ends all sessions, so that whoever knew the old one is out.
pub async fn reset_password(app: &App, login: Login, password: SecretString) -> Result<(), IdentityError> {
    let hash = app.passwords.hash(password).await?;
    let txn = app.db.begin().await?;
    let account = query::account(&txn, &login).await?;
    let user_id = account.ok_or(IdentityError::NoSuchAccount)?.id;
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(user_id))
        .exec(&txn)
        .await?;
    sessions::end_all(&txn, user_id, app.now()).await?;
    txn.commit().await?;
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
    row.insert(txn).await.map_err(|error| {
        if TAKEN.iter().any(|unique| unique.broken_by(&error)) {
            IdentityError::AccountExists
        } else {
            error.into()
        }
    })
}

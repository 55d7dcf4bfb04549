//! Making accounts.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, Set};

use crate::app::App;
use crate::identity::entity::user;
use crate::identity::error::IdentityError;
use crate::identity::model::{Person, Registration};
use crate::kernel::UserId;
use crate::platform::db::Unique;

const TAKEN: [Unique; 2] = [
    Unique {
        name: "users_email",
        columns: "users.email",
    },
    Unique {
        name: "users_phone",
        columns: "users.phone",
    },
];

/// Signs a person up.
pub async fn register(app: &App, form: Registration) -> Result<user::Model, IdentityError> {
    // Hashed whether or not the address is taken, so that both take the same time.
    let hash = app.passwords.hash(form.password).await?;
    let txn = app.db.begin().await?;
    let user = create(&txn, form.person, hash, app.now()).await?;
    txn.commit().await?;
    Ok(user)
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
    };
    row.insert(txn).await.map_err(|error| {
        if TAKEN.iter().any(|unique| unique.broken_by(&error)) {
            IdentityError::AccountExists
        } else {
            error.into()
        }
    })
}
